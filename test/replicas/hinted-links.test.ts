// Mailed links with D1_READ_REPLICATION: a link that a replica's row confirms is used by one batch at the primary, which writes
// only if the row is the same there.

import { describe, expect, test } from 'vitest'
import { clockAt, wait } from '../support/clock.ts'
import {
  linkTo,
  loggedIn,
  logIn,
  newEmail,
  newestLink,
  password,
  pendingUser,
  person,
} from '../support/people.ts'
import { replicated } from '../support/replicated.ts'
import { callsOf } from './setup.ts'

clockAt(new Date('2031-06-01T12:00:00Z'))

/** Mail is delivered by a call after the answer. */
const delivery = 1
const new_password = 'a skein of geese'
const settings = {
  SECURITY_EMAILS: '',
  SEND_ACTIVATION_EMAIL: true,
  EMAIL_CHANGE_CONFIRMATION: true,
}

function replicas(more: Record<string, unknown> = {}) {
  const d1 = replicated()
  const vars = { DB: d1.DB, D1_READ_REPLICATION: true, ...settings, ...more }
  const row = (id: number) =>
    d1.DB.prepare('select status, password, email, link_version from users where id = ?')
      .bind(id)
      .first<Record<string, unknown>>()
  const count = (id: number, where: string) =>
    d1.DB.prepare(`select count(*) as n from mail_outbox where user_id = ? and ${where}`)
      .bind(id)
      .first('n')
  return { d1, vars, row, count }
}

/** Ada with a link to reset her password. `reset` uses it, and counts the calls. */
async function resetting() {
  const { d1, vars, row } = replicas()
  const ada = await loggedIn(vars)
  wait(1)
  const link = await linkTo(ada.api, 'reset_password', ada.email)
  await d1.catchUp()
  const path = '/auth/users/reset_password_confirm/'
  const reset = (sent: Record<string, unknown> = {}) =>
    callsOf(d1, () => ada.api.post(path, { ...link, new_password, ...sent }))
  return { ...ada, d1, vars, row, reset }
}

describe('a link asks the replica once and the primary once', () => {
  test('that activates an account', async () => {
    const { d1, vars, row } = replicas()
    const { api, id, link } = await pendingUser(vars)
    await d1.catchUp()
    const activate = () => callsOf(d1, () => api.post('/auth/users/activation/', link))
    expect(await activate()).toEqual({ status: 204, near: 1, primary: 1 + delivery })
    expect(await row(id)).toMatchObject({ status: 'active' })
  })

  test('that resets a password', async () => {
    const { reset, api, email } = await resetting()
    expect(await reset()).toMatchObject({ status: 204, near: 1 })
    expect((await logIn(api, { email, password: new_password })).status).toBe(200)
    expect((await logIn(api, { email })).status).toBe(401)
  })

  test('that confirms a new address', async () => {
    const { d1, vars, row } = replicas()
    const { api, access, id } = await loggedIn(vars)
    const email = newEmail()
    const change = { new_email: email, current_password: password }
    expect((await api.post('/auth/users/set_email/', change, { token: access })).status).toBe(204)
    const link = await newestLink(api, email)
    await d1.catchUp()
    const confirm = () => callsOf(d1, () => api.post('/auth/users/set_email_confirm/', link))
    expect(await confirm()).toEqual({ status: 204, near: 1, primary: 1 + delivery })
    expect(await row(id)).toMatchObject({ email })
    // The replica still has the row for which the link is valid.
    expect(await confirm()).toMatchObject({ status: 400, near: 1 })
  })
})

describe('a link that the row of the replica confirms', () => {
  test('works once, although the replica knows of no use', async () => {
    const { d1, reset, row, id } = await resetting()
    expect((await reset()).status).toBe(204)
    const before = await row(id)
    expect((await reset({ new_password: 'a covey of quails' })).status).toBe(400)
    expect(await row(id)).toEqual(before)
    await d1.catchUp()
    expect((await reset({ new_password: 'a covey of quails' })).status).toBe(400)
    expect(await row(id)).toEqual(before)
  })

  test('is used by one of ten requests at once', async () => {
    const { reset } = await resetting()
    const answers = await Promise.all(Array.from({ length: 10 }, () => reset()))
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1)
  })

  test.each([
    "status = 'disabled', disabled_from = 'active', link_version = link_version + 1",
    "password = 'another'",
    "email = 'else@example.com'",
    'link_version = link_version + 1',
  ])('changes nothing after set %s at the primary', async (change) => {
    const { d1, reset, row, id } = await resetting()
    await d1.DB.prepare(`update users set ${change} where id = ?`).bind(id).run()
    const before = await row(id)
    expect((await reset()).status).toBe(400)
    expect(await row(id)).toEqual(before)
  })

  test('sets no password that resembles a name that the replica does not have', async () => {
    const { d1, reset, row, id } = await resetting()
    await d1.DB.prepare("update users set first_name = 'Wigeonsabound' where id = ?").bind(id).run()
    const before = await row(id)
    expect((await reset({ new_password: 'wigeonsabound' })).status).toBe(400)
    expect(await row(id)).toEqual(before)
    expect((await reset()).status).toBe(204)
  })
})

test('a used link to a new address sends no second notice, and cancels no later link', async () => {
  const { d1, vars, count } = replicas({ SECURITY_EMAILS: 'email_changed' })
  const { api, access, id } = await loggedIn(vars)
  const email = newEmail()
  const change = { new_email: email, current_password: password }
  await api.post('/auth/users/set_email/', change, { token: access })
  const link = await newestLink(api, email)
  await d1.catchUp()
  expect((await api.post('/auth/users/set_email_confirm/', link)).status).toBe(204)
  wait(61)
  await api.post('/auth/users/reset_password/', { email })
  const later = 'update mail_outbox set sent_at = null, next_attempt_at = 9e15 where user_id = ?'
  await d1.DB.prepare(`${later} and kind = 'password_reset'`).bind(id).run()

  expect((await api.post('/auth/users/set_email_confirm/', link)).status).toBe(400)
  expect(await count(id, "kind = 'email_changed'")).toBe(1)
  expect(await count(id, "kind = 'password_reset' and next_attempt_at is not null")).toBe(1)
})

describe('a replica refuses no link', () => {
  test('of a user that it does not have', async () => {
    const { d1, vars, row } = replicas()
    const { api, id, link } = await pendingUser(vars)
    const activate = () => callsOf(d1, () => api.post('/auth/users/activation/', link))
    expect(await activate()).toEqual({ status: 204, near: 1, primary: 2 + delivery })
    expect(await row(id)).toMatchObject({ status: 'active' })
  })

  test('that it finds out of date, and none while it fails', async () => {
    const { d1, vars, api, email } = await resetting()
    const eve = await person(vars)
    d1.breakWith('D1_ERROR: no such column: users.new')
    wait(1)
    const link = await linkTo(eve.api, 'reset_password', eve.email)
    const path = '/auth/users/reset_password_confirm/'
    expect((await eve.api.post(path, { ...link, new_password })).status).toBe(204)
    d1.breakWith(undefined)
    await api.post('/auth/users/reset_password/', { email })
    wait(1)
    const newer = await newestLink(api, email)
    expect((await api.post(path, { ...newer, new_password })).status).toBe(204)
  })
})

test('wrong links are counted, and a valid one is not refused after them', async () => {
  const { d1, reset } = await resetting()
  const wrong = { token: 'wrong-token' }
  const calls = await reset(wrong)
  expect(calls).toMatchObject({ status: 400, near: 1, primary: 1 })
  for (let times = 0; times < 12; times++) await reset(wrong)
  expect((await reset(wrong)).status).toBe(429)
  await d1.catchUp()
  expect((await reset()).status).toBe(204)
})
