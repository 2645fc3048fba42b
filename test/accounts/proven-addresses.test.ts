// A user that proves an address decides the password of its account, even if an attacker signed up with the address
// first. The row stores when the address was proven.
// The activation page: activation-page.test.ts.

import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { client } from '../support/api.ts'
import {
  changeUser,
  kindsTo,
  linkTo,
  loggedIn,
  logIn,
  newEmail,
  newestLink,
  password,
  pendingUser,
  person,
  setEmail,
} from '../support/people.ts'
import { beforeNthRoundTrip } from '../support/trips.ts'

const owners = 'a flock of geese'
const byName = { LOGIN_FIELD: 'username' }
const invalidToken = { token: ['Invalid token for given user.'] }

describe('an account that an attacker created with the owner’s address', () => {
  test('belongs to the owner after a reset: it is active, and the attacker’s password is rejected', async () => {
    const { api, email, id } = await pendingUser({ SEND_CONFIRMATION_EMAIL: true })
    const again = { first_name: 'Ada', last_name: 'Lovelace', email, password: owners }
    const taken = await api.post('/auth/users/', again)
    expect([taken.status, Object.keys(taken.body)]).toEqual([400, ['email']])

    const link = await linkTo(api, 'reset_password', email)
    const before = Date.now()
    const sent = { ...link, new_password: owners }
    expect((await api.post('/auth/users/reset_password_confirm/', sent)).status).toBe(204)

    expect((await logIn(api, { email })).status).toBe(401)
    expect((await logIn(api, { email, password: owners })).status).toBe(200)
    const row = await rowOf(id)
    expect(row).toMatchObject({ status: 'active', pending_until: null })
    expect(row?.email_verified_at).toBeGreaterThanOrEqual(before)
    expect(await eventsOf(id)).toEqual([
      ['password_changed', 'reset'],
      ['status_changed', 'active'],
    ])
    expect((await kindsTo(api, email)).sort()).toEqual([
      'activation',
      'confirmation',
      'password_changed_confirmation',
      'password_reset',
    ])
    expect((await api.post('/auth/users/reset_password_confirm/', sent)).body).toEqual(invalidToken)
  })

  test('belongs to the owner after activation on our page with a new password', async () => {
    const { api, email, id, link } = await pendingUser()

    const form = { ...link, new_password: owners, re_new_password: owners }
    const { status, body } = await api.send('POST', '/activate/', { form })

    expect([status, body]).toEqual([200, expect.stringContaining('Your account is active')])
    expect((await logIn(api, { email })).status).toBe(401)
    expect((await logIn(api, { email, password: owners })).status).toBe(200)
    expect(await rowOf(id)).toMatchObject({ status: 'active', pending_until: null })
    expect(await eventsOf(id)).toEqual([
      ['password_changed', 'reset'],
      ['status_changed', 'active'],
    ])
    const again = await api.send('POST', '/activate/', { form })
    expect(again.body).toContain('This link does not work')
  })

  test('loses at a reset every session from before its address was changed', async () => {
    const vars = { ...byName, EMAIL_CHANGE_CONFIRMATION: false }
    const api = client(vars)
    const username = newEmail('u')
    await api.post('/auth/users/', { username, password })
    const { access, refresh } = (await api.post('/auth/jwt/create/', { username, password })).body
    const email = newEmail()
    await api.patch('/auth/users/me/', { email }, { token: access })

    const link = await linkTo(api, 'reset_password', email)
    await api.post('/auth/users/reset_password_confirm/', { ...link, new_password: owners })

    expect((await api.get('/auth/users/me/', { token: access })).status).toBe(401)
    expect((await api.post('/auth/jwt/refresh/', { refresh })).status).toBe(401)
    const login = (word: string) => api.post('/auth/jwt/create/', { username, password: word })
    expect((await login(password)).status).toBe(401)
    expect((await login(owners)).status).toBe(200)
  })
})

describe('a reset for a pending account', () => {
  test('is not mailed if an active account has the address', async () => {
    const api = client(byName)
    const email = newEmail()
    const [mine, theirs] = [newEmail('mine'), newEmail('theirs')]
    const made = (await api.post('/auth/users/', { username: mine, email, password })).body
    await api.post('/auth/users/activation/', await newestLink(api, email))
    await api.post('/auth/users/', { username: theirs, email, password })

    await api.post('/auth/users/reset_password/', { email })

    const { results } = await env.DB.prepare(
      `select user_id from mail_outbox where recipient = ? and kind = 'password_reset'`,
    )
      .bind(email)
      .all()
    expect(results).toEqual([{ user_id: made.id }])
  })

  test('finds the account with PASSWORD_RESET_SHOW_EMAIL_NOT_FOUND', async () => {
    const { api, email } = await pendingUser({ PASSWORD_RESET_SHOW_EMAIL_NOT_FOUND: true })

    expect((await api.post('/auth/users/reset_password/', { email })).status).toBe(204)
    expect((await kindsTo(api, email)).sort()).toEqual(['activation', 'password_reset'])
  })

  test('is not mailed to a disabled account or one without a usable password', async () => {
    for (const change of ["password = '!x'", "status = 'disabled'"]) {
      const { api, email, id } = await pendingUser()
      await changeUser(id, change)
      expect((await api.post('/auth/users/reset_password/', { email })).status).toBe(204)
      expect(await kindsTo(api, email)).toEqual(['activation'])
    }
  })

  test('succeeds together with an activation at the same moment, and sets the password', async () => {
    const { api, email, id, link } = await pendingUser()
    const reset = await linkTo(api, 'reset_password', email)
    const DB = beforeNthRoundTrip(2, () => api.post('/auth/users/activation/', link))
    const sent = { ...reset, new_password: owners }

    const { status } = await client({ DB }).post('/auth/users/reset_password_confirm/', sent)

    expect(status).toBe(204)
    expect(await rowOf(id)).toMatchObject({ status: 'active' })
    expect((await logIn(api, { email, password: owners })).status).toBe(200)
  })
})

describe('the time at which an address was proven', () => {
  const verified = async (id: number) => Boolean((await rowOf(id))?.email_verified_at)

  test('is set by activation and by a reset, and not by sign-up', async () => {
    const { api, email, id, link } = await pendingUser()
    expect(await verified(id)).toBe(false)
    await api.post('/auth/users/activation/', link)
    expect(await verified(id)).toBe(true)

    await changeUser(id, 'email_verified_at = null')
    const reset = await linkTo(api, 'reset_password', email)
    await api.post('/auth/users/reset_password_confirm/', { ...reset, new_password: owners })
    expect(await verified(id)).toBe(true)
  })

  test('is set by a confirmed change, and cleared by one without confirmation', async () => {
    const off = { EMAIL_CHANGE_CONFIRMATION: false }
    const { api, access, id } = await loggedIn(off)
    const next = newEmail()
    await setEmail(api, access, next)
    expect(await rowOf(id)).toMatchObject({ email: next, email_verified_at: null })

    const on = client({ EMAIL_CHANGE_CONFIRMATION: true })
    const other = newEmail()
    await setEmail(on, access, other)
    expect(await verified(id)).toBe(false)
    await on.post('/auth/users/set_email_confirm/', await newestLink(on, other))
    expect(await rowOf(id)).toMatchObject({ email: other, email_verified_at: expect.any(Number) })
  })

  test('is cleared by a link that changes the address, and set by one that does not', async () => {
    const off = await person({ EMAIL_CHANGE_CONFIRMATION: false })
    const link = await linkTo(off.api, 'reset_email', off.email)
    await off.api.post('/auth/users/reset_email_confirm/', { ...link, new_email: newEmail() })
    expect(await verified(off.id)).toBe(false)

    const on = await person({ EMAIL_CHANGE_CONFIRMATION: true })
    await changeUser(on.id, 'email_verified_at = null')
    const asking = await linkTo(on.api, 'reset_email', on.email)
    await on.api.post('/auth/users/reset_email_confirm/', { ...asking, new_email: newEmail() })
    expect(await verified(on.id)).toBe(true)
  })

  test('is set by a link for another username, and cleared by a PATCH of the email', async () => {
    const api = client({ ...byName, EMAIL_CHANGE_CONFIRMATION: false })
    const [username, email] = [newEmail('u'), newEmail()]
    const { id } = (await api.post('/auth/users/', { username, email, password })).body
    await api.post('/auth/users/activation/', await newestLink(api, email))
    await changeUser(id, 'email_verified_at = null')
    const link = await linkTo(api, 'reset_username', email)
    await api.post('/auth/users/reset_username_confirm/', {
      ...link,
      new_username: `${username}x`,
    })
    expect(await verified(id)).toBe(true)

    const login = { username: `${username}x`, password }
    const { access } = (await api.post('/auth/jwt/create/', login)).body
    await api.patch('/auth/users/me/', { email }, { token: access })
    expect(await verified(id)).toBe(true)
    await api.patch('/auth/users/me/', { email: newEmail() }, { token: access })
    expect(await verified(id)).toBe(false)
  })
})

const rowOf = (id: number) =>
  env.DB.prepare('select email, status, email_verified_at, pending_until from users where id = ?')
    .bind(id)
    .first<Record<string, unknown>>()

async function eventsOf(id: number) {
  const query =
    "select type, detail from security_events where user_id = ? and type like '%changed' order by type"
  const { results } = await env.DB.prepare(query).bind(id).run<Record<string, string>>()
  return results.map(({ type, detail }) => [type, detail])
}
