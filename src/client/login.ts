// The requests that get tokens, and the one that ends them. They send no access token.

import type { Dialect } from './dialect.ts'
import { GatehouseError } from './errors.ts'
import type { Exchange, RefreshFailure } from './refresh.ts'
import type { SendRequest } from './request.ts'
import type { StoredSession } from './session.ts'
import type { Store } from './store.ts'
import type { Transport } from './transport.ts'
import type { FetchOptions, Result } from './types.ts'

interface Parts {
  store: Store
  transport: Transport
  /** Sends a request without an access token. */
  request: SendRequest
  dialect: Dialect
}

type TokenAnswer =
  | { answer: Result<unknown>; session: StoredSession }
  | { answer: RefreshFailure; session: undefined }

export function newLogin({ store, transport, request, dialect }: Parts) {
  const { loginPath, refreshPath, logoutPaths, tokensIn } = dialect

  async function requestTokens(
    path: string,
    body: unknown,
    options?: FetchOptions,
  ): Promise<TokenAnswer> {
    const at = Date.now()
    const answer = await request('POST', path, { ...options, body })
    if (answer.error) return { answer, session: undefined }
    const { data, response } = answer
    const tokens = tokensIn(data)
    if (tokens) return { answer, session: transport.newSession(tokens, at) }
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
    const outcome = await (refreshPath === undefined ? check : renew)(used, timeout.signal)
    clearTimeout(timer)
    return outcome
  }

  async function renew(used: StoredSession | undefined, signal: AbortSignal) {
    const body = { refresh: used?.refresh }
    const { answer, session } = await requestTokens(refreshPath ?? '', body, { signal })
    // Without rotation, the refresh token stays.
    return session ? { ...used, ...session } : answer
  }

  /** Asks whether a token that cannot be renewed is still valid. */
  async function check(used: StoredSession | undefined, signal: AbortSignal) {
    const headers = transport.authorize({ headers: new Headers() }, used)
    const answer = await request('GET', '/auth/users/me/', { ...headers, signal })
    return answer.error || !used ? (answer as RefreshFailure) : used
  }

  /** Ends the session here first, so that it ends even if no answer comes. */
  async function logout() {
    const stored = await store.read()
    await store.remove()
    if (!stored && !transport.hidesTokens) return { response: undefined }

    let answer = await endAtServer(logoutPaths, stored)
    // The first may have arrived. Then the second changes nothing.
    if (answer.error?.status === 0) answer = await endAtServer(logoutPaths, stored)
    const hadEnded = answer.error?.status === 401
    return hadEnded ? { response: answer.response } : answer
  }

  async function endAtServer(
    [path = '', ...others]: string[],
    stored: StoredSession | undefined,
  ): Promise<Result<unknown>> {
    const answer = await request('POST', path, {
      ...transport.authorize({ headers: new Headers() }, stored),
      body: { refresh: stored?.refresh },
    })
    const isAbsent = answer.error?.status === 404 && others.length > 0
    return isAbsent ? endAtServer(others, stored) : answer
  }

  return { login, exchange, logout }
}

/** Milliseconds to wait for the answer of a refresh. */
const patience = 8_000
