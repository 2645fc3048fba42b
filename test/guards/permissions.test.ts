// PERMISSIONS_USER_CREATE, _LIST and _DELETE: which users may act, and the errors that the others get.

import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { loggedIn, newEmail, password } from '../support/people.ts'

const notAuthenticated = [401, { detail: 'Authentication credentials were not provided.' }]
const forbidden = [403, { detail: 'You do not have permission to perform this action.' }]
const notFound = [404, { detail: 'Not found.' }]

const ada = () => ({ email: newEmail(), password, first_name: 'Ada', last_name: 'Lovelace' })

const staff = () => loggedIn({}, { staff: true })

describe('POST /auth/users/', () => {
  const signUp = async (permission: string, token = '', person: object = ada()) => {
    const api = client({ PERMISSIONS_USER_CREATE: permission })
    const { status, body } = await api.post('/auth/users/', person, token ? { token } : {})
    return [status, body]
  }
  const findId = ({ email }: { email: string }) =>
    env.DB.prepare('select id from users where email = ?').bind(email).first('id')

  test('IsAdminUser lets only staff create users', async () => {
    const { access } = await loggedIn()
    const clerk = await staff()
    const people = [ada(), ada(), ada()] as const

    expect(await signUp('IsAdminUser', '', people[0])).toEqual(notAuthenticated)
    expect(await signUp('IsAdminUser', access, people[1])).toEqual(forbidden)
    expect((await signUp('IsAdminUser', clerk.access, people[2]))[0]).toBe(201)

    expect(await findId(people[0])).toBeNull()
    expect(await findId(people[1])).toBeNull()
    expect(await findId(people[2])).toEqual(expect.any(Number))
  })

  test('`Nobody` refuses staff too', async () => {
    const clerk = await staff()
    const person = ada()

    expect(await signUp('Nobody', '', person)).toEqual(notAuthenticated)
    expect(await signUp('Nobody', clerk.access, person)).toEqual(forbidden)
    expect(await findId(person)).toBeNull()
  })

  test('the permission is checked before the body', async () => {
    expect(await signUp('IsAdminUser', '', {})).toEqual(notAuthenticated)
    expect((await signUp('AllowAny', '', {}))[0]).toBe(400)
  })
})

describe('GET /auth/users/', () => {
  const list = async (vars: object, token?: string, query = '') => {
    const { status, body } = await client({ ...vars }).get(
      `/auth/users/${query}`,
      token ? { token } : {},
    )
    return [status, body]
  }
  const paged = { DEFAULT_PAGINATION_CLASS: 'PageNumberPagination', PAGE_SIZE: 1 }

  test('IsAdminUser answers others 403, or 404 if HIDE_USERS is on', async () => {
    const { access } = await loggedIn()
    const clerk = await staff()
    const closed = { PERMISSIONS_USER_LIST: 'IsAdminUser' }

    for (const vars of [closed, { ...closed, ...paged }]) {
      expect(await list(vars)).toEqual(notAuthenticated)
      expect(await list(vars, access)).toEqual(notFound)
      expect(await list({ ...vars, HIDE_USERS: false }, access)).toEqual(forbidden)
      expect(await list({ ...vars, HIDE_USERS: false }, access, '?page=x')).toEqual(forbidden)
      expect((await list(vars, clerk.access))[0]).toBe(200)
    }
  })

  test('`Nobody` refuses staff too', async () => {
    const clerk = await staff()
    const closed = { PERMISSIONS_USER_LIST: 'Nobody' }

    expect(await list(closed)).toEqual(notAuthenticated)
    expect(await list(closed, clerk.access)).toEqual(notFound)
    expect(await list({ ...closed, HIDE_USERS: false }, clerk.access)).toEqual(forbidden)
  })
})

describe('DELETE /auth/users/…', () => {
  const remove = async (permission: string, path: string, token: string) => {
    const api = client({ PERMISSIONS_USER_DELETE: permission })
    const json = { current_password: password }
    const { status, body } = await api.delete(`/auth/users/${path}/`, json, token ? { token } : {})
    return [status, body]
  }
  const exists = (id: number) =>
    env.DB.prepare('select 1 as there from users where id = ?').bind(id).first('there')

  test('IsAdminUser lets others delete neither themselves nor other users', async () => {
    const [user, clerk] = [await loggedIn(), await staff()]
    expect(await remove('IsAdminUser', 'me', '')).toEqual(notAuthenticated)
    for (const path of ['me', user.id, clerk.id, 999_999_999]) {
      expect(await remove('IsAdminUser', `${path}`, user.access)).toEqual(forbidden)
    }
    expect(await exists(user.id)).toBe(1)

    expect(await remove('IsAdminUser', `${user.id}`, clerk.access)).toEqual([204, ''])
    expect(await remove('IsAdminUser', 'me', clerk.access)).toEqual([204, ''])
    expect([await exists(user.id), await exists(clerk.id)]).toEqual([null, null])
  })

  test('`Nobody` refuses staff too', async () => {
    const clerk = await staff()
    for (const path of ['me', clerk.id]) {
      expect(await remove('Nobody', `${path}`, clerk.access)).toEqual(forbidden)
    }
    expect(await exists(clerk.id)).toBe(1)
  })
})
