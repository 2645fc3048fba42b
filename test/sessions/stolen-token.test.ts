// An attacker with a stolen access token, and nothing else, cannot take the account over. Every email that leads into it
// goes to its owner.

import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { type Api, client } from '../support/api.ts'
import { kindsTo, loggedIn, makeStaff, newEmail, password } from '../support/people.ts'
import { beforeRoundTrip, isDelivery } from '../support/trips.ts'

const byName = { LOGIN_FIELD: 'username' }
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
    await write(id, 'email = null')
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
    expect((await logIn(api, username)).status).toBe(200)
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
      if (!isDelivery(statements) && ++trips === 3) await write(id, "password = 'another'")
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

describe('staff that edit another user’s email', () => {
  test('must give their own password, and the user must confirm the new address', async () => {
    const [ada, staff] = [await member(), await member()]
    await makeStaff(staff.id)
    await write(staff.id, `password = (select password from users where id = ${ada.id})`)
    const path = `/auth/users/${ada.id}/`
    const next = newEmail('next')
    const edit = (sent: object) => staff.api.patch(path, sent, { token: staff.access })

    expect((await edit({ email: next })).body).toEqual(required)
    expect((await edit({ email: next, current_password: 'a guess' })).body).toEqual(wrong)
    expect((await edit({ email: next, current_password: password })).status).toBe(200)

    expect(await rowOf(ada.id)).toMatchObject({ email: ada.email, new_email: next })
    expect(await kindsTo(ada.api, next)).toEqual(['email_change'])
    expect(await kindsTo(ada.api, ada.email)).toContain('email_change_requested')
  })

  test('correct the email of a pending account at once, since its address is not confirmed', async () => {
    const staff = await member()
    await makeStaff(staff.id)
    const [email, next] = [newEmail(), newEmail('next')]
    const sent = { username: newEmail('u'), email, password }
    const { id } = (await staff.api.post('/auth/users/', sent)).body

    const edit = { email: next, current_password: password }
    await staff.api.patch(`/auth/users/${id}/`, edit, { token: staff.access })

    expect(await rowOf(id)).toMatchObject({ email: next, status: 'pending' })
    expect(await kindsTo(staff.api, next)).toEqual(['activation'])
  })

  test('of a disabled account leave it pending once it is enabled', async () => {
    const [ada, staff] = [await member(), await member()]
    await makeStaff(staff.id)
    const act = (what: string) =>
      staff.api.post(`/auth/users/${ada.id}/${what}/`, {}, { token: staff.access })
    await act('disable')

    const edit = { email: newEmail(), current_password: password }
    await staff.api.patch(`/auth/users/${ada.id}/`, edit, { token: staff.access })
    await act('enable')

    expect(await rowOf(ada.id)).toMatchObject({ email: edit.email, status: 'pending' })
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

describe.each(['email', 'username'] as const)('with LOGIN_FIELD=%s a stolen token', (field) => {
  test('changes nothing that gives access to the account, and shows no secret of it', async () => {
    const { api, access, id, email, username } =
      field === 'email' ? { ...(await loggedIn()), username: '' } : await member()
    const before = await rowOf(id)
    const eve = newEmail('eve')
    const token = { token: access }

    const refusals = [
      await api.post(`/auth/users/set_${field}/`, { [`new_${field}`]: eve }, token),
      await api.post('/auth/users/set_password/', { new_password: 'a flock of geese' }, token),
      await api.delete(me, {}, token),
      await api.post('/auth/impersonate/', { user_id: id }, token),
      await api.post('/auth/token/login/', { email, username }, token),
      await api.post('/auth/users/set_email_confirm/', { uid: 'x', token: 'x' }, token),
      await api.post(`/auth/users/${id}/enable/`, {}, token),
    ]
    expect(refusals.map(({ status }) => status).filter((status) => status < 400)).toEqual([])
    for (const path of ['reset_password', `reset_${field}`, 'resend_activation']) {
      await api.post(`/auth/users/${path}/`, { email: eve }, token)
    }
    const rights = { is_staff: true, is_superuser: true, status: 'active', password: 'x', id: 1 }
    await api.patch(me, { ...rights, new_email: eve, email_verified_at: 1 }, token)

    expect(await rowOf(id)).toEqual(before)
    expect(await api.mail(eve)).toEqual([])
    const { body } = await api.get('/auth/users/me/export/', token)
    const [{ hash }] = (
      await env.DB.prepare('select password as hash from users where id = ?').bind(id).all()
    ).results as [{ hash: string }]
    expect(JSON.stringify(body)).not.toContain(hash)
    expect(Object.keys(body.user)).not.toContain('token')
  })
})

/** An active user that logs in by username, with a confirmed email; without one if it is blank. */
async function member(vars: Record<string, unknown> = {}, email = newEmail()) {
  const api = client({ ...byName, ...vars })
  const username = newEmail('u').split('@')[0] as string
  const { body } = await api.post('/auth/users/', { username, email, password })
  if (email !== '') {
    const [{ uid, token }] = await api.mail(email)
    await api.post('/auth/users/activation/', { uid, token })
  }
  const { access } = (await logIn(api, username)).body
  return { api, username, email, id: Number(body.id), access: String(access) }
}

const logIn = (api: Api, username: string) => api.post('/auth/jwt/create/', { username, password })

const rowOf = (id: number) =>
  env.DB.prepare(
    `select email, email_key, new_email, username, password, status, first_name, email_verified_at,
      is_staff, is_superuser from users where id = ?`,
  )
    .bind(id)
    .first()

const write = (id: number, change: string) =>
  env.DB.prepare(`update users set ${change} where id = ?`).bind(id).run()
