// USER_PK = "uuid": clients see and send `users.uuid` in place of the number.

import { env } from 'cloudflare:workers'
import { decodeJwt } from 'jose'
import { describe, expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { linkTo, logIn, newEmail, newPerson, password } from '../support/people.ts'
import { countRows } from '../support/sliding.ts'
import { byName } from '../support/usernames.ts'
import { byUuid, idsOf, loggedInWithUuid, personWithUuid, uuidForm } from '../support/uuids.ts'

const notFound = { detail: 'Not found.' }

describe('a user', () => {
  test('is shown with the UUID at sign-up, in users/me/ and in lists, in the place of the number', async () => {
    const api = client(byUuid)
    const sent = newPerson()
    const { status, body } = await api.post('/auth/users/', sent)
    const { uuid } = await idsOf(sent.email)
    expect([status, body.id]).toEqual([201, uuid])
    expect(uuid).toMatch(uuidForm)
    expect(Object.keys(body)).toEqual(['first_name', 'last_name', 'role', 'email', 'id'])

    const ada = await loggedInWithUuid()
    const call = { token: ada.access }
    expect((await ada.api.get('/auth/users/me/', call)).body.id).toBe(ada.uuid)
    const list = await ada.api.get('/auth/users/', call)
    expect(list.body.map(({ id }: { id: string }) => id)).toEqual([ada.uuid])
  })

  test('has the UUID in the URL, in each form that Django reads', async () => {
    const staff = await loggedInWithUuid({}, { staff: true })
    const ada = await personWithUuid()
    const forms = [ada.uuid, ada.uuid.toUpperCase(), ada.uuid.replaceAll('-', ''), `{${ada.uuid}}`]
    for (const form of forms) {
      const { status, body } = await staff.api.get(`/auth/users/${form}/`, { token: staff.access })
      expect([form, status, body.id]).toEqual([form, 200, ada.uuid])
    }
  })

  test('is not found by the number, and a URL without a UUID is 404', async () => {
    const staff = await loggedInWithUuid({}, { staff: true })
    const ada = await personWithUuid()
    for (const id of [ada.number, staff.number, '0', 'abc', ada.uuid.slice(1), `${ada.uuid}0`]) {
      const url = `/auth/users/${id}/`
      const { status, body } = await staff.api.get(url, { token: staff.access })
      expect([url, status, body]).toEqual([url, 404, notFound])
      const events = await staff.api.get(`${url}events/`, { token: staff.access })
      expect(events.body).toEqual(typeof id === 'number' || id === '0' ? [] : notFound)
      const disable = `/auth/users/${id}/disable/`
      expect((await staff.api.post(disable, {}, { token: staff.access })).status).toBe(404)
      const sessions = `/auth/sessions/?user=${id}`
      const ended = await staff.api.delete(sessions, undefined, { token: staff.access })
      expect(ended.status).toBe(404)
    }
  })

  test('is edited, disabled, enabled, logged out and deleted by staff, by the UUID', async () => {
    const staff = await loggedInWithUuid({}, { staff: true })
    const call = { token: staff.access }
    const ada = await loggedInWithUuid()
    const url = `/auth/users/${ada.uuid}/`

    const edited = await staff.api.patch(url, { first_name: 'Adah' }, call)
    expect([edited.status, edited.body.id]).toEqual([200, ada.uuid])
    expect((await staff.api.get(`/auth/sessions/?user=${ada.uuid}`, call)).body).toHaveLength(1)
    const ended = await staff.api.delete(`/auth/sessions/?user=${ada.uuid}`, undefined, call)
    expect(ended.status).toBe(204)
    expect((await ada.api.get('/auth/users/me/', { token: ada.access })).status).toBe(401)
    expect((await staff.api.post(`${url}disable/`, {}, call)).status).toBe(204)
    expect((await staff.api.post(`${url}enable/`, {}, call)).status).toBe(204)

    const events = await staff.api.get(`${url}events/`, call)
    const actors = events.body.map(({ type, actor }: Record<string, string>) => [type, actor])
    expect(actors).toEqual([
      ['status_changed', staff.uuid],
      ['status_changed', staff.uuid],
      ['session_revoked', staff.uuid],
      ['login', null],
      ['status_changed', null],
    ])
    expect((await staff.api.delete(url, { current_password: password }, call)).status).toBe(204)
    expect((await staff.api.get(url, call)).status).toBe(404)
  })

  test('may not disable themselves, and other users are hidden', async () => {
    const staff = await loggedInWithUuid({}, { staff: true })
    const own = `/auth/users/${staff.uuid}/disable/`
    expect((await staff.api.post(own, {}, { token: staff.access })).status).toBe(403)
    const [ada, bob] = [await loggedInWithUuid(), await personWithUuid()]
    for (const path of ['', 'events/']) {
      const url = `/auth/users/${bob.uuid}/${path}`
      expect((await ada.api.get(url, { token: ada.access })).status).toBe(404)
    }
    const call = { token: ada.access }
    expect((await ada.api.get(`/auth/users/${ada.uuid}/events/`, call)).status).toBe(200)
    expect((await ada.api.get(`/auth/sessions/?user=${ada.uuid}`, call)).status).toBe(200)
    expect((await ada.api.get(`/auth/sessions/?user=${bob.uuid}`, call)).status).toBe(403)
  })
})

describe('a list for staff', () => {
  test('is ordered by the UUID with ordering=id, in pages too', async () => {
    const filters = { DEFAULT_FILTER_BACKENDS: 'SearchFilter,OrderingFilter' }
    const staff = await loggedInWithUuid(filters, { staff: true })
    const word = newEmail('ordered').split('@')[0] as string
    for (const name of ['a', 'b', 'c']) {
      await staff.api.post('/auth/users/', { ...newPerson(), email: `${name}.${word}@example.com` })
    }
    const idsAt = async (api: typeof staff.api, query: string) => {
      const url = `/auth/users/?search=${word}&${query}`
      const { body } = await api.get(url, { token: staff.access })
      return (body.results ?? body).map(({ id }: { id: string }) => id)
    }
    const inserted = await idsAt(staff.api, '')
    expect(inserted).toHaveLength(3)
    const pages = { ...byUuid, ...filters, DEFAULT_PAGINATION_CLASS: 'LimitOffsetPagination' }
    for (const api of [staff.api, client({ ...pages, PAGE_SIZE: 10 })]) {
      expect(await idsAt(api, 'ordering=id')).toEqual(inserted.toSorted())
      expect(await idsAt(api, 'ordering=-id')).toEqual(inserted.toSorted().reverse())
    }
  })
})

describe('a link in an email', () => {
  const uidOf = (uuid: string) => btoa(uuid).replace(/=+$/, '')

  test('names the UUID as Djoser does, and works for activation, reset and a new address', async () => {
    const api = client(byUuid)
    const sent = newPerson()
    await api.post('/auth/users/', sent)
    const { uuid } = await idsOf(sent.email)
    const [{ uid, token }] = await api.mail(sent.email)
    expect(uid).toBe(uidOf(uuid))
    expect((await api.post('/auth/users/activation/', { uid, token })).status).toBe(204)

    const link = await linkTo(api, 'reset_password', sent.email)
    const new_password = 'a flock of herons'
    const answer = await api.post('/auth/users/reset_password_confirm/', { ...link, new_password })
    expect([link.uid, answer.status]).toEqual([uid, 204])
    expect((await logIn(api, { ...sent, password: new_password })).status).toBe(200)
    const page = await api.get(`/reset-password/?uid=${uid}&token=${link.token}`)
    expect(page.status).toBe(400)
  })

  test('is refused with the number, or with no UUID', async () => {
    const ada = await personWithUuid()
    const { token } = await linkTo(ada.api, 'reset_password', ada.email)
    for (const id of [String(ada.number), 'abc', crypto.randomUUID()]) {
      const sent = { uid: uidOf(id), token, new_password: 'a flock of herons' }
      const { status, body } = await ada.api.post('/auth/users/reset_password_confirm/', sent)
      expect([status, body]).toEqual([400, { uid: ["Invalid user id or user doesn't exist."] }])
    }
  })
})

describe('a token', () => {
  test.each(['5.2', '5.5'])('of Simple JWT %s names the UUID as text', async (version) => {
    const ada = await loggedInWithUuid({ SIMPLE_JWT_VERSION: version })
    const { body } = await ada.api.post('/auth/jwt/refresh/', { refresh: ada.refresh })
    for (const token of [ada.access, ada.refresh, body.access]) {
      expect(decodeJwt(token).user_id).toBe(ada.uuid)
    }
    const me = await ada.api.get('/auth/users/me/', { token: body.access })
    expect(me.body.id).toBe(ada.uuid)
    expect((await ada.api.post('/auth/jwt/verify/', { token: body.access })).status).toBe(200)
    const gone = await ada.api.post('/api/token/blacklist/', { refresh: ada.refresh })
    expect(gone.status).toBe(200)
  })

  test('that slides names the UUID, is refreshed and revoked', async () => {
    const vars = { AUTH_TOKEN_CLASSES: 'AccessToken,SlidingToken' }
    const { api, email, uuid, number } = await personWithUuid(vars)
    const { body } = await api.post('/api/token/sliding/', { email, password })
    const next = await api.post('/api/token/sliding/refresh/', { token: body.token })
    for (const { token } of [body, next.body]) {
      expect(decodeJwt(token).user_id).toBe(uuid)
      expect((await api.get('/auth/users/me/', { token })).body.id).toBe(uuid)
    }
    const revoked = await api.post('/api/token/blacklist/', { refresh: next.body.token })
    expect([revoked.status, await countRows('revoked_tokens', number)]).toEqual([200, 1])
    expect((await api.get('/auth/users/me/', { token: body.token })).status).toBe(401)
  })

  test('of authtoken stays what it is', async () => {
    const { api, email, uuid } = await personWithUuid()
    const { body } = await api.post('/auth/token/login/', { email, password })
    const headers = { authorization: `Token ${body.auth_token}` }
    expect((await api.get('/auth/users/me/', { headers })).body.id).toBe(uuid)
  })

  test('names the login with USER_ID_FIELD', async () => {
    const ada = await loggedInWithUuid({ USER_ID_FIELD: 'email' })
    expect(decodeJwt(ada.access).user_id).toBe(ada.email)
    const me = await ada.api.get('/auth/users/me/', { token: ada.access })
    expect(me.body.id).toBe(ada.uuid)
  })

  test('of a user that logs in by username names the UUID', async () => {
    const api = client({ ...byUuid, ...byName, SEND_ACTIVATION_EMAIL: false })
    const username = newEmail('u').split('@')[0] as string
    const { body } = await api.post('/auth/users/', { username, password, email: '' })
    const login = await logIn(api, { username })
    expect(body.id).toMatch(uuidForm)
    expect(decodeJwt(login.body.access).user_id).toBe(body.id)
    const me = await api.get('/auth/users/me/', { token: login.body.access })
    expect(me.body).toMatchObject({ id: body.id, username })
  })
})

describe('GET /auth/users/me/export/', () => {
  test('has the UUID as id, and the UUID of an actor', async () => {
    const staff = await loggedInWithUuid({}, { staff: true })
    const ada = await loggedInWithUuid()
    const url = `/auth/users/${ada.uuid}/`
    await staff.api.patch(url, { role: 'driver' }, { token: staff.access })

    const { body, headers } = await ada.api.get('/auth/users/me/export/', { token: ada.access })

    expect(headers.get('content-disposition')).toContain(`account-${ada.uuid}.json`)
    expect(body.user).toMatchObject({ id: ada.uuid, uuid: ada.uuid })
    const [edit] = body.security_events
    expect(edit).toMatchObject({ type: 'account_edited', actor_id: staff.uuid })
    const stored = await env.DB.prepare('select actor_id from security_events where id = ?')
      .bind(edit.id)
      .first('actor_id')
    expect(stored).toBe(staff.number)
  })
})
