// One mailbox has one account, however its address is spelled; and no text counts as two addresses.

import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { loggedIn, logIn, newEmail, password, person } from '../support/people.ts'

const names = { first_name: 'Ada', last_name: 'Lovelace' }
const taken = { email: ['user account with this email already exists.'] }
const noEmail = ['Enter a valid email address.']

const spellings = (email: string) => [
  email.replace('example', 'ｅｘａｍｐｌｅ'),
  email.replace('example', 'EXAMPLE').replace('.com', '.ＣＯＭ'),
]

test('an address with another spelling of the domain is taken', async () => {
  const { api, email } = await person()
  for (const spelling of spellings(email)) {
    const { body } = await api.post('/auth/users/', { email: spelling, password, ...names })
    expect(body).toEqual(taken)
  }
})

test('a domain that is not ASCII and its ASCII form are the same', async () => {
  const api = client({ SEND_ACTIVATION_EMAIL: 'false' })
  const email = newEmail().replace('example.com', 'müller.de')
  const created = await api.post('/auth/users/', { email, password, ...names })
  expect([created.status, created.body.email]).toEqual([201, email])

  const ascii = email.replace('müller', 'xn--mller-kva')
  for (const other of [ascii, email.replace('müller', 'MÜLLER')]) {
    const again = await api.post('/auth/users/', { email: other, password, ...names })
    expect(again.body).toEqual(taken)
    expect((await logIn(api, { email: other })).status).toBe(200)
  }
  const { access } = (await logIn(api, { email })).body
  const change = { current_password: password, new_email: ascii }
  expect((await api.post('/auth/users/set_email/', change, { token: access })).status).toBe(204)
})

test('a user cannot change to another spelling of another user’s address', async () => {
  const { email: others } = await person()
  const { api, access } = await loggedIn()
  const change = { current_password: password, new_email: spellings(others)[0] }
  const { status, body } = await api.post('/auth/users/set_email/', change, { token: access })
  expect([status, body]).toEqual([400, { new_email: taken.email }])
})

test('MAIL_DAILY_LIMIT counts all spellings of an address together, for all accounts', async () => {
  const vars = { LOGIN_FIELD: 'username', MAIL_DAILY_LIMIT: '2', THROTTLE_ENABLED: 'false' }
  const email = newEmail()
  const literal = email.replace('example.com', '[2001:db8::1]')
  const literals = [literal, literal.replace('[2001:db8::1]', '[2001:DB8:0::1]')]
  for (const address of [email, ...spellings(email), ...literals, ...literals]) {
    const username = newEmail().replace('@example.com', '')
    const made = await client(vars).post('/auth/users/', { username, email: address, password })
    expect(made.status).toBe(201)
  }
  for (const recipient of [email, literal]) {
    const count = 'select count(*) as many from mail_outbox where recipient = ?'
    expect(await env.DB.prepare(count).bind(recipient).first('many')).toBe(2)
  }
  const all = 'select count(*) as many from mail_outbox where recipient like ?'
  const name = email.split('@')[0]
  expect(await env.DB.prepare(all).bind(`${name}@%`).first('many')).toBe(4)
})

test('MAIL_COOLDOWN counts all spellings of an address together', async () => {
  const { api, email } = await person({ MAIL_COOLDOWN: '1h' })
  await api.post('/auth/users/reset_password/', { email })
  for (const spelling of spellings(email)) {
    await api.post('/auth/users/reset_password/', { email: spelling })
  }
  const kinds = (await api.mail(email)).map(({ kind }: { kind: string }) => kind)
  expect(kinds.filter((kind: string) => kind === 'password_reset')).toHaveLength(1)
})

test.each([
  '"ann"@example.com',
  '"a\\nn"@example.com',
  '"<victim@example.org>"@example.com',
  '"x,victim@example.org"@example.com',
  'ann@exam\u00adple.com',
  'ann@exam\u200bple.com',
])('%j is not a valid address at sign-up, change and reset', async (email) => {
  const { api, access } = await loggedIn()
  const signedUp = await api.post('/auth/users/', { email, password, ...names })
  expect([signedUp.status, signedUp.body.email]).toEqual([400, noEmail])
  const change = { current_password: password, new_email: email }
  const changed = await api.post('/auth/users/set_email/', change, { token: access })
  expect([changed.status, changed.body.new_email]).toEqual([400, noEmail])
  const reset = await api.post('/auth/users/reset_password/', { email })
  expect([reset.status, reset.body.email]).toEqual([400, noEmail])
})

test('a row of an earlier version keeps its key: its owner can log in, and the address stays taken', async () => {
  const { api, email, id } = await person()
  const old = email.replace('example.com', 'müller.de')
  const statement = 'update users set email = ?, email_key = ? where id = ?'
  await env.DB.prepare(statement).bind(old, old, id).run()

  const again = await api.post('/auth/users/', { email: old, password, ...names })
  expect(again.body).toEqual(taken)
  expect((await logIn(api, { email: old })).status).toBe(200)

  const other = await loggedIn()
  const change = { current_password: password, new_email: old }
  const moved = await other.api.post('/auth/users/set_email/', change, { token: other.access })
  expect([moved.status, moved.body]).toEqual([400, { new_email: taken.email }])
})

test('mail to a text that could be two addresses is not sent', async () => {
  for (const email of ['"x,victim@example.org"@example.com', 'a@example.com,b@example.com']) {
    const { api, email: before, id } = await person({ SECURITY_EMAILS: 'new_device' })
    await env.DB.prepare('update users set email = ? where id = ?').bind(email, id).run()
    for (const agent of ['one', 'two']) {
      const headers = { 'user-agent': agent }
      await logIn(api, { email: before }, { headers })
    }
    const row = await env.DB.prepare(
      'select recipient, last_error, sent_at from mail_outbox where user_id = ? order by created_at desc',
    )
      .bind(id)
      .first()
    expect(row).toEqual({
      recipient: email,
      last_error: 'failed: the address is not valid',
      sent_at: null,
    })
  }
})
