// The requests that get tokens, and the one that ends them. They send no access token.

import { GatehouseError } from './errors.ts'
import type { Exchange, RefreshFailure } from './refresh.ts'
import type { SendRequest } from './request.ts'
import type { StoredSession, Tokens } from './session.ts'
import type { Store } from './store.ts'
import type { Transport } from './transport.ts'
import type { FetchOptions, Result } from './types.ts'

interface Parts {
  store: Store
  transport: Transport
  /** Sends a request without an access token. */
  request: SendRequest
  loginPath: string
}

type TokenAnswer =
  | { answer: Result<unknown>; session: StoredSession }
  | { answer: RefreshFailure; session: undefined }

export function newLogin({ store, transport, request, loginPath }: Parts) {
  const refreshPath = `${loginPath.replace('create/', '')}refresh/`

  async function requestTokens(
    path: string,
    body: unknown,
    options?: FetchOptions,
  ): Promise<TokenAnswer> {
    const at = Date.now()
    const answer = await request('POST', path, { ...options, body })
    if (answer.error) return { answer, session: undefined }
    const { data, response } = answer
    if (hasTokens(data)) return { answer, session: transport.newSession(data, at) }
    const cause = new Error('The answer has no tokens.')
    const error = new GatehouseError({ status: 0, cause })
    return { answer: { error, response }, session: undefined }
  }

  async function login(body: unknown, options?: FetchOptions) {
    const { answer, session } = await requestTokens(loginPath, body, options)
    if (session) await store.write(session)
    return answer
  }

  const exchange: Exchange = async (used) => {
    const timeout = new AbortController()
    const timer = setTimeout(() => timeout.abort(new Error('The refresh took too long.')), patience)
    const body = { refresh: used?.refresh }
    const { answer, session } = await requestTokens(refreshPath, body, { signal: timeout.signal })
    clearTimeout(timer)
    // Without rotation, the refresh token stays.
    return session ? { ...used, ...session } : answer
  }

  /** Ends the session here first, so that it ends even if no answer comes. */
  async function logout() {
    const stored = await store.read()
    await store.remove()
    if (!stored && !transport.hidesTokens) return { response: undefined }

    let answer = await endAtServer('/auth/jwt/logout/', stored)
    // The first may have arrived. Then the second changes nothing.
    if (answer.error?.status === 0) answer = await endAtServer('/auth/jwt/logout/', stored)
    if (answer.error?.status === 404) answer = await endAtServer('/api/token/blacklist/', stored)
    const hadEnded = answer.error?.status === 401
    return hadEnded ? { response: answer.response } : answer
  }

  function endAtServer(path: string, stored: StoredSession | undefined) {
    const body = { refresh: stored?.refresh }
    return request('POST', path, {
      ...transport.authorize({ headers: new Headers() }, stored),
      body,
    })
  }

  return { login, exchange, logout }
}

const hasTokens = (data: unknown): data is Tokens =>
  typeof (data as Partial<Tokens> | undefined)?.access === 'string'

/** Milliseconds to wait for the answer of a refresh. */
const patience = 8_000
