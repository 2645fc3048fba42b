// The hooks `onLoginSuccess` and `onLoginFailure`: after the response, once for each login and each failure of every kind.

import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, test } from 'vitest'
import { type FailedLogin, type SuccessfulLogin, useHooks } from '../../src/hooks.ts'
import worker from '../../src/worker.ts'
import { counting } from '../budgets/counting.ts'
import { atReplica } from '../replicas/setup.ts'
import { type Api, client } from '../support/api.ts'
import { captureLogs } from '../support/logs.ts'
import {
  changeUser,
  loggedIn,
  logIn,
  newEmail,
  newPerson,
  password,
  person,
} from '../support/people.ts'
import { interceptD1 } from '../support/trips.ts'

const logs = captureLogs()

afterEach(() => useHooks({}))

/** Sets both hooks. @returns what they get */
function record() {
  const successes: SuccessfulLogin[] = []
  const failures: FailedLogin[] = []
  useHooks({
    onLoginSuccess: (login) => successes.push(login),
    onLoginFailure: (attempt) => failures.push(attempt),
  })
  return { successes, failures }
}

const kinds = [
  { path: '/auth/jwt/create/', kind: 'session', vars: {} },
  { path: '/api/token/', kind: 'session', vars: {} },
  { path: '/auth/token/login/', kind: 'authtoken', vars: {} },
  { path: '/api-token-auth/', kind: 'authtoken', vars: {} },
  { path: '/api/token/sliding/', kind: 'sliding', vars: { AUTH_TOKEN_CLASSES: 'SlidingToken' } },
  { path: '/api-token-auth/', kind: 'drf-jwt', vars: { DRF_JWT: true } },
] as const

/** The body of a login. Only authtoken's own path calls the field `username` whatever LOGIN_FIELD is. */
const sent = (email: string, secret = password) => ({ email, username: email, password: secret })

describe.each(kinds)('POST $path of the kind $kind', ({ path, kind, vars }) => {
  test('calls onLoginSuccess once for a login, with the user and without the hash', async () => {
    const { email, id } = await person()
    const { successes, failures } = record()
    const headers = { 'user-agent': 'Test', 'cf-ipcountry': 'CO' }
    const { status } = await client(vars).post(path, sent(email), { headers })
    expect([200, 201]).toContain(status)
    expect([successes.length, failures.length]).toEqual([1, 0])
    const [login] = successes as [SuccessfulLogin]
    expect(login).toMatchObject({
      kind,
      user: { id, email },
      request: { userAgent: 'Test', country: 'CO' },
    })
    expect(login.user).not.toHaveProperty('password')
  })

  test('calls onLoginFailure once, alike for a wrong password, an unknown user and a disabled one', async () => {
    const [ada, bob] = [await person(), await person()]
    await changeUser(bob.id, "status = 'disabled'")
    const { successes, failures } = record()
    const unknown = newEmail()
    const attempts: [string, string][] = [
      [ada.email, 'wrong'],
      [bob.email, password],
      [unknown, password],
    ]
    for (const [email, secret] of attempts) {
      const { status } = await client(vars).post(path, sent(email, secret))
      expect([400, 401]).toContain(status)
    }
    expect(successes).toEqual([])
    expect(failures.map(({ login }) => login)).toEqual([ada.email, bob.email, unknown])
    const shapes = failures.map((attempt) => Object.keys(attempt))
    expect(shapes).toEqual(Array(3).fill(['login', 'db', 'env', 'request']))
    expect(
      JSON.stringify(failures.map(({ login, request }) => ({ login, request }))),
    ).not.toContain(password)
  })

  test('calls neither for a request without a login, nor for a refused attempt', async () => {
    const { email } = await person()
    const { successes, failures } = record()
    expect((await client(vars).post(path, { password })).status).toBe(400)
    const slow = client({ ...vars, THROTTLE_LOGIN: '1/day' })
    await slow.post(path, sent(email, 'wrong'))
    expect((await slow.post(path, sent(email))).status).toBe(429)
    expect([successes.length, failures.length]).toEqual([0, 1])
  })

  test('on a hint of a replica, calls one of them once, as the primary decides', async () => {
    const { attempt, d1, id } = await atReplica()
    const { successes, failures } = record()
    await attempt({ path, vars })
    expect([successes.length, failures.length]).toEqual([1, 0])
    await attempt({ path, vars, secret: 'wrong' })
    expect([successes.length, failures.length]).toEqual([1, 1])

    // The replica's row is outdated: the hint says yes, and the primary no.
    await d1.DB.prepare("update users set status = 'disabled' where id = ?").bind(id).run()
    await attempt({ path, vars })
    expect([successes.length, failures.length]).toEqual([1, 2])
    await d1.DB.prepare("update users set status = 'active', role = 'x' where id = ?")
      .bind(id)
      .run()
    await attempt({ path, vars })
    expect([successes.length, failures.length]).toEqual([2, 2])
  })
})

describe.each([
  ['jwt', 'session'],
  ['authtoken', 'authtoken'],
])('POST /register/ with REGISTER_TOKENS=%s', (REGISTER_TOKENS, kind) => {
  test('calls onLoginSuccess once, and not while the account is pending', async () => {
    const { successes, failures } = record()
    const vars = { REGISTER: true, REGISTER_TOKENS }
    const ada = newPerson()
    await client({ ...vars, SEND_ACTIVATION_EMAIL: false }).post('/register/', ada)
    await client(vars).post('/register/', newPerson())
    expect(successes).toMatchObject([{ kind, user: { email: ada.email } }])
    expect(failures).toEqual([])
  })
})

test('a refresh, an impersonation and a wrong current password are neither login nor failure', async () => {
  const { api, access, refresh } = await loggedIn()
  const root = await person({}, { superuser: true })
  const bob = await person()
  const drfJwt = client({ DRF_JWT: true, DRF_JWT_PACKAGE: 'drf-jwt' })
  const { token } = (await drfJwt.post('/api-token-auth/', sent(root.email))).body
  const { successes, failures } = record()
  await api.post('/auth/jwt/refresh/', { refresh })
  await api.post(
    '/auth/users/set_password/',
    { current_password: 'wrong', new_password: 'a flock of geese' },
    { token: access },
  )
  const imitated = await drfJwt.post('/auth/impersonate/', { user: bob.id }, { token })
  expect(imitated.status).toBe(201)
  expect([successes.length, failures.length]).toEqual([0, 0])
})

test('a login whose answer of D1 is lost calls onLoginSuccess once', async () => {
  const { email } = await person()
  const { successes } = record()
  let lost = 0
  const DB = interceptD1(env.DB, async (statements, run) => {
    const answer = await run()
    const isLogin = statements.some((text) => text.startsWith('insert into "sessions"'))
    if (isLogin && lost++ === 0) throw new Error('Network connection lost.')
    return answer
  })
  expect((await logIn(client({ DB }), { email })).status).toBe(200)
  expect(lost).toBeGreaterThan(1)
  expect(successes).toHaveLength(1)
})

describe('the response to a login', () => {
  test('does not wait for the hook', async () => {
    const { email } = await person()
    let finish = () => {}
    let done = 0
    const slow = async () => {
      await new Promise<void>((resolve) => {
        finish = resolve
      })
      done++
    }
    useHooks({ onLoginSuccess: slow, onLoginFailure: slow })
    for (const secret of [password, 'wrong']) {
      const context = createExecutionContext()
      const request = new Request('https://auth.test/auth/jwt/create/', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(sent(email, secret)),
      })
      const response = await worker.fetch(request, { ...env }, context)
      await response.text()
      const before = done
      await scheduler.wait(20)
      finish()
      await waitOnExecutionContext(context)
      expect(done).toBe(before + 1)
    }
  })

  test('is the same if the hook throws or rejects, which is logged without password and token', async () => {
    const { email } = await person()
    const call = async (api: Api) => [
      await logIn(api, { email }),
      await logIn(api, { email: 'x@y.z' }),
    ]
    const statuses = [200, 401]
    expect((await call(client())).map(({ status }) => status)).toEqual(statuses)
    for (const wrong of [
      () => {
        throw new Error('the webhook answered 500')
      },
      () => Promise.reject(new Error('the webhook answered 500')),
    ]) {
      useHooks({ onLoginSuccess: wrong, onLoginFailure: wrong })
      logs.length = 0
      const [success, failure] = await call(client())
      expect([success?.status, failure?.status]).toEqual(statuses)
      const cause = 'the webhook answered 500'
      const errors = logs.map((line) => JSON.parse(line)[0])
      expect(errors).toEqual([
        { message: 'the hook onLoginSuccess failed', cause },
        { message: 'the hook onLoginFailure failed', cause },
      ])
      for (const secret of [password, success?.body.access, success?.body.refresh, email]) {
        expect(logs.join()).not.toContain(secret)
      }
    }
  })

  test('takes as many round trips as without hooks', async () => {
    const { email } = await person()
    record()
    for (const [secret, budget] of [
      [password, 2],
      ['wrong', 2],
    ] as const) {
      const { api, roundTrips } = counting({ SECURITY_EMAILS: '' })
      await api.post('/auth/jwt/create/', sent(email, secret))
      expect(roundTrips()).toBe(budget)
    }
  })
})
