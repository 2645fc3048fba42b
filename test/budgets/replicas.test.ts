// How many round trips a request to each endpoint takes with replicas: to the nearest replica, and to the primary.

import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { endpoints } from '../faults/endpoints.ts'
import { moreRequests } from '../faults/more-requests.ts'
import { prepareRequest } from '../faults/prepare.ts'
import { restore } from '../faults/state.ts'
import { countTrips } from './counting.ts'

/** The budgets that a replica changes. */
const budgets: Record<string, { near: number; far: number }> = {
  'GET /auth/users/me/': { near: 1, far: 0 },
  'GET /auth/sessions/': { near: 1, far: 0 },
  'GET /auth/users/me/events/': { near: 1, far: 0 },
  'GET /auth/users/me/export/': { near: 1, far: 0 },
  'GET /api/protected-endpoint/': { near: 1, far: 0 },
  'GET /auth/users/ (by staff)': { near: 1, far: 1 },
  'GET /auth/users/ (a search by staff)': { near: 1, far: 1 },
  'POST /auth/jwt/create/': { near: 1, far: 1 },
  'POST /auth/jwt/create/ (on a known network)': { near: 1, far: 1 },
  'POST /auth/jwt/create/ (without a captcha)': { near: 1, far: 1 },
  'POST /api/token/ (over the session limit)': { near: 1, far: 1 },
  'POST /api/token/sliding/': { near: 1, far: 1 },
  'POST /auth/token/login/': { near: 1, far: 1 },
  'POST /api-token-auth/': { near: 1, far: 1 },
  'POST /api-token-auth/ (drf-jwt)': { near: 1, far: 1 },
  'POST /auth/users/activation/': { near: 1, far: 1 },
  'POST /activate/': { near: 1, far: 1 },
  'POST /auth/users/reset_password_confirm/': { near: 1, far: 1 },
  'POST /reset-password/': { near: 1, far: 1 },
  'POST /auth/users/reset_email_confirm/': { near: 1, far: 1 },
  'POST /auth/users/reset_email_confirm/ (to be confirmed)': { near: 1, far: 1 },
  'POST /reset-username/': { near: 1, far: 1 },
  'POST /auth/users/reset_username_confirm/': { near: 1, far: 1 },
  'POST /auth/users/set_email_confirm/': { near: 1, far: 1 },
  'POST /change-email/': { near: 1, far: 1 },
  'DELETE /auth/users/me/': { near: 1, far: 1 },
  'POST /auth/users/set_password/': { near: 1, far: 1 },
  'POST /auth/users/set_email/': { near: 1, far: 1 },
  'POST /auth/users/set_email/ (to be confirmed)': { near: 1, far: 1 },
  'POST /auth/users/set_username/': { near: 1, far: 1 },
  // What a replica's row refuses is asked of the primary again.
  'POST /auth/users/set_email/ (to a taken address)': { near: 1, far: 3 },
  // One more after the answer: a failed login, or a new hash.
  'POST /auth/jwt/create/ (wrong password)': { near: 1, far: 2 },
  'POST /auth/jwt/create/ (wrong password again)': { near: 1, far: 2 },
  'POST /auth/jwt/create/ (with an old hash)': { near: 1, far: 2 },
  'POST /api/token/sliding/ (with an old hash)': { near: 1, far: 2 },
  'POST /auth/token/login/ (with an old hash)': { near: 1, far: 2 },
  // The key of a removed SECRET_KEY is replaced in a call of its own.
  'POST /auth/token/login/ (another key)': { near: 1, far: 2 },
}

const all = [...endpoints, ...moreRequests].map((endpoint) => {
  const { route, variant } = endpoint
  return [variant ? `${route} (${variant})` : route, endpoint] as const
})

test.for(all)('%s', async ([title, endpoint]) => {
  const { before, send } = await prepareRequest(endpoint)
  const tripsOf = async (D1_READ_REPLICATION: boolean) => {
    await restore(before)
    await env.DB.prepare('replace into pulse (id, at) values (1, ?)').bind(Date.now()).run()
    const { DB, trips } = countTrips()
    const { status } = await send(DB, { D1_READ_REPLICATION })
    expect(endpoint.errorStatus ?? Math.min(status, 399)).toBe(status)
    return trips
  }
  const without = await tripsOf(false)
  expect(without.near).toBe(0)
  expect(await tripsOf(true)).toEqual(budgets[title] ?? without)
})

test('every budget belongs to a request', () => {
  const titles = all.map(([title]) => title)
  expect(Object.keys(budgets).filter((title) => !titles.includes(title))).toEqual([])
})
