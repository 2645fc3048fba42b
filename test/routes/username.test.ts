// LOGIN_FIELD = "username": Django's own user model, where the email may be blank and need not be unique.

import { createExecutionContext, createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import worker from '../../src/worker.ts'
import { client } from '../support/api.ts'
import { changesAtOnce } from '../support/email-change-at-once.ts'
import { kindsTo, logIn, makeStaff, newEmail, password } from '../support/people.ts'
import { beforeRoundTrip, isDelivery } from '../support/trips.ts'

changesAtOnce()

const vars = { LOGIN_FIELD: 'username' }
// Without digits, which a mail would show as a telephone number.
const newName = () => newEmail('grace').split(/[.@]/).slice(0, 2).join('_')

/** A user that has signed up with a username and is logged in. */
async function loggedIn(more: Record<string, unknown> = {}) {
  const api = client({ ...vars, SEND_ACTIVATION_EMAIL: false, ...more })
  const [username, email] = [newName(), newEmail('grace')]
  const { body } = await api.post('/auth/users/', { username, email, password })
  const tokens = await logIn(api, { username })
  return { api, username, email, id: Number(body.id), token: String(tokens.body.access) }
}

describe('signing up', () => {
  test('requires username and password, and answers email, username, id', async () => {
    const api = client(vars)
    const [username, email] = [newName(), newEmail()]

    const missing = await api.post('/auth/users/', {})
    const { status, body } = await api.post('/auth/users/', { username, email, password })

    expect(missing.body).toEqual({
      username: ['This field is required.'],
      password: ['This field is required.'],
    })
    expect(status).toBe(201)
    expect(JSON.stringify(body)).toBe(JSON.stringify({ email, username, id: body.id }))
  })

  test('a user without an email is active at once, and one with an email must activate', async () => {
    const api = client(vars)
    const [bare, mailed] = [newName(), newName()]
    await api.post('/auth/users/', { username: bare, password })
    await api.post('/auth/users/', { username: mailed, email: newEmail(), password })

    const login = (username: string) => logIn(api, { username })

    expect((await login(bare)).status).toBe(200)
    expect((await login(mailed)).status).toBe(401)
  })

  test('usernames differ by case, and are the same in another normal form', async () => {
    const api = client(vars)
    const name = newName()
    await api.post('/auth/users/', { username: name, password })

    const upper = await api.post('/auth/users/', { username: name.toUpperCase(), password })
    const wide = name.replace('grace', 'ｇｒａｃｅ')
    const same = await api.post('/auth/users/', { username: wide, password })

    expect(upper.status).toBe(201)
    expect(same.body).toEqual({ username: ['A user with that username already exists.'] })
  })

  test.each([
    ['a letter that becomes a phrase with spaces', 'ﷺ'],
    ['a sign that becomes brackets', '⑴'],
    ['151 letters once they are apart', 'ﬃ'.repeat(51)],
  ])('rejects a username with %s', async (_, username) => {
    const { status, body } = await client(vars).post('/auth/users/', { username, password })
    expect([status, Object.keys(body)]).toEqual([400, ['username']])
  })

  test('a username that was imported as typed comes before its normal form', async () => {
    const api = client(vars)
    const [name, other] = [newName(), newName()]
    const wide = name.replace('grace', 'ｇｒａｃｅ')
    for (const username of [name, other]) await api.post('/auth/users/', { username, password })
    await env.DB.prepare('update users set username = ? where username = ?').bind(wide, other).run()
    const userOf = async (username: string) => {
      const { body } = await logIn(api, { username })
      return (await api.get('/auth/users/me/', { token: body.access })).body.username
    }
    expect([await userOf(name), await userOf(wide)]).toEqual([name, wide])
  })

  test('a username is stored in the form that was validated', async () => {
    const api = client(vars)
    const name = `ﬃ${newName()}`
    const { status, body } = await api.post('/auth/users/', { username: name, password })
    expect([status, body.username]).toEqual([201, name.replace('ﬃ', 'ffi')])
  })

  test('an invalid username gets Django’s error', async () => {
    const { body } = await client(vars).post('/auth/users/', { username: 'a b', password })

    expect(body).toEqual({
      username: [
        'Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.',
      ],
    })
  })
})

describe('an address of two accounts', () => {
  test('a reset mails both, each with a separate link', async () => {
    const api = client({ ...vars, SEND_ACTIVATION_EMAIL: false })
    const email = newEmail()
    for (const username of [newName(), newName()]) {
      await api.post('/auth/users/', { username, email, password })
    }

    await api.post('/auth/users/reset_password/', { email })

    const mails = await api.mail(email)
    expect(mails).toHaveLength(2)
    expect(new Set(mails.map(({ uid }: { uid: string }) => uid)).size).toBe(2)
  })
})

describe('PATCH /auth/users/me/ with another email', () => {
  test('the account is pending until the mail to the new address, with SEND_ACTIVATION_EMAIL', async () => {
    const { api, id, username, token } = await loggedIn({ SEND_ACTIVATION_EMAIL: true })
    expect(token).toBe('undefined')
    const [first] = await api.mail(await emailOf(id))
    await api.post('/auth/users/activation/', { uid: first.uid, token: first.token })
    const login = await logIn(api, { username })
    const email = newEmail('new')

    const call = { token: login.body.access }
    const { body } = await api.patch('/auth/users/me/', { email }, call)

    expect(body).toEqual({ email, id, username })
    expect((await api.get('/auth/users/me/', call)).body).toEqual({
      detail: 'User is inactive',
      code: 'user_inactive',
    })
    const [mail] = await api.mail(email)
    expect(mail.kind).toBe('activation')
    const activated = await api.post('/auth/users/activation/', {
      uid: mail.uid,
      token: mail.token,
    })
    expect(activated.status).toBe(204)
  })

  test('an account must confirm its first email, and stays active without one', async () => {
    const { api } = await loggedIn()
    const on = client({ ...vars, SEND_ACTIVATION_EMAIL: true })
    const username = newName()
    const { body } = await api.post('/auth/users/', { username, password })
    const token = (await logIn(api, { username })).body.access
    const email = newEmail()

    await on.patch('/auth/users/me/', { email: '' }, { token })
    expect(await statusOf(body.id)).toBe('active')
    await on.patch('/auth/users/me/', { email }, { token })

    expect(await statusOf(body.id)).toBe('pending')
    expect(await on.mail(email)).toMatchObject([{ kind: 'activation' }])
  })

  test('another address is recorded, and the old one gets a mail', async () => {
    const { api, email, id, token } = await loggedIn({ SECURITY_EMAILS: 'email_changed' })
    const admin = await loggedIn()
    await makeStaff(admin.id)

    await api.patch('/auth/users/me/', { email: newEmail() }, { token })
    expect(await kindsTo(api, email)).toEqual(['email_changed'])
    const on = client({ ...vars, SEND_ACTIVATION_EMAIL: true })
    await on.patch(`/auth/users/${id}/`, { email }, { token: admin.token })

    expect(await eventsOf(id)).toEqual([
      { type: 'email_changed', detail: 'edited', actor_id: null },
      { type: 'email_changed', detail: 'edited', actor_id: admin.id },
      { type: 'status_changed', detail: 'pending', actor_id: admin.id },
    ])
    await on.patch(`/auth/users/${id}/`, { email: newEmail() }, { token: admin.token })
    expect(await eventsOf(id)).toHaveLength(4)
  })

  test('a queued reset mail is not sent to the old address', async () => {
    const { api, email, token } = await loggedIn()
    const DB = beforeRoundTrip(env.DB, (statements) => {
      if (isDelivery(statements)) throw new Error('Network connection lost.')
    })
    const off = { ...vars, SEND_ACTIVATION_EMAIL: false }
    await client({ ...off, DB }).post('/auth/users/reset_password/', { email })
    await client(off).patch('/auth/users/me/', { email: newEmail() }, { token })

    const inTwoMinutes = new Date(Date.now() + 120_000)
    await worker.scheduled(
      createScheduledController({ scheduledTime: inTwoMinutes }),
      env,
      createExecutionContext(),
    )

    expect(await kindsTo(api, email)).toEqual(['email_changed'])
  })

  test('a change of address invalidates reset links to the old one, even at the same moment', async () => {
    const { api, email, token } = await loggedIn()
    await api.post('/auth/users/reset_password/', { email })
    const [{ uid, token: signed }] = await api.mail(email)
    const move = () => api.patch('/auth/users/me/', { email: newEmail() }, { token })
    let trips = 0
    const DB = beforeRoundTrip(env.DB, async (statements) => {
      if (!isDelivery(statements) && ++trips === 2) await move()
    })
    const link = { uid, token: signed, new_password: 'a flock of geese' }
    const confirm = '/auth/users/reset_password_confirm/'

    const racing = await client({ ...vars, DB }).post(confirm, link)
    const later = await api.post(confirm, link)

    const invalid = { token: ['Invalid token for given user.'] }
    expect([racing.body, later.body]).toEqual([invalid, invalid])
  })

  test('the same email changes nothing and mails nothing', async () => {
    const { api, id, email, token } = await loggedIn()
    const on = client({ ...vars, SEND_ACTIVATION_EMAIL: true })

    expect((await on.patch('/auth/users/me/', { email }, { token })).status).toBe(200)

    expect(await statusOf(id)).toBe('active')
    expect(await api.mail(email)).toEqual([])
  })

  test('a disabled user stays disabled when staff edit the email', async () => {
    const { id } = await loggedIn()
    const clerk = await loggedIn()
    await env.DB.prepare(`update users set status = 'disabled' where id = ?`).bind(id).run()
    await makeStaff(clerk.id)
    const email = newEmail()

    const on = client({ ...vars, SEND_ACTIVATION_EMAIL: true })
    const path = `/auth/users/${id}/`
    expect((await on.patch(path, { email }, { token: clerk.token })).status).toBe(200)

    expect(await statusOf(id)).toBe('disabled')
    expect(await on.mail(email)).toEqual([])
  })
})

async function eventsOf(id: number) {
  const events = `select type, detail, actor_id from security_events
    where user_id = ? and type <> 'login' order by id`
  return (await env.DB.prepare(events).bind(id).all()).results
}

const statusOf = (id: number) =>
  env.DB.prepare('select status from users where id = ?').bind(id).first('status')

const emailOf = async (id: number) =>
  String(await env.DB.prepare('select email from users where id = ?').bind(id).first('email'))
