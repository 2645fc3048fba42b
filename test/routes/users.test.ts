import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { loggedIn, logIn, newEmail, password, person } from '../support/people.ts'

const ada = () => ({ email: newEmail(), password, first_name: 'Ada', last_name: 'Lovelace' })
const hidden = { detail: 'Not found.' }
const refused = { detail: 'You do not have permission to perform this action.' }

describe('POST /auth/users/', () => {
  test('creates a pending user, lowercases the domain and mails the address as stored', async () => {
    const api = client()
    const name = newEmail('Ada').split('@')[0]

    const { status, body } = await api.post('/auth/users/', {
      ...ada(),
      email: `${name}@EXAMPLE.Com`,
    })

    const email = `${name}@example.com`
    expect(status).toBe(201)
    expect(Object.keys(body)).toEqual(['first_name', 'last_name', 'role', 'email', 'id'])
    expect(body).toMatchObject({ email, role: 'user' })
    expect(await userRow(body.id)).toMatchObject({
      email,
      email_key: email.toLowerCase(),
      status: 'pending',
      token_version: 1,
      last_login: null,
      is_staff: 0,
    })
    expect(await api.mail(email)).toMatchObject([{ kind: 'activation', to: email }])
  })

  test('every error comes at once, in the order of the fields', async () => {
    const someone = ada()
    const api = client()
    await api.post('/auth/users/', someone)

    const bad = { first_name: '', email: someone.email.toUpperCase(), password: null }
    const { status, body } = await api.post('/auth/users/', bad)

    expect(status).toBe(400)
    expect(JSON.stringify(body)).toBe(
      JSON.stringify({
        first_name: ['This field may not be blank.'],
        last_name: ['This field is required.'],
        email: ['user account with this email already exists.'],
        password: ['This field may not be null.'],
      }),
    )
  })

  test('a weak password is an error after those of the fields, with every weakness', async () => {
    const { body } = await client().post('/auth/users/', { ...ada(), password: '1234567' })

    expect(body).toEqual({
      password: [
        'This password is too short. It must contain at least 8 characters.',
        'This password is too common.',
        'This password is entirely numeric.',
      ],
    })
  })

  test('a password like the user’s name is an error with the field name of the model', async () => {
    const { body } = await client().post('/auth/users/', { ...ada(), password: 'lovelace1' })

    expect(body).toEqual({ password: ['The password is too similar to the last name.'] })
  })

  test('the error of a taken address comes before a weak password, and before a mismatch', async () => {
    const someone = ada()
    const api = client({ USER_CREATE_PASSWORD_RETYPE: true })
    await api.post('/auth/users/', { ...someone, re_password: password })

    const weak = { ...someone, password: '123', re_password: '456' }
    const taken = await api.post('/auth/users/', weak)
    const free = await api.post('/auth/users/', { ...weak, email: newEmail() })
    const mismatch = { ...weak, email: newEmail(), password }

    expect(taken.body).toEqual({ email: ['user account with this email already exists.'] })
    expect(Object.keys(free.body)).toEqual(['password'])
    expect((await api.post('/auth/users/', mismatch)).body).toEqual({
      non_field_errors: ["The two password fields didn't match."],
    })
  })

  test('no sign-up sets staff, status or role', async () => {
    const wish = { is_staff: true, is_superuser: true, status: 'active', role: 'admin', id: 1 }
    const { body } = await client().post('/auth/users/', { ...ada(), ...wish })

    expect(await userRow(body.id)).toMatchObject({
      is_staff: 0,
      is_superuser: 0,
      status: 'pending',
      role: 'user',
    })
  })

  test('a role may be chosen at sign-up only from SIGNUP_ROLES', async () => {
    const api = client({ SIGNUP_ROLES: 'driver,rider' })

    const driver = await api.post('/auth/users/', { ...ada(), role: 'driver' })
    const admin = await api.post('/auth/users/', { ...ada(), role: 'admin' })

    expect(driver.body.role).toBe('driver')
    expect(admin.body).toEqual({ role: ['"admin" is not a valid choice.'] })
  })

  test('without SEND_ACTIVATION_EMAIL the user is active, and gets the confirmation mail if that is set', async () => {
    const api = client({ SEND_ACTIVATION_EMAIL: false, SEND_CONFIRMATION_EMAIL: true })
    const someone = ada()
    await api.post('/auth/users/', someone)

    const { email } = someone
    expect((await logIn(api, { email })).status).toBe(200)
    expect(await api.mail(email)).toMatchObject([{ kind: 'confirmation', url: null }])
  })
})

describe('GET /auth/users/ and /auth/users/{id}/', () => {
  test('a user sees themselves, and not even whether others exist', async () => {
    const one = await loggedIn()
    const other = await person()
    const call = { token: one.access }

    const list = await one.api.get('/auth/users/', call)
    expect(list.body).toEqual([expect.objectContaining({ id: one.id })])
    expect((await one.api.get(`/auth/users/${one.id}/`, call)).status).toBe(200)
    for (const id of [other.id, 999_999_999]) {
      const path = `/auth/users/${id}/`
      for (const answer of [
        await one.api.get(path, call),
        await one.api.put(path, {}, call),
        await one.api.patch(path, {}, call),
        await one.api.delete(path, { current_password: password }, call),
      ]) {
        expect([answer.status, answer.body]).toEqual([404, hidden])
      }
    }
    expect(await userRow(other.id)).not.toBeNull()
  })

  test('without HIDE_USERS the others are listed, and still not readable one by one', async () => {
    const one = await loggedIn({ HIDE_USERS: false })
    const other = await person()

    const { body } = await one.api.get('/auth/users/', { token: one.access })
    const answer = await one.api.get(`/auth/users/${other.id}/`, { token: one.access })

    expect(body.map(({ id }: { id: number }) => id)).toContain(other.id)
    expect([answer.status, answer.body]).toEqual([403, refused])
  })

  test('staff see every user and edit all but superusers', async () => {
    const clerk = await staff()
    const other = await person()
    const chief = await staff({ superuser: true })
    const call = { token: clerk.access }

    const seen = await clerk.api.get(`/auth/users/${chief.id}/`, call)
    const edited = await clerk.api.patch(`/auth/users/${other.id}/`, { first_name: 'Eve' }, call)
    const above = await clerk.api.patch(`/auth/users/${chief.id}/`, { first_name: 'Eve' }, call)
    const goodbye = { current_password: password }
    const removed = await clerk.api.delete(`/auth/users/${chief.id}/`, goodbye, call)

    expect(seen.status).toBe(200)
    expect(edited.body).toMatchObject({ id: other.id, first_name: 'Eve' })
    expect([above.status, removed.status]).toEqual([403, 403])
    expect(await userRow(chief.id)).toMatchObject({ first_name: 'Ada' })
  })

  test('staff delete a user with their own password', async () => {
    const clerk = await staff()
    const other = await loggedIn()
    const path = `/auth/users/${other.id}/`

    const wrong = await clerk.api.delete(path, { current_password: 'x' }, { token: clerk.access })
    const goodbye = { current_password: password }
    const right = await clerk.api.delete(path, goodbye, { token: clerk.access })

    expect([wrong.status, wrong.body]).toEqual([400, { current_password: ['Invalid password.'] }])
    expect(right.status).toBe(204)
    expect(await userRow(other.id)).toBeNull()
    const sessions = 'select count(*) as count from sessions where user_id = ?'
    expect(await env.DB.prepare(sessions).bind(other.id).first('count')).toBe(0)
  })
})

describe('PUT and PATCH /auth/users/me/', () => {
  test('writes the profile, and not the login, id, role or password', async () => {
    const { api, access, id, email } = await loggedIn()
    const before = await userRow(id)

    const wish = { last_name: 'King', email: newEmail(), id: 1, role: 'admin', password: 'x' }
    const { status, body } = await api.patch('/auth/users/me/', wish, { token: access })

    expect(status).toBe(200)
    expect(body).toEqual({ first_name: 'Ada', last_name: 'King', role: 'user', id, email })
    expect(await userRow(id)).toEqual({ ...before, last_name: 'King' })
  })

  test('PUT requires every required field, PATCH none', async () => {
    const { api, access } = await loggedIn()

    const put = await api.put('/auth/users/me/', {}, { token: access })
    const patch = await api.patch('/auth/users/me/', {}, { token: access })

    expect(put.body).toEqual({
      first_name: ['This field is required.'],
      last_name: ['This field is required.'],
    })
    expect(patch.status).toBe(200)
  })
})

const staff = ({ superuser = false } = {}) => loggedIn({}, { staff: true, superuser })

const userRow = (id: number) => env.DB.prepare('select * from users where id = ?').bind(id).first()
