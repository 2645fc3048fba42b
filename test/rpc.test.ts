// What other Workers get from the service binding. test/cli/examples.node.ts uses a real one.

import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { Gatehouse } from '../src/rpc.ts'
import { newKey, setOf } from './support/key-sets.ts'
import { loggedIn, password, person } from './support/people.ts'
import { beforeRoundTrip } from './support/trips.ts'

const service = (vars: object = {}) => new Gatehouse(createExecutionContext(), { ...env, ...vars })

const notValid = {
  valid: false,
  code: 'token_not_valid',
  detail: 'Given token not valid for any token type',
}

afterEach(() => {
  vi.useRealTimers()
})

describe('verify', () => {
  test('answers the user id and the claims of an access token, and nothing else', async () => {
    const { access, id } = await loggedIn()
    const verified = await service().verify(access)
    expect(verified).toEqual({
      valid: true,
      user_id: id,
      claims: {
        token_type: 'access',
        exp: expect.any(Number),
        iat: expect.any(Number),
        jti: expect.any(String),
        user_id: id,
        sid: expect.any(String),
      },
    })
  })

  test('takes one round trip, and none with `stateless`', async () => {
    const { access } = await loggedIn()
    expect(await roundTripsOf((DB) => service({ DB }).verify(access))).toBe(1)
    expect(await roundTripsOf((DB) => service({ DB }).verify(access, { stateless: true }))).toBe(0)
  })

  test('refuses garbage, another token type and an expired token, without a round trip', async () => {
    const { access, refresh } = await loggedIn()
    for (const token of ['', 'x', `${access}x`, refresh]) {
      expect(await service().verify(token)).toEqual(notValid)
      expect(await service().verify(token, { stateless: true })).toEqual(notValid)
    }
    expect(await roundTripsOf((DB) => service({ DB }).verify(refresh))).toBe(0)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 301_000 })
    expect(await service().verify(access)).toEqual(notValid)
  })

  test('refuses a token that is not a string', async () => {
    for (const token of [undefined, null, 7, {}]) {
      expect(await service().verify(token as string)).toEqual(notValid)
    }
  })

  test('refuses a revoked session at once, but not with stateless', async () => {
    const { api, access, refresh } = await loggedIn()
    await api.post('/api/token/blacklist/', { refresh })

    expect(await service().verify(access)).toEqual(notValid)
    expect(await service().verify(access, { stateless: true })).toMatchObject({ valid: true })
    expect(await service({ CHECK_SESSION: false }).verify(access)).toMatchObject({ valid: true })
  })

  test('refuses disabled and deleted users and earlier passwords, with the codes of our routes', async () => {
    const [disabled, deleted] = [await loggedIn(), await loggedIn()]
    const changed = await loggedIn({ CHECK_REVOKE_TOKEN: true })
    await env.DB.prepare("update users set status = 'disabled' where id = ?")
      .bind(disabled.id)
      .run()
    await env.DB.prepare('delete from users where id = ?').bind(deleted.id).run()
    await changed.api.post(
      '/auth/users/set_password/',
      { current_password: password, new_password: 'a flock of geese' },
      { token: changed.access },
    )

    const answers = [disabled, deleted].map(({ access }) => service().verify(access))
    answers.push(service({ CHECK_REVOKE_TOKEN: true }).verify(changed.access))
    expect(await Promise.all(answers)).toEqual([
      { valid: false, code: 'user_inactive', detail: 'User is inactive' },
      { valid: false, code: 'user_not_found', detail: 'User not found' },
      {
        valid: false,
        code: 'password_changed',
        detail: "The user's password has been changed.",
      },
    ])
  })

  test('refuses a token that names no user, with `stateless` too', async () => {
    const { access } = await loggedIn()
    const USER_ID_CLAIM = 'uid'
    for (const stateless of [false, true]) {
      expect(await service({ USER_ID_CLAIM }).verify(access, { stateless })).toEqual({
        ...notValid,
        detail: 'Token contained no recognizable user identification',
      })
    }
  })

  test('accepts a token only if SIGNING_KEYS has its key', async () => {
    const [key, other] = [await newKey('ES256'), await newKey('ES256')]
    const vars = { SIGNING_KEYS: setOf(key) }
    const { access } = await loggedIn(vars)
    expect(await service(vars).verify(access)).toMatchObject({ valid: true })
    expect(await service({ SIGNING_KEYS: setOf(other) }).verify(access)).toEqual(notValid)
  })
})

async function roundTripsOf(call: (DB: D1Database) => Promise<unknown>): Promise<number> {
  let roundTrips = 0
  await call(beforeRoundTrip(env.DB, () => void roundTrips++))
  return roundTrips
}

describe('user', () => {
  test('answers a user as staff see them, without password and status', async () => {
    const { id, email } = await person()
    expect(await service().user(id)).toEqual({
      first_name: 'Ada',
      last_name: 'Lovelace',
      role: expect.anything(),
      id,
      email,
    })
  })

  test.each([0, -1, 1.5, Number.NaN, 2 ** 60, '1', undefined])(
    'answers null for the id %s',
    async (id) => {
      expect(await service().user(id as number)).toBeNull()
    },
  )
})
