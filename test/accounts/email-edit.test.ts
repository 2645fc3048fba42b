// A new email in PATCH or PUT with LOGIN_FIELD=username: it requires the current password and a confirmation, so that an
// attacker with a stolen access token cannot take the account over. Edits by staff: email-edit-by-staff.test.ts.

import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { changeUser, kindsTo, logIn, newEmail, password } from '../support/people.ts'
import { beforeRoundTrip, isDelivery } from '../support/trips.ts'
import { byName, member, rowOf } from '../support/usernames.ts'

const withNames = { ...byName, REQUIRED_FIELDS: 'email,first_name' }
const required = { current_password: ['This field is required.'] }
const wrong = { current_password: ['Invalid password.'] }
const me = '/auth/users/me/'

describe('with LOGIN_FIELD=username a new email in PATCH or PUT', () => {
  test('requires the current password; without it nothing changes, and a reset by the new address sends no email', async () => {
    const { api, access, email, id } = await member()
    const attacker = newEmail('attacker')
    const before = await rowOf(id)

    for (const [path, send] of [
      [me, api.patch],
      [me, api.put],
      [`/auth/users/${id}/`, api.patch],
      [`/auth/users/${id}/`, api.put],
    ] as const) {
      const bare = await send(path, { email: attacker }, { token: access })
      expect([bare.status, bare.body]).toEqual([400, required])
      const guess = { email: attacker, current_password: 'a guess' }
      const guessed = await send(path, guess, { token: access })
      expect([guessed.status, guessed.body]).toEqual([400, wrong])
    }
    const form = { email: attacker, first_name: 'Eve' }
    expect((await api.send('PATCH', me, { form, token: access })).body).toEqual(required)
    await api.post('/auth/users/reset_password/', { email: attacker })
    await api.post('/auth/users/resend_activation/', { email: attacker })
    await api.post('/auth/users/reset_username/', { email: attacker })

    expect(await rowOf(id)).toEqual(before)
    expect(await api.mail(attacker)).toEqual([])
    expect(await kindsTo(api, email)).toEqual(['activation'])
    expect((await api.get(me, { token: access })).status).toBe(200)
  })

  test('requires the current password for an account without an email too', async () => {
    const { api, access, id } = await member({}, '')
    const attacker = newEmail('attacker')

    expect((await api.patch(me, { email: attacker }, { token: access })).body).toEqual(required)
    await changeUser(id, 'email = null')
    expect((await api.patch(me, { email: attacker }, { token: access })).body).toEqual(required)
    expect((await api.patch(me, { email: '' }, { token: access })).status).toBe(200)

    const sent = { email: attacker, current_password: password }
    expect((await api.patch(me, sent, { token: access })).status).toBe(200)
    await api.post('/auth/users/reset_password/', { email: attacker })
    expect(await kindsTo(api, attacker)).toEqual(['email_change'])
  })

  test('waits until it is confirmed; the link goes to the new address, a notice to the old one', async () => {
    const { api, access, email, id, username } = await member()
    const next = newEmail('next')

    const sent = { email: next, first_name: 'Augusta', current_password: password }
    const { status, body } = await client(withNames).patch(me, sent, { token: access })

    expect([status, body]).toEqual([200, expect.objectContaining({ email, username })])
    expect(body.first_name).toBe('Augusta')
    expect(await rowOf(id)).toMatchObject({ email, new_email: next, status: 'active' })
    expect(await kindsTo(api, email)).toEqual(['email_change_requested', 'activation'])
    await api.post('/auth/users/reset_password/', { email: next })
    const [mail, ...more] = await api.mail(next)
    expect([mail.kind, more]).toEqual(['email_change', []])

    const page = await api.get(mail.url.replace('https://auth.test', ''))
    expect(page.body).toContain('it receives the emails about your account')
    const { uid, token } = mail
    const confirm = () => api.post('/auth/users/set_email_confirm/', { uid, token })
    expect((await confirm()).status).toBe(204)
    expect((await confirm()).body).toEqual({ token: ['Invalid token for given user.'] })
    expect(await rowOf(id)).toMatchObject({
      ...{ email: next, email_key: null, new_email: null, username, status: 'active' },
      email_verified_at: expect.any(Number),
    })
    expect(await kindsTo(api, email)).toContain('email_changed')
    expect((await logIn(api, { username })).status).toBe(200)
    const { body: events } = await api.get('/auth/users/me/events/', { token: access })
    expect(events[1]).toMatchObject({ type: 'email_changed', detail: 'confirmed' })
  })

  test('is confirmed on our page, which says that the username stays', async () => {
    const { api, access } = await member()
    const next = newEmail('next')
    await api.patch(me, { email: next, current_password: password }, { token: access })
    const [{ uid, token }] = await api.mail(next)

    const { body } = await api.send('POST', '/change-email/', { form: { uid, token } })

    expect(body).toContain('Your username stays as it is.')
  })

  test('may be the email of another account', async () => {
    const [ada, bob] = [await member(), await member()]
    const sent = { email: bob.email, current_password: password }

    await ada.api.patch(me, sent, { token: ada.access })

    const [mail] = await ada.api.mail(bob.email)
    expect(mail.kind).toBe('email_change')
    const { status } = await ada.api.post('/auth/users/set_email_confirm/', {
      uid: mail.uid,
      token: mail.token,
    })
    expect(status).toBe(204)
  })

  test('that is empty removes the address at once with the password, and sends a notice to the old one', async () => {
    const { api, access, email, id } = await member()

    expect((await api.patch(me, { email: '' }, { token: access })).body).toEqual(required)
    const sent = { email: '', current_password: password }
    const { status, body } = await api.patch(me, sent, { token: access })

    expect([status, body.email]).toEqual([200, ''])
    expect(await rowOf(id)).toMatchObject({ email: '', email_verified_at: null, status: 'active' })
    expect(await kindsTo(api, email)).toContain('email_changed')
  })

  test('counts as an attempt; ten wrong passwords are accepted, and a right one is refunded', async () => {
    const { api, access, id } = await member({ THROTTLE_LOGIN: '10/minute' })
    const patch = (current_password: string, more = {}) =>
      client({ ...withNames, THROTTLE_LOGIN: '10/minute' }).patch(
        me,
        { email: newEmail(), current_password, ...more },
        { token: access },
      )
    const attempts = () =>
      env.DB.prepare('select max(count) as count from throttles where user_id = ?')
        .bind(id)
        .first('count')

    expect((await patch(password)).status).toBe(200)
    expect((await patch(password, { first_name: 'x'.repeat(300) })).status).toBe(400)
    await api.patch(me, { email: newEmail() }, { token: access })
    expect(await attempts()).toBeOneOf([null, 0])
    for (let time = 0; time < 10; time++) expect((await patch('a guess')).status).toBe(400)
    expect((await patch(password)).status).toBe(429)
    expect(await attempts()).toBe(10)
    expect((await api.patch(me, { first_name: 'Ada' }, { token: access })).status).toBe(200)
  })

  test('has the rate limit of logins', async () => {
    const scopes: string[] = []
    const limit = async ({ key }: { key: string }) => {
      scopes.push(String(key.split(':')[0]))
      return { success: false }
    }
    const { access } = await member()
    const api = client({ ...byName, RATE_LIMITER: { limit } })

    const sent = { email: newEmail(), current_password: password }
    expect((await api.patch(me, sent, { token: access })).status).toBe(429)
    expect(scopes).toContain('login')
  })

  test('changes nothing if the password changes between comparison and write', async () => {
    const { access, id, email } = await member()
    let trips = 0
    const DB = beforeRoundTrip(env.DB, async (statements) => {
      if (!isDelivery(statements) && ++trips === 3) await changeUser(id, "password = 'another'")
    })
    const sent = { email: newEmail(), first_name: 'Eve', current_password: password }

    const { status, body } = await client({ ...withNames, DB }).patch(me, sent, { token: access })

    expect([status, body]).toEqual([400, wrong])
    expect(await rowOf(id)).toMatchObject({ email, new_email: null, first_name: '' })
  })

  test('takes one round trip more than PATCH without it, which takes two', async () => {
    const { access, email } = await member()
    let trips = 0
    const DB = beforeRoundTrip(env.DB, (statements) => {
      if (!isDelivery(statements)) trips++
    })
    const api = client({ ...byName, DB })

    await api.patch(me, { email, first_name: 'Ada' }, { token: access })
    expect(trips).toBe(2)
    await api.patch(me, { email: newEmail(), current_password: password }, { token: access })
    expect(trips).toBe(5)
  })
})

describe('without EMAIL_CHANGE_CONFIRMATION', () => {
  test('PATCH changes the address as in Djoser, with no password', async () => {
    const { api, access, id } = await member({ EMAIL_CHANGE_CONFIRMATION: false })
    const next = newEmail('next')

    const { status, body } = await api.patch(me, { email: next }, { token: access })

    expect([status, body.email]).toEqual([200, next])
    expect(await rowOf(id)).toMatchObject({ email: next, status: 'pending' })
  })
})
