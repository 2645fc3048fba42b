// The client on the server. The user's tokens are in a cookie of this site, which no script can read.

import { createClient } from 'gatehouse-auth/client'
import { cookies, headers } from 'next/headers'

export const sessionCookie = 'session'

export const cookieOptions = {
  httpOnly: true,
  secure: process.env.NODE_ENV === 'production',
  sameSite: 'lax',
  path: '/',
  maxAge: 24 * 60 * 60, // REFRESH_TOKEN_LIFETIME
} as const

interface Cookies {
  get(name: string): { value: string } | undefined
  set(cookie: typeof cookieOptions & { name: string; value: string }): unknown
  delete(name: string): unknown
}

export const clientWith = (jar: Cookies, from: Headers) =>
  createClient({
    url: process.env.GATEHOUSE_URL ?? 'http://localhost:8787',
    storage: {
      get: () => jar.get(sessionCookie)?.value,
      set: (_, value) => jar.set({ name: sessionCookie, value, ...cookieOptions }),
      remove: () => jar.delete(sessionCookie),
    },
    fetch: (input, init) => fetch(input, { ...init, headers: onBehalfOf(from, init?.headers) }),
  })

/** For server actions and route handlers. */
export const actionClient = async () => clientWith(await cookies(), await headers())

/** For pages, which cannot set cookies: proxy.ts has renewed the session before. */
export async function pageClient() {
  const jar = await cookies()
  return clientWith({ get: (name) => jar.get(name), set() {}, delete() {} }, await headers())
}

/** Names the browser, so that it has its own rate limits, and its own device in the list of sessions. */
function onBehalfOf(from: Headers, init?: HeadersInit): Headers {
  const result = new Headers(init)
  const secret = process.env.TRUSTED_SERVER_SECRET
  if (secret) {
    result.set('x-gatehouse-secret', secret)
    result.set('x-gatehouse-client-ip', from.get('x-real-ip') ?? '') // the header that your host sets
    result.set('x-gatehouse-client-user-agent', from.get('user-agent') ?? '')
  }
  return result
}
