// REST framework's settings for the key of errors without a field, and for the parameters of a list.

import { expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { loggedIn, makeStaff, newEmail, password } from '../support/people.ts'

test('NON_FIELD_ERRORS_KEY is the key of errors about the whole request, at /register/ too', async () => {
  const vars = { NON_FIELD_ERRORS_KEY: 'errors', USER_CREATE_PASSWORD_RETYPE: true, REGISTER: true }
  const api = client(vars)
  const ada = { email: newEmail(), password, first_name: 'Ada', last_name: 'Lovelace' }
  const expected = { errors: ["The two password fields didn't match."] }

  const signUp = await api.post('/auth/users/', { ...ada, re_password: 'else' })
  expect([signUp.status, signUp.body]).toEqual([400, expected])
  const registered = await api.post('/register/', { ...ada, re_password: 'else' })
  expect(registered.body.errors).toEqual(expected)
  const list = await api.post('/auth/jwt/create/', [])
  expect(list.body).toEqual({
    errors: ['Invalid data. Expected a dictionary, but got list.'],
  })
  const missing = await api.post('/auth/users/', { re_password: password })
  expect(Object.keys(missing.body)).toContain('email')
})

test('SEARCH_PARAM and ORDERING_PARAM name the parameters that search and order a list', async () => {
  const { access, id, email } = await loggedIn()
  await makeStaff(id)
  const other = await loggedIn()
  const api = client({
    DEFAULT_FILTER_BACKENDS: 'SearchFilter,OrderingFilter',
    SEARCH_PARAM: 'q',
    ORDERING_PARAM: 'by',
  })
  const ids = async (query: string): Promise<number[]> => {
    const { body } = await api.get(`/auth/users/${query}`, { token: access })
    return body.map((user: { id: number }) => user.id)
  }
  expect(await ids(`?q=${email}`)).toEqual([id])
  expect(await ids(`?search=${email}`)).toContain(other.id)
  expect((await ids('?by=-id'))[0]).toBe(other.id)
  expect((await ids('?ordering=-id'))[0]).not.toBe(other.id)
})
