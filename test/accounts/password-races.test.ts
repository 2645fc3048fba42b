// A password that changes, or an account that is disabled, between the comparison of a password and the write that
// follows; and two resets at the same moment.

import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { type Api, client } from '../support/api.ts'
import { cron } from '../support/cron.ts'
import {
  changeUser,
  kindsTo,
  linkTo,
  loggedIn,
  logIn,
  password,
  person,
} from '../support/people.ts'
import { beforeNthRoundTrip, beforeRoundTrip, isDelivery } from '../support/trips.ts'

const newPassword = 'a flock of herons'

describe('a login with the old password, paused between comparison and write while a reset commits', () => {
  test.each([
    ['with an argon2 hash', {}],
    ['with an outdated hash', { ARGON2_MEMORY_COST: 128 }],
  ])('%s gets no session', async (_, vars) => {
    const { api, email, id } = await person()
    const reset = await linkTo(api, 'reset_password', email)
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
})

describe('a change of password and a deletion, paused between comparison and write', () => {
  test.each([
    ['POST', '/auth/users/set_password/', { new_password: newPassword }],
    ['DELETE', '/auth/users/me/', {}],
  ])('%s %s changes nothing if the account is disabled in between', async (method, path, sent) => {
    const { id, access } = await loggedIn()
    const DB = beforeNthRoundTrip(2, () => disable(id))
    const call = { json: { ...sent, current_password: password }, token: access }

    expect((await client({ DB }).send(method, path, call)).status).toBe(400)
    const row = await env.DB.prepare('select token_version from users where id = ?')
      .bind(id)
      .first()
    expect(row).toEqual({ token_version: 1 })
  })

  test('both fail if a reset commits in between', async () => {
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
      const reset = await linkTo(api, 'reset_password', email)
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

test('three logins at once succeed if the first one replaces the hash', async () => {
  const { email, id } = await person()
  const bare = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08' // of "test"
  await env.DB.prepare('update users set password = ? where id = ?').bind(bare, id).run()

  const logIn = () => client().post('/auth/jwt/create/', { email, password: 'test' })
  const answers = await Promise.all([logIn(), logIn(), logIn()])

  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  expect(await countActiveSessions(id)).toBe(3)
})

test('a login that replaces the hash has written it when it answers, so the next request compares with it', async () => {
  const { email, id } = await person()
  const DB = beforeRoundTrip(env.DB, (statements) => {
    if (statements.length === 1 && /^update "users"/.test(statements[0] ?? '')) {
      throw new Error('D1_ERROR: after the answer')
    }
  })
  const vars = { ARGON2_MEMORY_COST: 128, D1_READ_REPLICATION: false, DB }
  expect((await logIn(client(vars), { email })).status).toBe(200)
  const query = env.DB.prepare('select password from users where id = ?').bind(id)
  expect(await query.first('password')).toContain('m=128,')
})

describe('resetting', () => {
  test('sets one password when a link is used twice at the same moment', async () => {
    const { api, email } = await person()
    const reset = await linkTo(api, 'reset_password', email)

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

  test('does not send an email that was requested before the password changed', async () => {
    const { api, email, access } = await loggedIn()
    const DB = beforeRoundTrip(env.DB, (statements) => {
      if (isDelivery(statements)) throw new Error('Network connection lost.')
    })
    await client({ DB }).post('/auth/users/reset_password/', { email })
    const change = { current_password: password, new_password: newPassword }
    await api.post('/auth/users/set_password/', change, { token: access })

    await cron(Date.now() + 120_000)

    expect(await kindsTo(api, email)).not.toContain('password_reset')
  })
})

const disable = (id: number) => changeUser(id, "status = 'disabled'")

async function restorePassword(api: Api, token: string) {
  const change = { current_password: newPassword, new_password: password }
  expect((await api.post('/auth/users/set_password/', change, { token })).status).toBe(204)
}

async function countActiveSessions(userId: number) {
  const query = 'select count(*) as count from sessions where user_id = ? and revoked_at is null'
  return (await env.DB.prepare(query).bind(userId).first<{ count: number }>())?.count
}
