// `fetch` with the session's access token. It renews the token before it expires, and once after a 401.

import { type Refresh, type RefreshFailure, renewIfStale } from './refresh.ts'
import type { StoredSession } from './session.ts'
import type { Store } from './store.ts'
import type { Transport } from './transport.ts'
import { hrefOf, isAt } from './urls.ts'

export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

interface Parts {
  /** The API's URL, which a path is appended to. */
  base: string
  send: Fetch
  store: Store
  refresh: Refresh
  /** The origins that get the token. */
  origins: string[]
  transport: Transport
}

export function newAuthorizedFetch({
  base,
  send,
  store,
  refresh,
  origins,
  transport,
}: Parts): Fetch {
  const isTrusted = (url: string) => origins.some((origin) => isAt(origin, url))

  return async function authorizedFetch(input, init = {}) {
    const target = typeof input === 'string' && input.startsWith('/') ? base + input : input
    const headers = headersOf(target, init)
    if (!isTrusted(hrefOf(target)) || headers.has('authorization')) return send(target, init)
    // A Request can be sent once, so its copy is.
    const sendAs = (session: StoredSession | undefined) =>
      send(copyOf(target), transport.authorize({ ...init, headers: new Headers(headers) }, session))

    const stored = await store.read()
    const early = await renewIfStale(refresh, stored)
    const session = early.failure ? stored : early.session
    const response = await sendAs(session)
    if (response.status !== 401 || !session || isStream(init.body)) return response

    const late = early.failure ? early : await refresh(session)
    if (late.failure) return answerOf(late.failure)
    void response.body?.cancel()
    return sendAs(late.session)
  }
}

const headersOf = (target: string | URL | Request, { headers }: RequestInit) =>
  new Headers(headers ?? (isRequest(target) ? target.headers : {}))

const copyOf = (target: string | URL | Request) => (isRequest(target) ? target.clone() : target)

const isRequest = (input: string | URL | Request): input is Request =>
  typeof input === 'object' && 'clone' in input

/** A body that can be sent once. */
const isStream = (body: unknown) => typeof body === 'object' && body !== null && 'getReader' in body

/** Why no token could be had: not a 401, which would look like the end of the session. */
function answerOf({ error: { status, body, cause }, response }: RefreshFailure): Response {
  if (status === 0) throw cause
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return new Response(text, { status, headers: response?.headers ?? {} })
}
