// For tests of the throttles in D1: logins from many addresses without a rate limit, and the rows that count them.

import { env } from 'cloudflare:workers'
import { client } from './api.ts'
import { password } from './people.ts'
import { interceptD1 } from './trips.ts'

const unlimited = { limit: async () => ({ success: true }) }
/** Rate limits that allow every request. */
export const noLimits = {
  RATE_LIMITER: unlimited,
  MAIL_RATE_LIMITER: unlimited,
  CALLER_RATE_LIMITER: unlimited,
  TOKEN_RATE_LIMITER: unlimited,
}

export const open = {
  ...noLimits,
  ACCESS_TOKEN_LIFETIME: '3d',
  REFRESH_TOKEN_LIFETIME: '3d',
}

/** Tries to log in, from a new address or from `ip`. */
export function tryLogin(email: string, { secret = password, ip = '', vars = {}, path = '' } = {}) {
  const headers = { ...(ip && { 'cf-connecting-ip': ip }) }
  return client({ ...open, ...vars }).post(
    path || '/auth/jwt/create/',
    { email, username: email, password: secret },
    { headers },
  )
}

export const guess = (email: string, how: Parameters<typeof tryLogin>[1] = {}) =>
  tryLogin(email, { secret: 'a wrong one', ...how })

/** Guesses one after the other, and returns the statuses. */
export async function guesses(
  times: number,
  email: string,
  how: Parameters<typeof tryLogin>[1] = {},
): Promise<number[]> {
  const statuses: number[] = []
  for (let time = 0; time < times; time++) statuses.push((await guess(email, how)).status)
  return statuses
}

export const tenTimes = (status: number) => Array(10).fill(status)

/** The throttle rows of an account: its own first, then those of known networks. */
export async function rowsOf(id: number) {
  const select = `select substr(key, 1, length('login:' || user_id)) || substr(':own',
      1, 4 * (key <> 'login:' || user_id)) as key, count, blocked_until
    from throttles where user_id = ? order by length(throttles.key)`
  const { results } = await env.DB.prepare(select).bind(id).all()
  return results
}

/** D1 that loses its first response to a batch. */
export function dropFirstResponse() {
  let isDropped = false
  return interceptD1(env.DB, async (statements, run) => {
    const results = await run()
    if (isDropped || statements.length === 1) return results
    isDropped = true
    throw new Error('D1_ERROR: Network connection lost.')
  })
}
