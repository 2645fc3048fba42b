// Pages of the list of users, and what staff search for.

import { describe, expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { loggedIn, makeStaff, newEmail, password } from '../support/people.ts'

const filters = { DEFAULT_FILTER_BACKENDS: 'SearchFilter,OrderingFilter' }
const numbers = { ...filters, DEFAULT_PAGINATION_CLASS: 'PageNumberPagination', PAGE_SIZE: 2 }
const offsets = { ...filters, DEFAULT_PAGINATION_CLASS: 'LimitOffsetPagination', PAGE_SIZE: 2 }
const invalidPage = { detail: 'Invalid page.' }
const list = 'https://auth.test/auth/users/'

/** A staff user, and five users whose addresses start alike. */
async function office() {
  const clerk = await loggedIn()
  await makeStaff(clerk.id)
  const flock = newEmail('flock').split('@')[0] ?? ''
  const ids: number[] = []
  for (const [index, name] of ['Eve', 'Dan', 'Cleo', 'Ben', 'Ann'].entries()) {
    const person = { email: `${flock}${'abcde'[index]}@example.com`, password }
    const { body } = await client().post('/auth/users/', {
      ...person,
      first_name: name,
      last_name: '100%_sure',
    })
    ids.push(body.id)
  }
  const get = (vars: object, query: string) =>
    client({ ...vars }).get(`/auth/users/${query}`, { token: clerk.access })
  return { clerk, flock, ids, get }
}

const idsIn = (results: { id: number }[]) => results.map(({ id }) => id)

describe('GET /auth/users/?page=', () => {
  test('each page links to the next and the previous, at PUBLIC_URL', async () => {
    const { flock, ids, get } = await office()
    const at = (query: string) => `${list}?${query}`

    const first = await get(numbers, `?search=${flock}`)
    const second = await get(numbers, `?page=2&search=${flock}`)
    const third = await get(numbers, `?search=${flock}&page=3`)

    expect(Object.keys(first.body)).toEqual(['count', 'next', 'previous', 'results'])
    expect(first.body).toMatchObject({
      count: 5,
      next: at(`page=2&search=${flock}`),
      previous: null,
    })
    expect(second.body).toMatchObject({
      next: at(`page=3&search=${flock}`),
      previous: at(`search=${flock}`),
    })
    expect(third.body).toMatchObject({ next: null, previous: at(`page=2&search=${flock}`) })
    const seen = [first, second, third].flatMap(({ body }) => idsIn(body.results))
    expect(seen).toEqual(ids)
    expect(Object.keys(first.body.results[0])).toEqual([
      'first_name',
      'last_name',
      'role',
      'id',
      'email',
    ])
  })

  test('`last` is the last page, however full', async () => {
    const { flock, ids, get } = await office()

    const odd = await get(numbers, `?search=${flock}&page=last`)
    const even = await get({ ...numbers, PAGE_SIZE: 5 }, `?search=${flock}&page=last`)
    const none = await get(numbers, '?search=nobody-has-this&page=last')

    expect(odd.body).toMatchObject({
      count: 5,
      next: null,
      previous: `${list}?page=2&search=${flock}`,
    })
    expect(idsIn(odd.body.results)).toEqual(ids.slice(4))
    expect(idsIn(even.body.results)).toEqual(ids)
    expect(none.body).toEqual({ count: 0, next: null, previous: null, results: [] })
  })

  test('a page that is no number, or does not exist, is invalid', async () => {
    const { flock, get } = await office()
    const bad = ['0', '-1', '4', 'x', '1.0', '1e1', 'LAST', '%00', '9'.repeat(40), '%F0%9D%9F%8F']

    for (const page of bad) {
      const answer = await get(numbers, `?search=${flock}&page=${page}`)
      expect([answer.status, answer.body], page).toEqual([404, invalidPage])
    }
    for (const page of ['', '1', '%201%20', '%2B1', '01', 'x&page=1']) {
      expect((await get(numbers, `?search=${flock}&page=${page}`)).status, page).toBe(200)
    }
  })

  test('the caller is authenticated first', async () => {
    const { status } = await client(numbers).get('/auth/users/?page=x')

    expect(status).toBe(401)
  })

  test('a caller that sees only themselves has one page, whatever they search for', async () => {
    const { api, access, id, email } = await loggedIn(numbers)

    const { body } = await api.get('/auth/users/?search=flock&ordering=-id', { token: access })

    expect(body).toMatchObject({ count: 1, next: null, previous: null, results: [{ id, email }] })
  })

  test('without a PAGE_SIZE or a pagination class the list has no pages', async () => {
    const { access } = await loggedIn()

    for (const vars of [{ ...numbers, PAGE_SIZE: 0 }, { PAGE_SIZE: 2 }]) {
      const { body } = await client(vars).get('/auth/users/?page=7', { token: access })
      expect(body).toHaveLength(1)
    }
  })
})

describe('GET /auth/users/?limit=&offset=', () => {
  test('any part may be requested, within the limits', async () => {
    const { flock, ids, get } = await office()
    const search = `search=${flock}`

    const first = await get(offsets, `?${search}`)
    const middle = await get(offsets, `?limit=3&offset=1&${search}`)
    const beyond = await get(offsets, `?offset=${'9'.repeat(40)}&${search}`)
    const huge = await get(offsets, `?limit=${'9'.repeat(40)}&${search}`)

    expect(first.body).toMatchObject({ count: 5, next: `${list}?limit=2&offset=2&${search}` })
    expect(idsIn(first.body.results)).toEqual(ids.slice(0, 2))
    expect(middle.body).toMatchObject({
      next: `${list}?limit=3&offset=4&${search}`,
      previous: `${list}?limit=3&${search}`,
    })
    expect(idsIn(middle.body.results)).toEqual(ids.slice(1, 4))
    expect(beyond.body).toMatchObject({ count: 5, next: null, results: [] })
    expect(idsIn(huge.body.results)).toEqual(ids)
  })

  test('a value that is no number is ignored', async () => {
    const { flock, ids, get } = await office()

    for (const query of ['limit=0', 'limit=-1', 'limit=x', 'offset=-1', 'offset=x', 'offset=']) {
      const { body } = await get(offsets, `?search=${flock}&${query}`)
      expect(idsIn(body.results), query).toEqual(ids.slice(0, 2))
    }
  })

  test('without a PAGE_SIZE only a request with a limit gets a page', async () => {
    const { flock, ids, get } = await office()
    const vars = { ...offsets, PAGE_SIZE: 0 }

    expect(idsIn((await get(vars, `?search=${flock}`)).body)).toEqual(ids)
    const { body } = await get(vars, `?search=${flock}&limit=1`)
    expect(idsIn(body.results)).toEqual(ids.slice(0, 1))
  })
})

describe('GET /auth/users/?search=', () => {
  test('every word must occur, in any case; wildcards are ordinary characters', async () => {
    const { flock, ids, get } = await office()
    const found = async (search: string) =>
      idsIn((await get(filters, `?search=${encodeURIComponent(search)}`)).body)

    expect(await found(flock.toUpperCase())).toEqual(ids)
    expect(await found(`${flock} eve`)).toEqual(ids.slice(0, 1))
    expect(await found(`${flock},0%_S`)).toEqual(ids)
    expect(await found(`${flock} 100_`)).toEqual([])
    expect(await found(`${flock} "eve dan"`)).toEqual([])
    expect(await found(`${flock} e x a m p l . @ eve`)).toEqual(ids.slice(0, 1))
    expect(await found(`${flock} e x a m p l . @ dan eve`)).toEqual([])
    expect(await found(`${flock} ${'x'.repeat(4000)}`)).toEqual([])
    for (const unusual of ["'", '"', '\0', '\\', '%', 'a '.repeat(2000), "' or 1=1 --"]) {
      const { status } = await get(filters, `?search=${encodeURIComponent(unusual)}`)
      expect(status, unusual.slice(0, 10)).toBe(200)
    }
  })

  test('has no effect for callers that are not staff, nor without SearchFilter', async () => {
    const one = await loggedIn()
    const { clerk } = await office()
    const open = { ...filters, HIDE_USERS: false }

    const mine = await client(open).get('/auth/users/?search=zzzz', { token: one.access })
    const off = await client().get('/auth/users/?search=zzzz', { token: clerk.access })

    expect(mine.body.length).toBeGreaterThan(1)
    expect(off.body.length).toBeGreaterThan(1)
  })
})

describe('GET /auth/users/?ordering=', () => {
  test('fields that the list shows order it, and others do not', async () => {
    const { flock, ids, get } = await office()
    const ordered = async (ordering: string) =>
      idsIn((await get(filters, `?search=${flock}&ordering=${ordering}`)).body)
    const reversed = ids.toReversed()

    expect(await ordered('first_name')).toEqual(reversed)
    expect(await ordered('-first_name')).toEqual(ids)
    expect(await ordered('last_name,-email')).toEqual(reversed)
    for (const unknown of ['password', '-last_login', 'is_staff', 'constructor', '1', '--id', '']) {
      expect(await ordered(unknown), unknown).toEqual(ids)
    }
    const last = await get(numbers, `?search=${flock}&ordering=-id&page=last`)
    expect(idsIn(last.body.results)).toEqual(ids.slice(0, 1))
    const page = await get(numbers, `?search=${flock}&ordering=first_name`)
    expect(idsIn(page.body.results)).toEqual(reversed.slice(0, 2))
  })
})
