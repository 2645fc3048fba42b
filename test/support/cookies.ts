// AUTH_COOKIES: the headers of a browser that sends our cookies, and the cookies that a response sets.

export const cookiesSetBy = ({ headers }: { headers: Headers }) => headers.getSetCookie()

export const varyOf = ({ headers }: { headers: Headers }) => headers.get('vary')?.split(', ')

export const bothCookies = (access: string, refresh: string) => ({
  headers: { cookie: `__Host-access=${access}; __Host-refresh=${refresh}` },
})
export const onlyAccess = (access: string) => ({ headers: { cookie: `__Host-access=${access}` } })
export const onlyRefresh = (refresh: string) => ({
  headers: { cookie: `__Host-refresh=${refresh}` },
})
