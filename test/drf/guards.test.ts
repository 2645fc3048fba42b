// The three guards, before an endpoint of a deployer's own.

import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { type App, context } from '../../src/context.ts'
import { authenticated, staff, stateless } from '../../src/drf/authentication.ts'
import { onError } from '../../src/drf/errors.ts'
import { loggedIn } from '../people.ts'
import { gated } from '../trips.ts'

const app = new Hono<App>()
app.onError(onError)
app.use(context)
app.get('/authenticated/', authenticated, (c) => c.json({ id: c.var.user.id }))
app.get('/stateless/', stateless, (c) => c.json({ user_id: c.var.claims.user_id }))
app.get('/staff/', staff, (c) => c.json({ id: c.var.user.id }))

async function get(path: string, token?: string) {
  let trips = 0
  const DB = gated(env.DB, () => {
    trips++
  })
  const headers: Record<string, string> =
    token === undefined ? {} : { authorization: `Bearer ${token}` }
  const answer = await app.request(path, { headers }, { ...env, DB }, createExecutionContext())
  return { status: answer.status, body: await answer.json(), trips }
}

describe('a guard', () => {
  test('lets nobody through without a token, in no trip', async () => {
    for (const path of ['/authenticated/', '/stateless/', '/staff/']) {
      expect(await get(path)).toEqual({
        status: 401,
        body: { detail: 'Authentication credentials were not provided.' },
        trips: 0,
      })
    }
  })

  test('of a user reads token and user, in one trip', async () => {
    const { id, access } = await loggedIn()

    expect(await get('/authenticated/', access)).toEqual({ status: 200, body: { id }, trips: 1 })
  })

  test('of a token reads the token alone, in none, and does not know that the user is gone', async () => {
    const { id, access } = await loggedIn()
    await env.DB.prepare('delete from users where id = ?').bind(id).run()

    expect(await get('/stateless/', access)).toEqual({
      status: 200,
      body: { user_id: id },
      trips: 0,
    })
    expect((await get('/authenticated/', access)).body).toEqual({
      detail: 'User not found',
      code: 'user_not_found',
    })
  })

  test('of staff lets staff through and nobody else', async () => {
    const { id, access } = await loggedIn()

    const before = await get('/staff/', access)
    await env.DB.prepare('update users set is_staff = 1 where id = ?').bind(id).run()

    expect([before.status, before.body]).toEqual([
      403,
      { detail: 'You do not have permission to perform this action.' },
    ])
    expect(await get('/staff/', access)).toEqual({ status: 200, body: { id }, trips: 1 })
  })
})
