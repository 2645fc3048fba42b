// The cookies of AUTH_COOKIES that a browser sends, and those that a response sets.

export const setBy = ({ headers }: { headers: Headers }) => headers.getSetCookie()

export const vary = ({ headers }: { headers: Headers }) => headers.get('vary')?.split(', ')

export const bringing = (access: string, refresh: string) => ({
  headers: { cookie: `__Host-access=${access}; __Host-refresh=${refresh}` },
})
export const onlyAccess = (access: string) => ({ headers: { cookie: `__Host-access=${access}` } })
export const onlyRefresh = (refresh: string) => ({
  headers: { cookie: `__Host-refresh=${refresh}` },
})
