// Renews the access token: once for all callers of a page, and for all tabs. The session ends only if the server rejects the
// refresh token. After any other failure it stays, and the caller gets the error.

import type { GatehouseError } from './errors.ts'
import { isStale, type StoredSession } from './session.ts'
import type { Store } from './store.ts'
import { withTabLock } from './tabs.ts'

/** The session afterwards, `undefined` if it ended; or why it could not be renewed. */
export interface Renewal {
  session?: StoredSession | undefined
  failure?: RefreshFailure
}

export interface RefreshFailure {
  error: GatehouseError
  response: Response | undefined
}

/** Sends the refresh token once. The result has no session if the answer is an error. */
export type Exchange = (
  session: StoredSession | undefined,
) => Promise<StoredSession | RefreshFailure>

/** @param used the session whose access token is expired or refused; undefined to ask with cookies alone */
export type Refresh = (used: StoredSession | undefined) => Promise<Renewal>

const isFailure = (outcome: StoredSession | RefreshFailure): outcome is RefreshFailure =>
  'error' in outcome

/** @param validFor milliseconds for which the caller needs the access token */
export const renewIfStale = async (
  refresh: Refresh,
  session: StoredSession | undefined,
  validFor?: number,
): Promise<Renewal> =>
  session && canRenew(session) && isStale(session, validFor) ? refresh(session) : { session }

/** An access token that came without a refresh token is used until its end. */
const canRenew = ({ access, refresh }: StoredSession) =>
  refresh !== undefined || access === undefined

/** @param lockName the tabs' lock; undefined if no other tab has the session */
export function newRefresh(
  store: Store,
  exchange: Exchange,
  lockName: string | undefined,
): Refresh {
  let running: Promise<Renewal> | undefined
  let blocked: Blocked | undefined

  return function refresh(used) {
    running ??= inTurn(() => renew(used)).finally(() => {
      running = undefined
    })
    return running
  }

  function inTurn(work: () => Promise<Renewal>) {
    return lockName === undefined ? work() : withTabLock(lockName, work)
  }

  async function renew(used: StoredSession | undefined): Promise<Renewal> {
    if (blocked && isBlocked(blocked, used)) return { failure: blocked.failure }
    const start = Date.now()
    for (let attempt = 1; ; attempt++) {
      const renewal = await attemptOnce(used, start)
      if (!renewal.failure) return renewal

      const wait = secondsAfter(attempt, renewal.failure.error) * 1000
      if (attempt === maxAttempts || Date.now() - start + wait > lastAttempt) {
        blocked = { session: used, failure: renewal.failure, since: Date.now() }
        return renewal
      }
      await new Promise((resolve) => setTimeout(resolve, wait))
    }
  }

  async function attemptOnce(used: StoredSession | undefined, start: number): Promise<Renewal> {
    // Another tab may have renewed it, or logged out.
    const stored = await store.read()
    if (stored !== used) return { session: stored }

    const outcome = await exchange(used)
    if (!isFailure(outcome)) return settle(used, () => store.write({ ...outcome, at: start }))
    return isRejected(outcome.error) ? settle(used, store.remove) : { failure: outcome }
  }

  /** Applies the server's answer, unless the session was changed or ended meanwhile. */
  async function settle(used: StoredSession | undefined, change: () => Promise<void>) {
    if ((await store.read()) === used) await change()
    return { session: await store.read() }
  }
}

/** A failure after which the server is not asked again at once. */
interface Blocked {
  session: StoredSession | undefined
  failure: RefreshFailure
  since: number
}

function isBlocked({ session, failure, since }: Blocked, used: StoredSession | undefined): boolean {
  const elapsed = (Date.now() - since) / 1000
  return session === used && elapsed >= 0 && elapsed < (failure.error.retryAfter ?? 0)
}

const maxAttempts = 3

/**
 * Milliseconds after the first attempt in which another may start. The server may have rotated the token, and accepts it
 * again within REFRESH_TOKEN_REUSE_INTERVAL: 20 seconds as shipped.
 */
const lastAttempt = 12_000

/** An answer of Simple JWT's views, and not of a proxy. 400: the browser has no refresh cookie any more. */
const isRejected = ({ status, detail, fields }: GatehouseError) =>
  (status === 401 && detail !== undefined) || (status === 400 && fields.refresh !== undefined)

/** Seconds to wait after a failed attempt. @returns Infinity for an error that an attempt cannot mend */
function secondsAfter(attempt: number, { status, retryAfter }: GatehouseError): number {
  if (status !== 0 && status !== 429 && status < 500) return Number.POSITIVE_INFINITY
  return retryAfter ?? attempt ** 2 / 2
}
