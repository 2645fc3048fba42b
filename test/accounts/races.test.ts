// Two requests at the same moment, and a Worker that stops between two steps.

import { createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import worker from '../../src/worker.ts'
import { client } from '../support/api.ts'
import { linkTo, loggedIn, logIn, newEmail, password, person } from '../support/people.ts'
import { beforeNthRoundTrip, beforeRoundTrip, interceptD1, isDelivery } from '../support/trips.ts'

const newPassword = 'a flock of herons'

describe('signing up', () => {
  test('answers 201 and 400 to two sign-ups with one address at the same moment', async () => {
    const email = newEmail()
    const someone = { email, password, first_name: 'Ada', last_name: 'Lovelace' }

    const answers = await Promise.all([
      client().post('/auth/users/', someone),
      client().post('/auth/users/', { ...someone, email: email.toUpperCase() }),
    ])

    expect(answers.map(({ status }) => status).sort()).toEqual([201, 400])
    expect(answers.find(({ status }) => status === 400)?.body).toEqual({
      email: ['user account with this email already exists.'],
    })
    expect(await client().mail(email)).toHaveLength(1)
  })

  test('does not give the id of a deleted user again', async () => {
    const { api, access, id } = await loggedIn()
    await api.delete('/auth/users/me/', { current_password: password }, { token: access })

    const next = await person()

    expect(next.id).toBeGreaterThan(id)
  })

  test('loses no mail when the Worker stops before sending it: the cron sends it', async () => {
    const DB = beforeRoundTrip(env.DB, (statements) => {
      if (isDelivery(statements)) throw new Error('Network connection lost.')
    })
    const email = newEmail()
    const someone = { email, password, first_name: 'Ada', last_name: 'Lovelace' }

    expect((await client({ DB }).post('/auth/users/', someone)).status).toBe(201)
    expect(await client().mail(email)).toEqual([])
    await cron()

    expect(await client().mail(email)).toHaveLength(1)
    await cron()
    expect(await client().mail(email)).toHaveLength(1)
  })
})

describe('an authtoken key whose SECRET_KEY was removed', () => {
  const SECRET_KEY = 'another-secret-key-of-the-tests-0123456789' // the old one is no fallback

  test('is not replaced by a login whose password is reset in between', async () => {
    const { api, email, id } = await person()
    await api.post('/auth/token/login/', { email, password })
    const now = client({ SECRET_KEY })
    const link = await linkTo(now, 'reset_password', email)
    let trips = 0
    const DB = beforeRoundTrip(env.DB, async (statements) => {
      if (isDelivery(statements) || ++trips !== 3) return
      const reset = { ...link, new_password: newPassword }
      expect((await now.post('/auth/users/reset_password_confirm/', reset)).status).toBe(204)
    })

    const { status, body } = await client({ SECRET_KEY, DB }).post('/api-token-auth/', {
      username: email,
      password,
    })

    expect([status, body.token]).toEqual([400, undefined])
    const query = 'select count(*) as keys from auth_tokens where user_id = ?'
    expect(await env.DB.prepare(query).bind(id).first('keys')).toBe(0)
  })

  test('is replaced once by logins at the same moment, which all answer the new one', async () => {
    const { api, email } = await person()
    await api.post('/auth/token/login/', { email, password })
    const logIn = () =>
      client({ SECRET_KEY }).post('/api-token-auth/', { username: email, password })

    const answers = await Promise.all([logIn(), logIn(), logIn()])

    const keys = new Set(answers.map(({ body }) => body.token))
    expect(keys.size).toBe(1)
    const headers = { authorization: `Token ${[...keys][0]}` }
    expect((await client({ SECRET_KEY }).get('/auth/users/me/', { headers })).status).toBe(200)
  })

  test('is replaced once if D1’s answer is lost and the batch is sent again', async () => {
    const { api, email, id } = await person()
    await api.post('/auth/token/login/', { email, password })
    let trips = 0
    const DB = interceptD1(env.DB, async (statements, run) => {
      const answer = await run()
      if (!isDelivery(statements) && ++trips === 3) throw new Error('Network connection lost.')
      return answer
    })

    const { body } = await client({ SECRET_KEY, DB }).post('/auth/token/login/', {
      email,
      password,
    })

    const headers = { authorization: `Token ${body.auth_token}` }
    expect((await client({ SECRET_KEY }).get('/auth/users/me/', { headers })).status).toBe(200)
    const query = 'select count(*) as keys from auth_tokens where user_id = ?'
    expect(await env.DB.prepare(query).bind(id).first('keys')).toBe(1)
  })

  test('is replaced by a login that also replaces the password hash', async () => {
    const { api, email } = await person()
    await api.post('/auth/token/login/', { email, password })
    const rehashing = client({ SECRET_KEY, ARGON2_MEMORY_COST: 128 })

    const { body } = await rehashing.post('/auth/token/login/', { email, password })

    const headers = { authorization: `Token ${body.auth_token}` }
    expect((await rehashing.get('/auth/users/me/', { headers })).status).toBe(200)
  })
})

describe('activating', () => {
  test('activates once and sends one mail when a link is used twice at the same moment', async () => {
    const api = client({ SEND_CONFIRMATION_EMAIL: true })
    const email = newEmail()
    await api.post('/auth/users/', { email, password, first_name: 'Ada', last_name: 'Lovelace' })
    const [{ uid, token }] = await api.mail(email)

    const answers = await Promise.all([
      api.post('/auth/users/activation/', { uid, token }),
      api.post('/auth/users/activation/', { uid, token }),
    ])

    expect(answers.map(({ status }) => status).sort()).toEqual([204, 403])
    const kinds = (await api.mail(email)).map((mail: { kind: string }) => mail.kind)
    expect(kinds).toEqual(['confirmation', 'activation'])
    const { results } = await env.DB.prepare(
      `select type, detail from security_events
        where user_id = (select id from users where email = ?)`,
    )
      .bind(email)
      .all()
    expect(results).toEqual([{ type: 'status_changed', detail: 'active' }])
  })
})

describe('a login with the old password, paused between comparison and write while a reset commits', () => {
  test.each([
    ['with an argon2 hash', {}],
    ['with an outdated hash', { ARGON2_MEMORY_COST: 128 }],
  ])('%s gets no session', async (_, vars) => {
    const { api, email, id } = await person()
    const reset = await resetLink(api, email)
    const DB = beforeNthRoundTrip(2, () =>
      api.post('/auth/users/reset_password_confirm/', { ...reset, new_password: newPassword }),
    )

    const login = await logIn(client({ ...vars, DB }), { email })

    expect(login.status).toBe(401)
    expect(login.body).toEqual({
      detail: 'No active account found with the given credentials',
    })
    expect(await countActiveSessions(id)).toBe(0)
    const after = await logIn(api, { email, password: newPassword })
    expect(after.status).toBe(200)
  })

  test('gets no session if the account is disabled in between', async () => {
    const { email, id } = await person()
    const DB = beforeNthRoundTrip(2, () => disable(id))

    const login = await logIn(client({ DB }), { email })

    expect(login.status).toBe(401)
    expect(await countActiveSessions(id)).toBe(0)
  })

  test.each([
    ['POST', '/auth/users/set_password/', { new_password: newPassword }],
    ['DELETE', '/auth/users/me/', {}],
  ])(
    'is like %s %s, which changes nothing if the account is disabled in between',
    async (method, path, sent) => {
      const { id, access } = await loggedIn()
      const DB = beforeNthRoundTrip(2, () => disable(id))
      const call = { json: { ...sent, current_password: password }, token: access }

      expect((await client({ DB }).send(method, path, call)).status).toBe(400)
      const row = await env.DB.prepare('select token_version from users where id = ?')
        .bind(id)
        .first()
      expect(row).toEqual({ token_version: 1 })
    },
  )

  test('succeeds three times at once if the first one replaces the hash', async () => {
    const { email, id } = await person()
    const bare = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08' // of "test"
    await env.DB.prepare('update users set password = ? where id = ?').bind(bare, id).run()

    const logIn = () => client().post('/auth/jwt/create/', { email, password: 'test' })
    const answers = await Promise.all([logIn(), logIn(), logIn()])

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(await countActiveSessions(id)).toBe(3)
  })

  test('is like a change of password and a deletion, which fail after the reset as well', async () => {
    const { api, email, access, id } = await loggedIn()
    const change = { current_password: password, new_password: 'a heap of stones' }
    const deletion = { current_password: password }
    for (const send of [
      (DB: D1Database) =>
        client({ DB, CHECK_SESSION: false }).post('/auth/users/set_password/', change, {
          token: access,
        }),
      (DB: D1Database) =>
        client({ DB, CHECK_SESSION: false }).delete('/auth/users/me/', deletion, { token: access }),
    ]) {
      await env.DB.prepare('delete from mail_outbox where user_id = ?').bind(id).run()
      const reset = await resetLink(api, email)
      const DB = beforeNthRoundTrip(2, () =>
        api.post('/auth/users/reset_password_confirm/', { ...reset, new_password: newPassword }),
      )

      const { status, body } = await send(DB)

      expect([status, body]).toEqual([400, { current_password: ['Invalid password.'] }])
      const login = await logIn(api, { email, password: newPassword })
      expect(login.status).toBe(200)
      await restorePassword(api, String(login.body.access))
    }
  })
})

describe('resetting', () => {
  test('sets one password when a link is used twice at the same moment', async () => {
    const { api, email } = await person()
    const reset = await resetLink(api, email)

    const answers = await Promise.all(
      [newPassword, 'a heap of stones'].map((new_password) =>
        api.post('/auth/users/reset_password_confirm/', { ...reset, new_password }),
      ),
    )

    expect(answers.map(({ status }) => status).sort()).toEqual([204, 400])
    expect(answers.find(({ status }) => status === 400)?.body).toEqual({
      token: ['Invalid token for given user.'],
    })
  })

  test('does not send a mail that was requested before the password changed', async () => {
    const { api, email, access } = await loggedIn()
    const DB = beforeRoundTrip(env.DB, (statements) => {
      if (isDelivery(statements)) throw new Error('Network connection lost.')
    })
    await client({ DB }).post('/auth/users/reset_password/', { email })
    const change = { current_password: password, new_password: newPassword }
    await api.post('/auth/users/set_password/', change, { token: access })

    await cron()

    const kinds = (await api.mail(email)).map((mail: { kind: string }) => mail.kind)
    expect(kinds).not.toContain('password_reset')
  })
})

const disable = (id: number) =>
  env.DB.prepare(`update users set status = 'disabled' where id = ?`).bind(id).run()

async function resetLink(api: ReturnType<typeof client>, email: string) {
  await api.post('/auth/users/reset_password/', { email })
  const [{ uid, token }] = await api.mail(email)
  return { uid, token }
}

async function restorePassword(api: ReturnType<typeof client>, token: string) {
  const change = { current_password: newPassword, new_password: password }
  expect((await api.post('/auth/users/set_password/', change, { token })).status).toBe(204)
}

async function countActiveSessions(userId: number) {
  const query = 'select count(*) as count from sessions where user_id = ? and revoked_at is null'
  return (await env.DB.prepare(query).bind(userId).first<{ count: number }>())?.count
}

/** Runs the cron of the next minute, when deferred work is due. */
async function cron() {
  const inTwoMinutes = new Date(Date.now() + 120_000)
  await worker.scheduled(createScheduledController({ scheduledTime: inTwoMinutes }), env)
}
