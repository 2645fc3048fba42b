// The link to choose another login, and what a request for a mail reveals.

import { describe, expect, test } from 'vitest'
import type { Api } from '../support/api.ts'
import { changesAtOnce } from '../support/email-change-at-once.ts'
import { kindsTo, linkTo, loggedIn, namesOf, newEmail, password } from '../support/people.ts'

changesAtOnce()

const taken = 'user account with this email already exists.'

describe('POST /auth/users/reset_email/ and its confirmation', () => {
  const confirm = (api: Api, sent: unknown) => api.post('/auth/users/reset_email_confirm/', sent)

  test('mails only the owner, and the link changes the address once', async () => {
    const { api, email, access, id } = await loggedIn({ USERNAME_CHANGED_EMAIL_CONFIRMATION: true })
    const unknown = newEmail('nobody')
    const answer = await api.post('/auth/users/reset_email/', { email: unknown })
    expect([answer.status, answer.body]).toEqual([204, ''])
    expect(await api.mail(unknown)).toEqual([])
    const sent = await linkTo(api, 'reset_email', email)
    const [mail] = await api.mail(email)
    expect(mail).toMatchObject({ kind: 'username_reset', to: email })
    expect(mail.url).toBe(`https://auth.test/reset-username/?uid=${mail.uid}&token=${mail.token}`)

    const next = newEmail('Next')
    const first = await confirm(api, { ...sent, new_email: next })
    const second = await confirm(api, { ...sent, new_email: newEmail() })

    expect([first.status, first.body]).toEqual([204, ''])
    expect(second.body).toEqual({ token: ['Invalid token for given user.'] })
    expect(await namesOf(id)).toMatchObject({ email: next, email_key: next.toLowerCase() })
    expect((await api.get('/auth/users/me/', { token: access })).status).toBe(200)
    expect(await kindsTo(api, next)).toEqual(['username_changed_confirmation'])
  })

  test('a link stays invalid when the old address comes back', async () => {
    const { api, email, access } = await loggedIn()
    const sent = await linkTo(api, 'reset_email', email)
    await confirm(api, { ...sent, new_email: newEmail() })
    const back = { current_password: password, new_email: email }
    expect((await api.post('/auth/users/set_email/', back, { token: access })).status).toBe(204)

    const { body } = await confirm(api, { ...sent, new_email: newEmail() })

    expect(body).toEqual({ token: ['Invalid token for given user.'] })
  })

  test('checks the format, the retyped address, the uid, the token, and last whether the address is taken', async () => {
    const { api, email } = await loggedIn({ USERNAME_RESET_CONFIRM_RETYPE: true })
    const other = await loggedIn()
    const sent = await linkTo(api, 'reset_email', email)
    const send = async (new_email: string, more: object) =>
      (await confirm(api, { new_email, re_new_email: new_email, ...more })).body
    const invalidUid = { uid: ["Invalid user id or user doesn't exist."] }
    const invalidToken = { token: ['Invalid token for given user.'] }

    const required = ['This field is required.']
    expect((await confirm(api, {})).body).toEqual({ new_email: required, re_new_email: required })
    expect(await send('nowhere', { token: 'x' })).toEqual({
      new_email: ['Enter a valid email address.'],
    })
    expect(await send(other.email, { re_new_email: 'x' })).toEqual({
      non_field_errors: ["The two email fields didn't match."],
    })
    for (const uid of [undefined, null, 7, ['MQ'], {}, 'none']) {
      expect(await send(other.email, { ...sent, uid })).toEqual(invalidUid)
    }
    for (const token of [undefined, null, 7, 'none']) {
      expect(await send(other.email, { ...sent, token })).toEqual(invalidToken)
    }
    expect(await send(other.email.toUpperCase(), sent)).toEqual({ new_email: [taken] })
    expect(await send(email, sent)).toEqual({ new_email: [taken] })
    expect(await send(newEmail(), sent)).toBe('')
  })

  test('a link of another purpose changes nothing', async () => {
    const { api, email } = await loggedIn()
    const sent = await linkTo(api, 'reset_password', email)

    const { body } = await confirm(api, { ...sent, new_email: newEmail() })

    expect(body).toEqual({ token: ['Invalid token for given user.'] })
  })

  test('USERNAME_RESET_CONFIRM_URL is the deployer’s page', async () => {
    const { api, email } = await loggedIn({
      USERNAME_RESET_CONFIRM_URL: 'name/{uid}/{token}',
      EMAIL_FRONTEND_DOMAIN: 'app.example.com',
    })

    await api.post('/auth/users/reset_email/', { email })

    const [{ url, uid, token }] = await api.mail(email)
    expect(url).toBe(`https://app.example.com/name/${uid}/${token}`)
  })
})

describe('SHOW_EMAIL_NOT_FOUND, of password or username', () => {
  test.each([
    { PASSWORD_RESET_SHOW_EMAIL_NOT_FOUND: true },
    { USERNAME_RESET_SHOW_EMAIL_NOT_FOUND: true },
  ])('%o reveals missing accounts at both resets and at resend', async (vars) => {
    const { api, email } = await loggedIn(vars)
    const unknown = ['User with given email does not exist.']
    for (const path of ['reset_password', 'reset_email', 'resend_activation']) {
      const { status, body } = await api.post(`/auth/users/${path}/`, { email: newEmail() })
      expect([status, body], path).toEqual([400, unknown])
    }
    for (const path of ['reset_password', 'reset_email', 'reset_email']) {
      expect((await api.post(`/auth/users/${path}/`, { email })).status, path).toBe(204)
    }
    const active = await api.post('/auth/users/resend_activation/', { email })
    expect([active.status, active.body]).toEqual([400, unknown])
    const [newest, next] = await kindsTo(api, email)
    expect([newest, next].sort()).toEqual(['password_reset', 'username_reset'])
  })
})
