// set_, reset_ and reset_…_confirm of the login field, for both values of LOGIN_FIELD.

import { describe, expect, test } from 'vitest'
import { type Api, client } from '../support/api.ts'
import { changesAtOnce } from '../support/email-change-at-once.ts'
import { kindsTo, linkTo, loggedIn, logIn, namesOf, newEmail, password } from '../support/people.ts'

changesAtOnce()

const byName = { LOGIN_FIELD: 'username', SEND_ACTIVATION_EMAIL: false }
// Without digits, which a mail would show as a telephone number.
const newName = () => newEmail('grace').split(/[.@]/).slice(0, 2).join('_')

async function named(vars: Record<string, unknown> = {}) {
  const api = client({ ...byName, ...vars })
  const [username, email] = [newName(), newEmail('grace')]
  const { body } = await api.post('/auth/users/', { username, email, password })
  const tokens = await logIn(api, { username })
  return { api, username, email, id: Number(body.id), access: String(tokens.body.access) }
}

const taken = 'user account with this email already exists.'
const nameTaken = 'A user with that username already exists.'

describe('POST /auth/users/set_email/', () => {
  const set = (api: Api, token: string, new_email: unknown, more = {}) =>
    api.post(
      '/auth/users/set_email/',
      { current_password: password, new_email, ...more },
      { token },
    )

  test('changes the address, stores it as typed, and keeps the session', async () => {
    const { api, email, access, refresh, id } = await loggedIn()
    const next = newEmail('Grace').replace('example', 'EXAMPLE')

    const { status, body } = await set(api, access, next)

    expect([status, body]).toEqual([204, ''])
    expect(await namesOf(id)).toMatchObject({ email: next, email_key: next.toLowerCase() })
    expect((await api.get('/auth/users/me/', { token: access })).body.email).toBe(next)
    expect((await api.post('/auth/jwt/refresh/', { refresh })).status).toBe(200)
    const logIn = (address: string) => api.post('/auth/jwt/create/', { email: address, password })
    expect((await logIn(next.toUpperCase())).status).toBe(200)
    expect((await logIn(email)).status).toBe(401)
    expect(await kindsTo(api, next)).toEqual([])
  })

  test('every error comes at once, that of the password first', async () => {
    const { api, access, email } = await loggedIn({ SET_USERNAME_RETYPE: true })
    const other = await loggedIn()

    const empty = await api.post('/auth/users/set_email/', {}, { token: access })
    const required = ['This field is required.']
    expect(JSON.stringify(empty.body)).toBe(
      JSON.stringify({ current_password: required, new_email: required, re_new_email: required }),
    )
    const wrong = await set(api, access, other.email.toUpperCase(), { current_password: 'x' })
    expect(JSON.stringify(wrong.body)).toBe(
      JSON.stringify({
        current_password: ['Invalid password.'],
        new_email: [taken],
        re_new_email: required,
      }),
    )
    for (const address of [email, other.email]) {
      const { body } = await set(api, access, address, { re_new_email: 'x' })
      expect(body).toEqual({ new_email: [taken] })
      const same = await set(api, access, address, { re_new_email: address })
      expect([same.status, same.body]).toEqual([400, { new_email: [taken] }])
    }
    const { body } = await set(api, access, newEmail(), { re_new_email: newEmail() })
    expect(body).toEqual({ non_field_errors: ["The two email fields didn't match."] })
    expect((await set(api, access, 'nowhere', { re_new_email: 'nowhere' })).body).toEqual({
      new_email: ['Enter a valid email address.'],
    })
  })

  test('the user’s own address in other capitals is another spelling, and allowed', async () => {
    const { api, access, email, id } = await loggedIn()

    expect((await set(api, access, email.toUpperCase())).status).toBe(204)

    expect(await namesOf(id)).toMatchObject({ email: email.toUpperCase(), email_key: email })
  })

  test('the confirmation goes to the new address', async () => {
    const { api, access, email } = await loggedIn({ USERNAME_CHANGED_EMAIL_CONFIRMATION: true })
    const next = newEmail()

    await set(api, access, next)

    expect(await api.mail(next)).toMatchObject([
      { kind: 'username_changed_confirmation', url: null, token: null },
    ])
    expect(await kindsTo(api, email)).not.toContain('username_changed_confirmation')
  })

  test('earlier links become invalid', async () => {
    const { api, access, email } = await loggedIn()
    const [reset, change] = [
      await linkTo(api, 'reset_password', email),
      await linkTo(api, 'reset_email', email),
    ]

    await set(api, access, newEmail())

    const invalidToken = { token: ['Invalid token for given user.'] }
    const password = { ...reset, new_password: 'a flock of geese' }
    expect((await api.post('/auth/users/reset_password_confirm/', password)).body).toEqual(
      invalidToken,
    )
    const name = { ...change, new_email: newEmail() }
    expect((await api.post('/auth/users/reset_email_confirm/', name)).body).toEqual(invalidToken)
  })
})

describe('with LOGIN_FIELD username', () => {
  const set = (api: Api, token: string, new_username: unknown, more = {}) =>
    api.post(
      '/auth/users/set_username/',
      { current_password: password, new_username, ...more },
      { token },
    )

  test('set_username changes the username, and answers its errors', async () => {
    const { api, access, username, email, id } = await named({
      USERNAME_CHANGED_EMAIL_CONFIRMATION: true,
    })
    const other = await named()

    for (const name of [other.username, username]) {
      const { body } = await set(api, access, name, { current_password: 'x' })
      expect(body).toEqual({ current_password: ['Invalid password.'], new_username: [nameTaken] })
      expect((await set(api, access, name)).body).toEqual({ new_username: [nameTaken] })
    }
    expect(Object.keys((await set(api, access, 'a b')).body)).toEqual(['new_username'])
    const next = newName()
    expect((await set(api, access, next)).status).toBe(204)

    expect(await namesOf(id)).toMatchObject({ username: next, email, email_key: null })
    const [mail] = await api.mail(email)
    expect(mail.kind).toBe('username_changed_confirmation')
    expect(mail.text).toContain(`From now on, log in as ${next}.`)
    expect((await logIn(api, { username: next })).status).toBe(200)
  })

  test('set_username and a link normalize the username, so a look-alike of a taken one is taken', async () => {
    const other = await named()
    const { api, access, id, email } = await named()
    const wide = other.username.replace('grace', 'ｇｒａｃｅ')
    const refused = await set(api, access, wide)
    expect([refused.status, refused.body]).toEqual([400, { new_username: [nameTaken] }])

    const next = newName()
    expect((await set(api, access, next.replace('grace', 'ｇｒａｃｅ'))).status).toBe(204)
    expect(await namesOf(id)).toMatchObject({ username: next })
    for (const username of [next, next.replace('grace', 'ｇｒａｃｅ')]) {
      expect((await logIn(api, { username })).status).toBe(200)
    }
    const phrase = await set(api, access, 'ﷺ')
    expect(phrase.body.new_username[0]).toMatch(/^Enter a valid username\./)

    const link = await linkTo(api, 'reset_username', email)
    const confirm = '/auth/users/reset_username_confirm/'
    const again = await api.post(confirm, { ...link, new_username: wide })
    expect([again.status, again.body]).toEqual([400, { new_username: [nameTaken] }])
  })

  test('reset_username mails the username, and its link changes it once', async () => {
    const { api, username, email } = await named()
    const other = await named()
    const sent = await linkTo(api, 'reset_username', email)
    expect((await api.mail(email))[0].text).toContain(`is ${username}.`)
    const confirm = (new_username: string) =>
      api.post('/auth/users/reset_username_confirm/', { ...sent, new_username })

    expect((await confirm(other.username)).body).toEqual({ new_username: [nameTaken] })
    const next = newName()
    expect((await confirm(next)).status).toBe(204)
    expect((await confirm(newName())).body).toEqual({ token: ['Invalid token for given user.'] })
    expect((await logIn(api, { username: next })).status).toBe(200)
  })
})

describe('a link that was mailed under an earlier username', () => {
  test('resets no password under the new one', async () => {
    const { api, access, email } = await named()
    const sent = await linkTo(api, 'reset_password', email)
    const change = { current_password: password, new_username: newName() }
    await api.post('/auth/users/set_username/', change, { token: access })

    const { status, body } = await api.post('/auth/users/reset_password_confirm/', {
      ...sent,
      new_password: 'a flock of geese',
    })

    expect([status, body]).toEqual([400, { token: ['Invalid token for given user.'] }])
  })
})

describe('the paths of the other LOGIN_FIELD', () => {
  const both = [
    ['username', () => loggedIn()],
    ['email', () => named()],
  ] as const

  test.each(both)(
    'set_%s and the others are answered like the id of a missing user',
    async (field, someone) => {
      const { api, access } = await someone()
      const paths = [`set_${field}`, `reset_${field}`, `reset_${field}_confirm`]
      for (const path of paths.map((name) => `/auth/users/${name}/`)) {
        const anonymous = await api.post(path, {})
        const { status, body, headers } = await api.post(path, {}, { token: access })
        const missing = await api.delete(path, { current_password: 'x' }, { token: access })

        expect(anonymous.status).toBe(401)
        expect([status, body]).toEqual([405, { detail: 'Method "POST" not allowed.' }])
        expect(headers.get('allow')).toBe('GET, PUT, PATCH, DELETE, HEAD, OPTIONS')
        expect(headers.get('vary')).toBe(
          (await api.post('/auth/users/7/', {}, { token: access })).headers.get('vary'),
        )
        expect([missing.status, missing.body]).toEqual([404, { detail: 'Not found.' }])
        expect((await api.get(path, { token: access })).status).toBe(404)
      }
    },
  )
})
