// D1_READ_REPLICATION: which requests read a replica, what they get there, and when the primary is asked.

import { describe, expect, test } from 'vitest'
import { database } from '../../src/db.ts'
import { pulse as pulses } from '../../src/schema.ts'
import { client } from '../support/api.ts'
import { clockAt, wait } from '../support/clock.ts'
import { cron } from '../support/cron.ts'
import { loggedIn, makeStaff, newPerson, password } from '../support/people.ts'
import { type Replicated, replicated } from '../support/replicated.ts'
import { interceptD1 } from '../support/trips.ts'
import { callsOf, longAgo, pulse, settle } from './setup.ts'

clockAt(new Date('2031-06-01T12:00:00Z'))

describe('a request of users about themselves', () => {
  test.each([
    '/auth/users/me/',
    '/auth/sessions/',
    '/auth/users/me/events/',
    '/auth/users/me/export/',
  ])('GET %s takes one call of a replica', async (path) => {
    const { get } = await longAgo()
    expect(await get(path)).toEqual({ status: 200, primary: 0, near: 1 })
  })
})

describe('a replica refuses no caller: the primary answers', () => {
  test('for a user and a session that the replica does not have yet', async () => {
    const d1 = replicated()
    const { api, access } = await loggedIn({ DB: d1.DB, D1_READ_REPLICATION: true })
    wait(121) // the write is forgotten, and no pulse has come
    const me = () => api.get('/auth/users/me/', { token: access })
    expect(await callsOf(d1, me)).toEqual({ status: 200, primary: 1, near: 1 })
  })

  test('for a replica that is broken, and one without a column', async () => {
    const { d1, get } = await longAgo()
    for (const message of ['D1_ERROR: no such column: users.new', 'Network connection lost.']) {
      d1.breakWith(message)
      expect(await get('/auth/users/me/')).toEqual({ status: 200, primary: 1, near: 1 })
    }
  })

  test('for a session that was revoked, in the words of the primary', async () => {
    const { d1, api, access, get } = await longAgo()
    await api.delete('/auth/sessions/', {}, { token: access })
    await api.post('/auth/jwt/logout/', {}, { token: access })
    await d1.catchUp()
    wait(121)
    await pulse(d1)
    await d1.catchUp()
    expect(await get('/auth/users/me/')).toEqual({ status: 401, primary: 1, near: 1 })
  })
})

describe('a replica is believed while it is young', () => {
  test.each([
    [88, { status: 200, primary: 0, near: 1 }],
    [91, { status: 200, primary: 1, near: 1 }],
  ])('%i s after the last pulse', async (seconds, calls) => {
    const { get } = await longAgo()
    wait(seconds)
    expect(await get('/auth/users/me/')).toEqual(calls)
  })

  test('and not if its pulse comes from a clock that is fast', async () => {
    const { d1, get } = await longAgo()
    await cron(Date.now() + 91_000, { DB: d1.DB, D1_READ_REPLICATION: true })
    await d1.catchUp()
    expect(await get('/auth/users/me/')).toEqual({ status: 200, primary: 1, near: 1 })
  })
})

describe('users read what they wrote', () => {
  test('at the primary for five seconds', async () => {
    const { api, access, get } = await longAgo()
    await api.patch('/auth/users/me/', { first_name: 'Augusta' }, { token: access })
    expect(await get('/auth/users/me/')).toEqual({ status: 200, primary: 1, near: 0 })
    const { body } = await api.get('/auth/users/me/', { token: access })
    expect(body.first_name).toBe('Augusta')
  })

  test('at a replica that waits for the write, for two minutes', async () => {
    const { d1, api, access } = await longAgo()
    await api.patch('/auth/users/me/', { first_name: 'Augusta' }, { token: access })
    for (const seconds of [6, 60]) {
      wait(seconds)
      const before = { ...d1.calls }
      const { body } = await api.get('/auth/users/me/', { token: access })
      expect(body.first_name).toBe('Augusta')
      expect(d1.calls).toEqual({ primary: before.primary, near: before.near + 1 })
    }
  })

  test('at a replica that is behind, as long as it is believed', async () => {
    const { d1, api, access } = await longAgo()
    wait(10)
    await api.patch('/auth/users/me/', { first_name: 'Augusta' }, { token: access })
    wait(75)
    const { near } = d1.calls
    const { body } = await api.get('/auth/users/me/', { token: access })
    expect([body.first_name, d1.calls.near]).toEqual(['Augusta', near + 1])
  })

  test('when staff edit them, disable them or revoke their sessions', async () => {
    const { d1, vars, id, get } = await longAgo()
    const eve = await loggedIn(vars)
    await makeStaff(eve.id)
    const token = eve.access
    await eve.api.patch(`/auth/users/${id}/`, { first_name: 'Augusta' }, { token })
    expect(await get('/auth/users/me/')).toEqual({ status: 200, primary: 1, near: 0 })
    wait(61)
    await pulse(d1)
    await d1.catchUp()
    await eve.api.delete(`/auth/sessions/?user=${id}`, {}, { token })
    expect(await get('/auth/users/me/')).toEqual({ status: 401, primary: 1, near: 0 })
  })
})

describe('a list of users', () => {
  const pages = { DEFAULT_PAGINATION_CLASS: 'PageNumberPagination', PAGE_SIZE: 2 }
  const search = { ...pages, DEFAULT_FILTER_BACKENDS: 'SearchFilter' }
  const setStaff = ({ DB }: Replicated, id: number, isStaff: boolean) =>
    DB.prepare('update users set is_staff = ? where id = ?').bind(Number(isStaff), id).run()

  test.each([
    ['the list', {}, '/auth/users/'],
    ['a page', pages, '/auth/users/?page=1'],
    ['a search', search, '/auth/users/?search=ada'],
  ])(
    '%s is read at a replica, after the primary has authenticated the caller',
    async (_, settings, path) => {
      const { d1, id, get } = await longAgo(settings)
      await setStaff(d1, id, true)
      expect(await get(path)).toEqual({ status: 200, primary: 1, near: 1 })
    },
  )

  test('is awaited from a replica that takes longer than a second', async () => {
    const { d1, access, id, vars } = await longAgo()
    await setStaff(d1, id, true)
    const DB = interceptD1(d1.DB, async (statements, run) => {
      if (statements.some((text) => text.includes('"pulse"')))
        await new Promise((resolve) => setTimeout(resolve, 1100))
      return run()
    })
    const get = (path: string) =>
      callsOf(d1, () => client({ ...vars, DB }).get(path, { token: access }))
    expect(await get('/auth/users/')).toEqual({ status: 200, primary: 1, near: 1 })
    expect((await get('/auth/users/me/')).primary).toBe(1)
  })

  test('is not shown to former staff, even if the replica still calls them staff', async () => {
    const { d1, api, access, id } = await longAgo()
    await setStaff(d1, id, true)
    await d1.catchUp()
    await setStaff(d1, id, false)
    const { body } = await api.get('/auth/users/', { token: access })
    expect(body.map((user: { id: number }) => user.id)).toEqual([id])
  })

  test('has what staff have just written', async () => {
    const { d1, api, access, id, vars } = await longAgo()
    const other = await loggedIn(vars)
    await setStaff(d1, id, true)
    await settle(d1)
    await api.patch(`/auth/users/${other.id}/`, { last_name: 'King' }, { token: access })
    for (const seconds of [0, 6]) {
      wait(seconds)
      const { body } = await api.get('/auth/users/', { token: access })
      const found = body.find((user: { id: number }) => user.id === other.id)
      expect(found.last_name).toBe('King')
    }
  })

  test.each(['AllowAny', 'IsAdminUser'])(
    'has the user that staff have just created, with PERMISSIONS_USER_CREATE=%s',
    async (PERMISSIONS_USER_CREATE) => {
      const { d1, vars, access, id } = await longAgo()
      await setStaff(d1, id, true)
      await settle(d1)
      const api = client({ ...vars, PERMISSIONS_USER_CREATE })
      const { body: made } = await api.post('/auth/users/', newPerson(), { token: access })
      const { body } = await api.get('/auth/users/', { token: access })
      expect(body.map((user: { id: number }) => user.id)).toContain(made.id)
    },
  )
})

describe('the primary alone is asked', () => {
  test('for another user, also by staff', async () => {
    const { d1, api, access, id, get, vars } = await longAgo()
    const other = await loggedIn(vars)
    await settle(d1)
    const paths = [`/auth/users/${other.id}/`, `/auth/users/${other.id}/events/`]
    for (const path of ['/auth/users/', ...paths, `/auth/sessions/?user=${other.id}`]) {
      expect((await get(path)).near, path).toBe(0)
    }
    await makeStaff(id)
    for (const path of paths) {
      expect((await api.get(path, { token: access })).status).toBe(200)
      expect((await get(path)).near, path).toBe(0)
    }
  })

  test('for every write, and for what refresh and verify read', async () => {
    const { d1, api, refresh, access } = await longAgo()
    const { near } = d1.calls
    await api.post('/auth/jwt/refresh/', { refresh })
    await api.post('/auth/jwt/verify/', { token: refresh })
    await api.patch('/auth/users/me/', { last_name: 'King' }, { token: access })
    const change = { current_password: password, new_password: 'a flock of geese' }
    await api.post('/auth/users/set_password/', change, { token: access })
    expect(d1.calls.near).toBe(near)
  })

  test('for every statement but a select', async () => {
    const d1 = replicated()
    await d1.catchUp()
    const { replicas } = database(d1.DB, { d1Timeout: 5, d1ReadReplication: true })
    const deletion = replicas?.nearest(undefined, 1).delete(pulses)
    await expect(deletion).rejects.toThrow('Failed query')
  })

  test('without D1_READ_REPLICATION', async () => {
    const d1 = replicated()
    const { api, access } = await loggedIn({ DB: d1.DB, D1_READ_REPLICATION: false })
    wait(121)
    const me = () => api.get('/auth/users/me/', { token: access })
    expect(await callsOf(d1, me)).toEqual({ status: 200, primary: 1, near: 0 })
  })
})
