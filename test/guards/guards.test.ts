// The guards `authenticated`, `stateless` and `staff` on endpoints that a deployer wrote.

import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { type App, context } from '../../src/context.ts'
import { authenticated, staff, stateless } from '../../src/guards/guards.ts'
import { onError } from '../../src/http/errors.ts'
import { loggedIn, makeStaff } from '../support/people.ts'
import { beforeRoundTrip } from '../support/trips.ts'

const app = new Hono<App>()
app.onError(onError)
app.use(context)
app.get('/authenticated/', authenticated, (c) => c.json({ id: c.var.user.id }))
app.get('/stateless/', stateless, (c) => c.json({ user_id: c.var.claims.user_id }))
app.get('/staff/', staff, (c) => c.json({ id: c.var.user.id }))

const get = (path: string, token?: string) =>
  ask(path, token === undefined ? {} : { authorization: `Bearer ${token}` })

async function ask(path: string, headers: Record<string, string>, vars: object = {}) {
  let roundTrips = 0
  const DB = beforeRoundTrip(env.DB, () => {
    roundTrips++
  })
  const bindings = { ...env, DB, ...vars }
  const answer = await app.request(path, { headers }, bindings, createExecutionContext())
  return { status: answer.status, body: await answer.json(), roundTrips }
}

describe('a guard', () => {
  test('refuses a request without a token, in no round trip', async () => {
    for (const path of ['/authenticated/', '/stateless/', '/staff/']) {
      expect(await get(path)).toEqual({
        status: 401,
        body: { detail: 'Authentication credentials were not provided.' },
        roundTrips: 0,
      })
    }
  })

  test('`authenticated` reads token and user, in one round trip', async () => {
    const { id, access } = await loggedIn()

    expect(await get('/authenticated/', access)).toEqual({
      status: 200,
      body: { id },
      roundTrips: 1,
    })
  })

  test('`stateless` reads the token alone, in no round trip, and does not notice a deleted user', async () => {
    const { id, access } = await loggedIn()
    await env.DB.prepare('delete from users where id = ?').bind(id).run()

    expect(await get('/stateless/', access)).toEqual({
      status: 200,
      body: { user_id: id },
      roundTrips: 0,
    })
    expect((await get('/authenticated/', access)).body).toEqual({
      detail: 'User not found',
      code: 'user_not_found',
    })
  })

  test('`authenticated` and `stateless` also read the cookie if AUTH_COOKIES is on', async () => {
    const { access } = await loggedIn()
    const headers = { cookie: `__Host-access=${access}` }
    for (const [path, roundTrips] of [
      ['/stateless/', 0],
      ['/authenticated/', 1],
    ] as const) {
      expect((await ask(path, headers)).status).toBe(401)
      expect(await ask(path, headers, { AUTH_COOKIES: true })).toMatchObject({
        status: 200,
        roundTrips,
      })
      const fromOtherSite = { ...headers, origin: 'https://evil.test' }
      expect((await ask(path, fromOtherSite, { AUTH_COOKIES: true })).status).toBe(403)
    }
  })

  test('`staff` lets only staff pass', async () => {
    const { id, access } = await loggedIn()

    const before = await get('/staff/', access)
    await makeStaff(id)

    expect([before.status, before.body]).toEqual([
      403,
      { detail: 'You do not have permission to perform this action.' },
    ])
    expect(await get('/staff/', access)).toEqual({ status: 200, body: { id }, roundTrips: 1 })
  })
})
