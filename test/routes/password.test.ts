import { env } from 'cloudflare:workers'
import { describe, expect, test, vi } from 'vitest'
import { type Api, client } from '../support/api.ts'
import { kindsTo, linkTo, loggedIn, logIn, newEmail, password, person } from '../support/people.ts'

const newPassword = 'a flock of geese'
const day = 86_400_000

describe('POST /auth/users/set_password/', () => {
  test('revokes the other sessions and keeps this one', async () => {
    const { api, email, access, refresh } = await loggedIn()
    const other = await logIn(api, { email })

    const change = { current_password: password, new_password: newPassword }
    const { status, body } = await api.post('/auth/users/set_password/', change, { token: access })

    expect([status, body]).toEqual([204, ''])
    expect((await api.get('/auth/users/me/', { token: access })).status).toBe(200)
    expect((await api.post('/auth/jwt/refresh/', { refresh })).status).toBe(200)
    const revoked = { refresh: other.body.refresh }
    expect((await api.post('/auth/jwt/refresh/', revoked)).body.detail).toBe('Token is blacklisted')
    expect((await api.get('/auth/users/me/', { token: other.body.access })).status).toBe(401)
  })

  test('without LOGOUT_ON_PASSWORD_CHANGE no session is revoked', async () => {
    const { api, email, access } = await loggedIn({ LOGOUT_ON_PASSWORD_CHANGE: false })
    const other = await logIn(api, { email })

    const change = { current_password: password, new_password: newPassword }
    await api.post('/auth/users/set_password/', change, { token: access })

    const { refresh } = other.body
    expect((await api.post('/auth/jwt/refresh/', { refresh })).status).toBe(200)
  })

  test('the current password is a field: its error joins the others', async () => {
    const { api, access } = await loggedIn()

    const sent = { current_password: 'wrong', new_password: '' }
    const { status, body } = await api.post('/auth/users/set_password/', sent, { token: access })

    expect(status).toBe(400)
    expect(body).toEqual({
      new_password: ['This field may not be blank.'],
      current_password: ['Invalid password.'],
    })
  })

  test('the strength is checked after the current password, and the retyped password after the strength', async () => {
    const { api, access } = await loggedIn({ SET_PASSWORD_RETYPE: true })
    const send = async (new_password: string, re_new_password: string) => {
      const sent = { current_password: password, new_password, re_new_password }
      return (await api.post('/auth/users/set_password/', sent, { token: access })).body
    }

    expect(Object.keys(await send('123', 'abc'))).toEqual(['new_password'])
    expect(await send(newPassword, 'abc')).toEqual({
      non_field_errors: ["The two password fields didn't match."],
    })
    expect(await send(newPassword, newPassword)).toBe('')
  })

  test('PASSWORD_CHANGED_EMAIL_CONFIRMATION sends the owner a mail without a link', async () => {
    const { api, access, email } = await loggedIn({ PASSWORD_CHANGED_EMAIL_CONFIRMATION: true })

    const change = { current_password: password, new_password: newPassword }
    await api.post('/auth/users/set_password/', change, { token: access })

    const [mail] = await api.mail(email)
    expect(mail).toMatchObject({ kind: 'password_changed_confirmation', url: null, token: null })
  })
})

describe('POST /auth/users/reset_password/', () => {
  test('mails the owner, and answers the same if there is no account', async () => {
    const { api, email } = await person()
    const passwordless = await person()
    await setPassword(passwordless.id, '!')

    const unknown = newEmail('nobody')
    for (const address of [email.toUpperCase(), unknown, passwordless.email]) {
      const answer = await api.post('/auth/users/reset_password/', { email: address })
      expect([answer.status, answer.body]).toEqual([204, ''])
    }

    const [mail] = await api.mail(email)
    expect(mail).toMatchObject({ kind: 'password_reset', to: email })
    expect(mail.url).toBe(`https://auth.test/reset-password/?uid=${mail.uid}&token=${mail.token}`)
    expect(await api.mail(unknown)).toEqual([])
    expect(await kindsTo(api, passwordless.email)).toEqual(['activation'])
  })

  test('a second request within MAIL_COOLDOWN sends no second mail', async () => {
    const { api, email } = await person()

    await api.post('/auth/users/reset_password/', { email })
    await api.post('/auth/users/reset_password/', { email })

    expect(await kindsTo(api, email)).toEqual(['password_reset', 'activation'])
  })

  test('the link leads to the front end in the settings', async () => {
    const { api, email } = await person({
      PASSWORD_RESET_CONFIRM_URL: 'password/{uid}/{token}',
      EMAIL_FRONTEND_DOMAIN: 'app.example.com',
      EMAIL_FRONTEND_PROTOCOL: 'https',
    })

    await api.post('/auth/users/reset_password/', { email }, { headers: { host: 'evil.example' } })

    const [{ url, uid, token }] = await api.mail(email)
    expect(url).toBe(`https://app.example.com/password/${uid}/${token}`)
  })
})

describe('POST /auth/users/reset_password_confirm/', () => {
  test('sets the password once and revokes every session', async () => {
    const { api, email, access, refresh } = await loggedIn()
    const link = await linkTo(api, 'reset_password', email)

    const first = await confirm(api, { ...link, new_password: newPassword })
    const second = await confirm(api, { ...link, new_password: 'a heap of stones' })

    expect([first.status, first.body]).toEqual([204, ''])
    expect(second.body).toEqual({ token: ['Invalid token for given user.'] })
    expect((await api.get('/auth/users/me/', { token: access })).status).toBe(401)
    expect((await api.post('/auth/jwt/refresh/', { refresh })).status).toBe(401)
    expect((await logIn(api, { email })).status).toBe(401)
    const login = await logIn(api, { email, password: newPassword })
    expect(login.status).toBe(200)
  })

  test('checks the strength, then the retyped password, then the uid, then the token', async () => {
    const { api, email } = await person({ PASSWORD_RESET_CONFIRM_RETYPE: true })
    const { uid } = await linkTo(api, 'reset_password', email)
    const sent = { uid: 'none', token: 'none', new_password: '123', re_new_password: '456' }
    const good = { ...sent, new_password: newPassword, re_new_password: newPassword }

    expect(Object.keys((await confirm(api, sent)).body)).toEqual(['new_password'])
    expect((await confirm(api, { ...sent, new_password: newPassword })).body).toEqual({
      non_field_errors: ["The two password fields didn't match."],
    })
    expect((await confirm(api, good)).body).toEqual({
      uid: ["Invalid user id or user doesn't exist."],
    })
    expect((await confirm(api, { ...good, uid })).body).toEqual({
      token: ['Invalid token for given user.'],
    })
  })

  test('rejects a password that resembles the account, and says so only to a client with the link', async () => {
    const { api, email, access } = await loggedIn()
    const link = await linkTo(api, 'reset_password', email)
    const send = async (sent: object) => (await confirm(api, { ...link, ...sent })).body

    for (const new_password of [email, 'Lovelace1']) {
      expect(await send({ new_password, uid: 'none' })).toHaveProperty('uid')
      expect(await send({ new_password, token: 'none' })).toHaveProperty('token')
    }
    expect(await send({ new_password: email })).toEqual({
      new_password: ['The password is too similar to the email.'],
    })
    expect(await send({ new_password: 'Lovelace1' })).toEqual({
      new_password: ['The password is too similar to the last name.'],
    })
    expect((await api.get('/auth/users/me/', { token: access })).status).toBe(200)
    expect(await send({ new_password: newPassword })).toBe('')
    expect(await send({ new_password: email })).toHaveProperty('token')
  })

  test('a link expires after PASSWORD_RESET_TIMEOUT', async () => {
    const { api, email } = await person()
    const link = await linkTo(api, 'reset_password', email)
    try {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3 * day + 1000 })
      const late = await confirm(api, { ...link, new_password: newPassword })
      vi.setSystemTime(Date.now() - 2000)
      const timely = await confirm(api, { ...link, new_password: newPassword })

      expect([late.status, timely.status]).toEqual([400, 204])
    } finally {
      vi.useRealTimers()
    }
  })

  test('a link signed with a replaced key works as long as that is a fallback', async () => {
    const { api, email } = await person()
    const link = { ...(await linkTo(api, 'reset_password', email)), new_password: newPassword }
    const SECRET_KEY = 'another-secret-key-of-the-tests-0123456789'

    const without = await confirm(client({ SECRET_KEY }), link)
    const fallback = client({ SECRET_KEY, SECRET_KEY_FALLBACKS: env.SECRET_KEY })

    expect(without.status).toBe(400)
    expect((await confirm(fallback, link)).status).toBe(204)
  })

  test('an activation link resets no password, and a reset link activates no account', async () => {
    const api = client()
    const email = newEmail()
    await api.post('/auth/users/', { email, password, first_name: 'Ada', last_name: 'Lovelace' })
    const [{ uid, token }] = await api.mail(email)

    const reset = await confirm(api, { uid, token, new_password: newPassword })
    expect(reset.body).toEqual({ token: ['Invalid token for given user.'] })
    await api.post('/auth/users/activation/', { uid, token })
    const link = await linkTo(api, 'reset_password', email)
    const activated = await api.post('/auth/users/activation/', link)
    expect(activated.body).toEqual({ token: ['Invalid token for given user.'] })
  })
})

const confirm = (api: Api, sent: unknown) => api.post('/auth/users/reset_password_confirm/', sent)

const setPassword = (id: number, hash: string) =>
  env.DB.prepare('update users set password = ? where id = ?').bind(hash, id).run()
