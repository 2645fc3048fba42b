// D1_READ_REPLICATION with USER_PK=uuid: a token names the UUID, so the last write of a user is found by it.

import { expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { clockAt, wait } from '../support/clock.ts'
import { logIn, makeStaff, person } from '../support/people.ts'
import { byUuid, idsOf } from '../support/uuids.ts'
import { longAgo, settle } from './setup.ts'

clockAt(new Date('2032-06-01T12:00:00Z'))

const numbers = { USER_PK: 'id' }

/** The access token of a staff user on the same database. */
async function staffOn(vars: Record<string, unknown>) {
  const { api, email } = await person(vars)
  await makeStaff((await idsOf(email)).number)
  return { api, token: String((await logIn(api, { email })).body.access) }
}

test('users read what they wrote, then near, and take as many calls as with the number', async () => {
  for (const vars of [byUuid, numbers]) {
    const { d1, api, access: token, get } = await longAgo(vars)
    expect(await get('/auth/users/me/')).toEqual({ status: 200, primary: 0, near: 1 })
    await api.patch('/auth/users/me/', { first_name: 'Augusta' }, { token })
    expect(await get('/auth/users/me/')).toEqual({ status: 200, primary: 1, near: 0 })
    wait(6)
    const { near } = d1.calls
    const { body } = await api.get('/auth/users/me/', { token })
    expect([body.first_name, d1.calls.near]).toEqual(['Augusta', near + 1])
  }
})

test.each(['disables', 'logs out', 'revokes a session of'])(
  'a token is refused at once after staff %s its user',
  async (act) => {
    const { d1, vars, email, api, access, get } = await longAgo(byUuid)
    const staff = await staffOn(vars)
    await settle(d1)
    expect(await get('/auth/users/me/')).toEqual({ status: 200, primary: 0, near: 1 })
    const { uuid } = await idsOf(email)
    const call = { token: staff.token }
    if (act === 'disables') await staff.api.post(`/auth/users/${uuid}/disable/`, {}, call)
    else if (act === 'logs out') {
      await staff.api.delete(`/auth/sessions/?user=${uuid}`, undefined, call)
    } else {
      const [session] = (await api.get('/auth/sessions/', { token: access })).body
      await staff.api.delete(`/auth/sessions/${session.id}/`, undefined, call)
    }
    expect(await get('/auth/users/me/')).toEqual({ status: 401, primary: 1, near: 0 })
  },
)

test('a refresh token from before the switch ends its session at once', async () => {
  const { d1, vars, refresh } = await longAgo(numbers)
  const later = client({ ...vars, ...byUuid })
  const { access: token } = (await later.post('/auth/jwt/refresh/', { refresh })).body
  await settle(d1)
  const { near } = d1.calls
  expect((await later.get('/auth/users/me/', { token })).status).toBe(200)
  expect(d1.calls.near).toBe(near + 1)
  expect((await later.post('/auth/jwt/logout/', { refresh })).status).toBe(204)
  expect((await later.get('/auth/users/me/', { token })).status).toBe(401)
})
