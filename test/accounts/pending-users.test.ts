// PENDING_USER_RETENTION: an account is deleted if its address is not confirmed in time, and the address is free again.

import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { client } from '../support/api.ts'
import { cron } from '../support/cron.ts'
import {
  changeUser,
  linkTo,
  loggedIn,
  logIn,
  makeStaff,
  newEmail,
  password,
  pendingUser,
} from '../support/people.ts'
import { beforeRoundTrip, isDelivery } from '../support/trips.ts'

const start = new Date('2031-06-01T12:00:00Z')
const day = 24 * 60 * 60_000
const owners = 'a flock of geese'

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: start }))
afterEach(() => void vi.useRealTimers())

describe('a pending account', () => {
  test('is deleted with its rows three days after its sign-up, and not before', async () => {
    const { id } = await pendingUser()
    expect(await rowOf(id)).toEqual({ status: 'pending', until: start.getTime() + 3 * day })

    await cronAfter(3 * day - 1000)
    expect(await rowOf(id)).toMatchObject({ status: 'pending' })
    await cronAfter(3 * day)
    expect(await rowOf(id)).toBeNull()
    const rows = 'select count(*) as many from mail_outbox where user_id = ?'
    expect(await env.DB.prepare(rows).bind(id).first('many')).toBe(0)
  })

  test('is kept for as long as the setting says, and with 0 for ever', async () => {
    const [week, good] = [{ PENDING_USER_RETENTION: '7d' }, { PENDING_USER_RETENTION: 0 }]
    const [{ id }, kept] = [await pendingUser(week), await pendingUser(good)]
    expect(await rowOf(kept.id)).toEqual({ status: 'pending', until: null })

    await cronAfter(3 * day, week)
    expect(await rowOf(id)).toMatchObject({ status: 'pending' })
    await cronAfter(7 * day, good)
    expect(await rowOf(id)).toMatchObject({ status: 'pending' })
    await cronAfter(7 * day, week)
    expect(await rowOf(id)).toBeNull()
    expect(await rowOf(kept.id)).toMatchObject({ status: 'pending' })
  })

  test('is kept if it was imported, because it has no deadline', async () => {
    const { id } = await pendingUser()
    await changeUser(id, 'pending_until = null')

    await cronAfter(365 * day)

    expect(await rowOf(id)).toEqual({ status: 'pending', until: null })
  })

  test('is kept by the cron and at another sign-up if an operator gave it rights', async () => {
    const { id, email } = await pendingUser()
    await makeStaff(id, { superuser: true })

    await cronAfter(4 * day)
    const again = { email, password, first_name: 'Eve', last_name: 'Adams' }
    expect((await client().post('/auth/users/', again)).status).toBe(400)
    expect(await rowOf(id)).toMatchObject({ status: 'pending' })
  })

  test('is kept once it is active, by activation or by a reset', async () => {
    const [ada, bob] = [await pendingUser(), await pendingUser()]
    await ada.api.post('/auth/users/activation/', ada.link)
    vi.setSystemTime(start.getTime() + 1000)
    const reset = await linkTo(bob.api, 'reset_password', bob.email)
    await bob.api.post('/auth/users/reset_password_confirm/', { ...reset, new_password: owners })

    await cronAfter(4 * day)

    for (const { id } of [ada, bob]) {
      expect(await rowOf(id)).toEqual({ status: 'active', until: null })
    }
  })

  test('is not deleted while it is disabled, and gets its whole time again once it is enabled', async () => {
    const [{ id }, imported, root] = [await pendingUser(), await pendingUser(), await loggedIn()]
    await makeStaff(root.id)
    await changeUser(imported.id, 'pending_until = null')
    const act = async (what: string) => {
      for (const one of [id, imported.id]) {
        const path = `/auth/users/${one}/${what}/`
        const { status } = await root.api.post(path, {}, { token: root.access })
        expect(status).toBe(204)
      }
    }
    await act('disable')

    await cronAfter(4 * day)
    expect(await rowOf(id)).toMatchObject({ status: 'disabled' })
    const again = await logIn(root.api, { email: root.email })
    root.access = again.body.access
    await act('enable')

    expect(await rowOf(id)).toEqual({ status: 'pending', until: start.getTime() + 7 * day })
    expect(await rowOf(imported.id)).toEqual({ status: 'pending', until: null })
  })

  test('is kept if it was active before and must confirm a new address', async () => {
    const vars = { LOGIN_FIELD: 'username', EMAIL_CHANGE_CONFIRMATION: false }
    const api = client(vars)
    const username = newEmail('u')
    const { id } = (await api.post('/auth/users/', { username, password })).body
    const { access } = (await logIn(api, { username })).body
    await api.patch('/auth/users/me/', { email: newEmail() }, { token: access })
    expect(await rowOf(id)).toEqual({ status: 'pending', until: null })

    await cronAfter(4 * day)

    expect(await rowOf(id)).toMatchObject({ status: 'pending' })
  })

  test('gets a mail that says for how long the link works', async () => {
    const { api, email } = await pendingUser({ PASSWORD_RESET_TIMEOUT: '7d' })
    expect((await api.mail(email))[0].text).toContain('The link works for 3 days')
    vi.setSystemTime(start.getTime() + day)
    await api.post('/auth/users/resend_activation/', { email })
    expect((await api.mail(email))[0].text).toContain('The link works for 2 days')
  })
})

describe('a sign-up with the address of an account that has expired', () => {
  test('replaces it before the cron deletes it, in one round trip', async () => {
    const before = await pendingUser()
    vi.setSystemTime(start.getTime() + 3 * day)
    let trips = 0
    const DB = beforeRoundTrip(env.DB, (statements) => {
      if (!isDelivery(statements)) trips++
    })

    const someone = { ...names, email: before.email, password: owners }
    const { status, body } = await client({ DB }).post('/auth/users/', someone)

    expect([status, trips]).toEqual([201, 1])
    expect(await rowOf(before.id)).toBeNull()
    expect(await rowOf(body.id)).toMatchObject({ status: 'pending' })
    const activated = await before.api.post('/auth/users/activation/', before.link)
    expect(activated.body).toEqual({ uid: ["Invalid user id or user doesn't exist."] })
  })

  test('gets the errors of its password, and not that the address is taken', async () => {
    const { api, email } = await pendingUser()
    vi.setSystemTime(start.getTime() + 3 * day)

    const { body } = await api.post('/auth/users/', { ...names, email, password: '1' })

    expect(Object.keys(body)).toEqual(['password'])
  })

  test('is rejected while that account is pending, kept, active or disabled', async () => {
    const { email, id } = await pendingUser()
    const signUp = async (vars = {}) =>
      (await client(vars).post('/auth/users/', { ...names, email, password: owners })).status

    vi.setSystemTime(start.getTime() + 3 * day - 1000)
    expect(await signUp()).toBe(400)
    vi.setSystemTime(start.getTime() + 3 * day)
    expect(await signUp({ PENDING_USER_RETENTION: 0 })).toBe(400)
    for (const status of ['active', 'disabled']) {
      await changeUser(id, `status = '${status}'`)
      expect(await signUp()).toBe(400)
    }
  })

  test('deletes nothing if a rate rejects it', async () => {
    const { email } = await pendingUser()
    vi.setSystemTime(start.getTime() + 3 * day)
    const api = client({ THROTTLE_SIGN_UP: '1/hour' })
    const someone = { ...names, email, password: owners }
    await api.post('/auth/users/', someone)
    const made = await env.DB.prepare('select id from users where email = ?')
      .bind(email)
      .first('id')
    await changeUser(Number(made), `pending_until = 0`)

    expect((await api.post('/auth/users/', someone)).status).toBe(429)
    expect(await rowOf(Number(made))).toEqual({ status: 'pending', until: 0 })
  })

  test('gets the username too', async () => {
    const vars = { LOGIN_FIELD: 'username' }
    const api = client(vars)
    const username = newEmail('u')
    const first = await api.post('/auth/users/', { username, email: newEmail(), password })
    vi.setSystemTime(start.getTime() + 3 * day)

    const second = await api.post('/auth/users/', { username, email: newEmail(), password })

    expect([first.status, second.status]).toEqual([201, 201])
  })
})

const names = { first_name: 'Ada', last_name: 'Lovelace' }

/** Runs the cron this long after the start. */
async function cronAfter(milliseconds: number, vars: Record<string, unknown> = {}) {
  vi.setSystemTime(start.getTime() + milliseconds)
  await cron(start.getTime() + milliseconds, vars)
}

const rowOf = (id: number) =>
  env.DB.prepare('select status, pending_until as until from users where id = ?').bind(id).first()
