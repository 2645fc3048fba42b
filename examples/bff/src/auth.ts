// The client on the server. The browser has a cookie with a random id; the tokens never leave this server.

import { getConnInfo } from '@hono/node-server/conninfo'
import { createClient } from 'gatehouse-auth/client'
import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'

/** By the id in the cookie. In production, a table of your database: a restart would log out every user. */
const sessions = new Map<string, string>()

export const sessionId = (c: Context) => getCookie(c, 'session')

/** @param id the browser's session; none at a login, which starts one with a new id */
export function authFor(c: Context, id = '') {
  return createClient({
    url: process.env.GATEHOUSE_URL ?? 'http://localhost:8787',
    storage: {
      get: () => sessions.get(id),
      set(_, session) {
        if (!sessions.has(id)) id = startSession(c)
        sessions.set(id, session)
      },
      remove() {
        sessions.delete(id)
        deleteCookie(c, 'session')
      },
    },
    fetch: (input, init) => fetch(input, { ...init, headers: onBehalfOf(c, init?.headers) }),
  })
}

function startSession(c: Context): string {
  const id = crypto.randomUUID()
  const secure = process.env.NODE_ENV === 'production'
  setCookie(c, 'session', id, { httpOnly: true, secure, sameSite: 'Lax', path: '/' })
  return id
}

/** Names the browser, so that it has its own rate limits, and its own device in the list of sessions. */
function onBehalfOf(c: Context, init?: HeadersInit): Headers {
  const headers = new Headers(init)
  const secret = process.env.TRUSTED_SERVER_SECRET
  if (secret) {
    headers.set('x-gatehouse-secret', secret)
    headers.set('x-gatehouse-client-ip', getConnInfo(c).remote.address ?? '') // or your proxy's header
    headers.set('x-gatehouse-client-user-agent', c.req.header('user-agent') ?? '')
  }
  return headers
}
