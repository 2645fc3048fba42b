// Logins with D1_READ_REPLICATION: the password is compared with a row of a replica, and one batch at the primary decides.

import { decodeJwt } from 'jose'
import { afterEach, describe, expect, test } from 'vitest'
import { useHooks } from '../../src/hooks.ts'
import { clockAt, wait } from '../support/clock.ts'
import { linkTo, loggedIn, makeStaff, newEmail, password, person } from '../support/people.ts'
import { rowsOf } from '../support/throttling.ts'
import { interceptD1 } from '../support/trips.ts'
import { atReplica } from './setup.ts'

clockAt(new Date('2031-06-01T12:00:00Z'))
afterEach(() => {
  useHooks({})
})

const families = [
  { path: '/auth/jwt/create/' },
  { path: '/auth/token/login/' },
  { path: '/api-token-auth/' },
  { path: '/api/token/sliding/', vars: { AUTH_TOKEN_CLASSES: 'AccessToken,SlidingToken' } },
  { path: '/api-token-auth/', vars: { DRF_JWT: true } },
].map((family) => ({ vars: {}, ...family }))

const wrong = { secret: 'a flock of geese' }
/** A wrong password is recorded by a call after the answer. */
const recorded = 1

describe.each(families)('POST $path with $vars', ({ path, vars }) => {
  const success = 200
  const failure = path.startsWith('/auth/jwt') || path.includes('sliding') ? 401 : 400

  test('asks the replica once and the primary once, right or wrong', async () => {
    const { attempt, count } = await atReplica()
    const { calls } = await attempt({ path, vars })
    expect(calls).toEqual({ status: success, near: 1, primary: 1 })
    expect(await count('security_events', "type = 'login'")).toBe(1)
    expect((await attempt({ path, vars, ...wrong })).calls).toEqual({
      status: failure,
      near: 1,
      primary: 1 + recorded,
    })
    const unknown = await attempt({ path, vars, email: newEmail() })
    expect(unknown.calls).toEqual({ status: failure, near: 1, primary: 1 + recorded })
    expect(await count('security_events', "type = 'login'")).toBe(1)
  })

  test('succeeds for a user that the replica does not have, and with a password that it does not have', async () => {
    const { d1, vars: replicas, attempt, api, email } = await atReplica()
    const eve = await person(replicas)
    const first = await attempt({ path, vars, email: eve.email })
    expect(first.calls).toEqual({ status: success, near: 1, primary: 2 })

    wait(1)
    const link = await linkTo(api, 'reset_password', email)
    const reset = { ...link, new_password: 'a skein of geese' }
    expect((await api.post('/auth/users/reset_password_confirm/', reset)).status).toBe(204)
    expect((await attempt({ path, vars })).status).toBe(failure)
    expect((await attempt({ path, vars, secret: 'a skein of geese' })).status).toBe(success)
    await d1.catchUp()
    expect((await attempt({ path, vars, secret: 'a skein of geese' })).calls.primary).toBe(1)
  })

  test('fails for a user that is disabled or deleted at the primary alone', async () => {
    const { vars: replicas, attempt, id, api } = await atReplica()
    const staff = await loggedIn(replicas, { staff: true })
    await staff.api.post(`/auth/users/${id}/disable/`, {}, { token: staff.access })
    expect((await attempt({ path, vars })).status).toBe(failure)

    const bob = await loggedIn(replicas)
    await api.delete('/auth/users/me/', { current_password: password }, { token: bob.access })
    expect((await attempt({ path, vars, email: bob.email })).status).toBe(failure)
  })

  test('is refused alike for a right and a wrong password, and starts nothing', async () => {
    const { attempt, count, id } = await atReplica({ THROTTLE_LOGIN: '1/day' })
    await attempt({ path, vars, ...wrong })
    const before = await rowsOf(id)
    for (const how of [wrong, {}]) {
      const { status, body, calls } = await attempt({ path, vars, ...how })
      expect([status, body, calls.primary]).toMatchObject([429, {}, 1])
    }
    expect(await rowsOf(id)).toEqual(before)
    for (const table of ['sessions', 'auth_tokens']) expect(await count(table)).toBe(0)
    expect(await count('security_events', "type = 'login'")).toBe(0)
  })
})

describe('the row of the replica decides nothing', () => {
  test('a name that changed since is in the token', async () => {
    useHooks({ claims: { name: (user) => user.first_name } })
    const { attempt, d1, id } = await atReplica()
    await d1.DB.prepare("update users set first_name = 'Augusta' where id = ?").bind(id).run()
    const { body, calls } = await attempt()
    expect(decodeJwt(body.access).name).toBe('Augusta')
    expect(calls).toEqual({ status: 200, near: 1, primary: 2 })
  })

  test('an account that became staff since logs in as staff', async () => {
    const { attempt, api, id } = await atReplica()
    await makeStaff(id)
    const { body } = await attempt()
    expect((await api.get('/auth/users/', { token: body.access })).status).toBe(200)
  })

  test('a long profile fits into one parameter', async () => {
    const { attempt, d1, id } = await atReplica()
    const long = 'ä\'"\\ \u2028'.repeat(200)
    await d1.DB.prepare('update users set first_name = ? where id = ?').bind(long, id).run()
    await d1.catchUp()
    expect((await attempt()).calls).toEqual({ status: 200, near: 1, primary: 1 })
  })

  test('a replica that fails, or has another schema, delays the login alone', async () => {
    const { attempt, d1 } = await atReplica()
    for (const message of ['D1_ERROR: no such column: users.new', 'Network connection lost.']) {
      d1.breakWith(message)
      expect((await attempt()).calls).toEqual({ status: 200, near: 1, primary: 2 })
    }
  })
})

describe('a wrong guess', () => {
  const ip = '198.51.100.7'

  test('ends no session, also after MAX_SESSIONS was lowered', async () => {
    const { attempt, count } = await atReplica()
    for (const _ of [1, 2, 3]) await attempt()
    await attempt({ ...wrong, vars: { MAX_SESSIONS: 1 } })
    expect(await count('sessions', 'revoked_at is null')).toBe(3)
    await attempt({ vars: { MAX_SESSIONS: 1 } })
    expect(await count('sessions', 'revoked_at is null')).toBe(1)
  })

  test('makes its network no known network of the account', async () => {
    const { attempt, id } = await atReplica()
    for (const _ of [1, 2]) await attempt({ ...wrong, ip })
    expect(await rowsOf(id)).toMatchObject([{ key: `login:${id}`, count: 2 }])
  })

  test('is answered only so often, even if all come before the replica has heard of one', async () => {
    const { attempt, id } = await atReplica({ THROTTLE_LOGIN: '3/minute' })
    const answers = await Promise.all(Array.from({ length: 40 }, () => attempt(wrong)))
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status === 401)).toHaveLength(3)
    expect(statuses.filter((status) => status === 429)).toHaveLength(37)
    expect(await rowsOf(id)).toMatchObject([{ count: 3 }])
  })
})

describe('a right password', () => {
  test('resets the streak, from a known network too', async () => {
    const ip = '198.51.100.7'
    const { attempt, d1, id } = await atReplica()
    await attempt({ ip })
    await d1.catchUp()
    for (const _ of [1, 2]) await attempt({ ...wrong, ip })
    expect(await rowsOf(id)).toHaveLength(2)
    const { calls } = await attempt({ ip })
    expect(calls).toEqual({ status: 200, near: 1, primary: 1 })
    expect(await rowsOf(id)).toMatchObject([{ key: `login:${id}`, count: 2 }])
  })

  test('logs in once if D1’s answer is lost and the batch is sent again', async () => {
    const ip = '198.51.100.7'
    const { attempt, d1, count, id } = await atReplica({ UPDATE_LAST_LOGIN: true })
    let isLost = false
    const DB = interceptD1(d1.DB, async (statements, run) => {
      const answer = await run()
      if (isLost || !statements.some((text) => text.includes('insert into "sessions"')))
        return answer
      isLost = true
      throw new Error('Network connection lost.')
    })
    const { calls } = await attempt({ ip, vars: { DB } })
    expect([isLost, calls.status]).toEqual([true, 200])
    expect(await count('sessions')).toBe(1)
    expect(await count('security_events', "type = 'login'")).toBe(1)
    expect(await rowsOf(id)).toEqual([])
  })

  test('leaves nothing if D1 fails in that call', async () => {
    const { attempt, d1, count, id } = await atReplica()
    const DB = interceptD1(d1.DB, (statements, run) => {
      if (statements.length > 2) throw new Error('D1_ERROR: D1 DB is overloaded.')
      return run()
    })
    expect((await attempt({ vars: { DB } })).status).toBe(503)
    expect(await count('sessions')).toBe(0)
    expect(await count('security_events', "type = 'login'")).toBe(0)
    expect(await rowsOf(id)).toEqual([])
  })

  test('replaces an outdated hash after the answer, and not if the attempt is refused', async () => {
    const { attempt, d1, id } = await atReplica({ THROTTLE_LOGIN: '1/minute' })
    const hashOf = () =>
      d1.DB.prepare('select password from users where id = ?').bind(id).first<string>('password')
    const dearer = { ARGON2_MEMORY_COST: 128 }
    const before = await hashOf()
    await attempt(wrong)
    expect((await attempt({ vars: dearer })).status).toBe(429)
    expect(await hashOf()).toBe(before)
    wait(61)
    expect((await attempt({ vars: dearer })).status).toBe(200)
    expect(await hashOf()).toContain('m=128,')
    // The replica still has the old hash, so the password is compared again.
    expect((await attempt()).calls).toMatchObject({ status: 200, near: 1 })
  })
})
