// The client on the server. The user's tokens are in a cookie of this site, which no script can read.

import { createClient, type GatehouseError } from 'gatehouse-auth/client'
import type { H3Event } from 'h3'

const cookieOptions = {
  httpOnly: true,
  secure: !import.meta.dev,
  sameSite: 'lax',
  path: '/',
  maxAge: 24 * 60 * 60, // REFRESH_TOKEN_LIFETIME
} as const

export function authFor(event: H3Event) {
  let stored = getCookie(event, 'session')
  return createClient({
    url: useRuntimeConfig(event).gatehouseUrl,
    storage: {
      get: () => stored,
      set(_, session) {
        stored = session
        setCookie(event, 'session', session, cookieOptions)
      },
      remove() {
        stored = undefined
        deleteCookie(event, 'session')
      },
    },
    fetch: (input, init) => fetch(input, { ...init, headers: onBehalfOf(event, init?.headers) }),
  })
}

/** What the browser gets in place of Gatehouse's error. */
export const errorFor = ({ status, message, fields }: GatehouseError<unknown>) =>
  createError({ statusCode: status || 502, data: { message, fields } })

/** Names the browser, so that it has its own rate limits, and its own device in the list of sessions. */
function onBehalfOf(event: H3Event, init?: HeadersInit): Headers {
  const headers = new Headers(init)
  const secret = useRuntimeConfig(event).trustedServerSecret
  if (secret) {
    headers.set('x-gatehouse-secret', secret)
    headers.set('x-gatehouse-client-ip', getRequestIP(event) ?? '') // or the header that your host sets
    headers.set('x-gatehouse-client-user-agent', getHeader(event, 'user-agent') ?? '')
  }
  return headers
}
