// Concurrent changes of a login, and changes of the account between comparison and write.

import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { type Api, client } from '../support/api.ts'
import { changesAtOnce } from '../support/email-change-at-once.ts'
import { changeUser, linkTo, loggedIn, newEmail, password, setEmail } from '../support/people.ts'
import { beforeNthRoundTrip, beforeRoundTrip, isDelivery } from '../support/trips.ts'

changesAtOnce()

const invalidToken = { token: ['Invalid token for given user.'] }
const taken = { new_email: ['user account with this email already exists.'] }

describe('set_email', () => {
  test('gives an address to one of two users that request it at the same moment', async () => {
    const people = [await loggedIn(), await loggedIn()]
    const address = newEmail()

    const answers = await Promise.all(
      people.map(({ api, access }, index) =>
        setEmail(api, access, index === 0 ? address : address.toUpperCase()),
      ),
    )

    expect(answers.map(({ status }) => status).sort()).toEqual([204, 400])
    expect(answers.find(({ status }) => status === 400)?.body).toEqual(taken)
  })

  test('does not take an address from a user that signs up with it at the same moment', async () => {
    const { access, id, email } = await loggedIn()
    const address = newEmail()
    const someone = { email: address, password, first_name: 'Ada', last_name: 'Lovelace' }
    const DB = beforeNthRoundTrip(2, () => client().post('/auth/users/', someone))

    const { status, body } = await setEmail(client({ DB }), access, address)

    expect([status, body]).toEqual([400, taken])
    expect(await emailOf(id)).toBe(email)
  })

  test.each([
    ['the password is reset', (id: number) => changeUser(id, `password = 'other'`)],
    ['the account is disabled', (id: number) => changeUser(id, `status = 'disabled'`)],
  ])('changes nothing and sends no mail if %s between comparison and write', async (_, action) => {
    const { api, access, id, email } = await loggedIn()
    const DB = beforeNthRoundTrip(2, () => action(id))
    const address = newEmail()

    const on = { DB, USERNAME_CHANGED_EMAIL_CONFIRMATION: true }
    const { status, body } = await setEmail(client(on), access, address)

    expect([status, body]).toEqual([400, { current_password: ['Invalid password.'] }])
    expect(await emailOf(id)).toBe(email)
    expect(await api.mail(address)).toEqual([])
  })

  test('keeps queued links from being sent, to the old address and to the new one', async () => {
    const { api, access, email, id } = await loggedIn()
    const DB = beforeRoundTrip(env.DB, (statements) => {
      if (isDelivery(statements)) throw new Error('Network connection lost.')
    })
    await client({ DB }).post('/auth/users/reset_email/', { email })
    await client({ DB }).post('/auth/users/reset_password/', { email })

    await setEmail(api, access, newEmail())

    const { results } = await env.DB.prepare(
      `select last_error from mail_outbox where user_id = ? and sent_at is null`,
    )
      .bind(id)
      .all()
    expect(results).toEqual([{ last_error: 'superseded' }, { last_error: 'superseded' }])
  })
})

describe('reset_email_confirm', () => {
  test('sets one address and sends one mail when a link is used twice at the same moment', async () => {
    const { api, email, id } = await loggedIn({ USERNAME_CHANGED_EMAIL_CONFIRMATION: true })
    const link = await linkTo(api, 'reset_email', email)
    const addresses = [newEmail(), newEmail()]

    const answers = await Promise.all(
      addresses.map((new_email) => confirm(api, { ...link, new_email })),
    )

    expect(answers.map(({ status }) => status).sort()).toEqual([204, 400])
    expect(answers.find(({ status }) => status === 400)?.body).toEqual(invalidToken)
    const mails = (await Promise.all(addresses.map((address) => api.mail(address)))).flat()
    expect(mails.map(({ to }) => to)).toEqual([await emailOf(id)])
  })

  test('refuses the second use of a link that asks for the same username', async () => {
    const vars = { LOGIN_FIELD: 'username', SEND_ACTIVATION_EMAIL: false }
    const api = client(vars)
    const [username, email] = [`grace${Date.now()}`, newEmail()]
    await api.post('/auth/users/', { username, email, password })
    await api.post('/auth/users/reset_username/', { email })
    const [{ uid, token }] = await api.mail(email)
    const path = '/auth/users/reset_username_confirm/'
    const sent = { uid, token, new_username: `${username}x` }
    const DB = beforeNthRoundTrip(2, () => api.post(path, sent))

    const { status, body } = await client({ ...vars, DB }).post(path, sent)

    expect([status, body]).toEqual([400, invalidToken])
  })

  test('says that an address is taken if another user got it in between', async () => {
    const { api, email, id } = await loggedIn()
    const link = await linkTo(api, 'reset_email', email)
    const address = newEmail()
    const someone = { email: address, password, first_name: 'Ada', last_name: 'Lovelace' }
    const DB = beforeNthRoundTrip(2, () => api.post('/auth/users/', someone))

    const { status, body } = await confirm(client({ DB }), { ...link, new_email: address })

    expect([status, body]).toEqual([400, taken])
    expect(await emailOf(id)).toBe(email)
  })
})

const confirm = (api: Api, sent: unknown) => api.post('/auth/users/reset_email_confirm/', sent)

const emailOf = (id: number) =>
  env.DB.prepare('select email from users where id = ?').bind(id).first('email')
