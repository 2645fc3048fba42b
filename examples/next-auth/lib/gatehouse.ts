// The client on the server. Its session is a property of Auth.js's token, which no script in the browser can read.

import { createClient } from 'gatehouse-auth/client'
import { headers } from 'next/headers'
import { getToken } from 'next-auth/jwt'

/** What holds the client's session. */
export interface Holder {
  gatehouse?: string
}

export const clientWith = (holder: Holder, from?: Headers) =>
  createClient({
    url: process.env.GATEHOUSE_URL ?? 'http://localhost:8787', // AUTH_URL is Auth.js's own
    storage: {
      get: () => holder.gatehouse,
      set: (_, session) => {
        holder.gatehouse = session
      },
      remove: () => {
        holder.gatehouse = undefined
      },
    },
    fetch: (input, init) => fetch(input, { ...init, headers: onBehalfOf(from, init?.headers) }),
  })

/** For pages and server actions. */
export async function pageClient() {
  const from = await headers()
  const scheme = process.env.AUTH_URL ?? `${from.get('x-forwarded-proto')}:`
  const token = await getToken({
    req: { headers: from },
    secret: process.env.AUTH_SECRET,
    secureCookie: scheme.startsWith('https:'), // as Auth.js names its cookie
  })
  return clientWith({ gatehouse: token?.gatehouse }, from)
}

/** Names the browser, so that it has its own rate limits, and its own device in the list of sessions. */
function onBehalfOf(from: Headers | undefined, init?: HeadersInit): Headers {
  const result = new Headers(init)
  const secret = process.env.TRUSTED_SERVER_SECRET
  if (secret) result.set('x-gatehouse-secret', secret)
  if (secret && from) {
    result.set('x-gatehouse-client-ip', from.get('x-real-ip') ?? '') // the header that your host sets
    result.set('x-gatehouse-client-user-agent', from.get('user-agent') ?? '')
  }
  return result
}
