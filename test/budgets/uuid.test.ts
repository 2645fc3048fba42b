// A request that names a user by the UUID takes as many round trips as one that names them by the number.

import { expect, test } from 'vitest'
import { linkTo, logIn, makeStaff, password, person } from '../support/people.ts'
import { idsOf } from '../support/uuids.ts'
import { counting } from './counting.ts'

async function tripsBy(userPk: 'id' | 'uuid') {
  const vars = { USER_PK: userPk }
  const [staff, ada] = [await person(vars), await person(vars)]
  await makeStaff((await idsOf(staff.email)).number)
  const { number, uuid } = await idsOf(ada.email)
  const id = userPk === 'id' ? number : uuid
  const token = (await logIn(staff.api, staff)).body.access
  const own = (await logIn(ada.api, ada)).body
  const link = await linkTo(ada.api, 'reset_password', ada.email)
  const { api, roundTrips } = counting(vars)
  const trips: Record<string, number> = {}
  const count = async (name: string, request: () => Promise<{ status: number }>) => {
    const before = roundTrips()
    const { status } = await request()
    expect([name, Math.floor(status / 100)]).toEqual([name, 2])
    trips[name] = roundTrips() - before
  }
  const url = `/auth/users/${id}/`
  await count('me', () => api.get('/auth/users/me/', { token: own.access }))
  await count('own events', () => api.get('/auth/users/me/events/', { token: own.access }))
  await count('refresh', () => api.post('/auth/jwt/refresh/', { refresh: own.refresh }))
  await count('user', () => api.get(url, { token }))
  await count('edit', () => api.patch(url, { role: 'driver' }, { token }))
  await count('events', () => api.get(`${url}events/`, { token }))
  await count('sessions', () => api.get(`/auth/sessions/?user=${id}`, { token }))
  await count('log out', () => api.delete(`/auth/sessions/?user=${id}`, undefined, { token }))
  const reset = { ...link, new_password: 'a flock of geese' }
  await count('reset', () => api.post('/auth/users/reset_password_confirm/', reset))
  await count('disable', () => api.post(`${url}disable/`, {}, { token }))
  await count('enable', () => api.post(`${url}enable/`, {}, { token }))
  await count('delete', () => api.delete(url, { current_password: password }, { token }))
  return trips
}

test('each takes the same', async () => {
  const trips = await tripsBy('uuid')
  expect(trips).toEqual(await tripsBy('id'))
  expect(trips).toMatchObject({ me: 1, refresh: 1, user: 2, events: 2, sessions: 2, disable: 2 })
})
