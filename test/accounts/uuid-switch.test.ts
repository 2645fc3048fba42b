// USER_PK is switched on a database with users, sessions and tokens; and users that have no UUID.

import { env } from 'cloudflare:workers'
import { decodeJwt } from 'jose'
import { describe, expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { cron } from '../support/cron.ts'
import { linkTo, loggedIn, logIn, newPerson, password, person } from '../support/people.ts'
import {
  byUuid,
  idsOf,
  loggedInWithUuid,
  personWithUuid,
  removeUuid,
  uuidForm,
} from '../support/uuids.ts'

describe('a user gets a UUID', () => {
  test('at sign-up, whatever the setting', async () => {
    const sent = newPerson()
    const { body } = await client().post('/auth/users/', sent)
    const { number, uuid } = await idsOf(sent.email)
    expect(body.id).toBe(number)
    expect(uuid).toMatch(uuidForm)
  })

  test('from the cron, if an earlier version inserted the row', async () => {
    const people = [await person(), await person(), await personWithUuid()]
    for (const { email } of people.slice(0, 2)) await removeUuid((await idsOf(email)).number)
    const before = people[2]

    await cron(Date.now())

    const made = await Promise.all(people.map(async ({ email }) => (await idsOf(email)).uuid))
    for (const uuid of made) expect(uuid).toMatch(uuidForm)
    expect(new Set(made).size).toBe(3)
    expect(made[2]).toBe(before && 'uuid' in before && before.uuid)
  })
})

describe('a token from before the switch to UUIDs', () => {
  test('is refused if it is an access token; its refresh token is exchanged as before', async () => {
    const { email, access, refresh, id } = await loggedIn()
    const { uuid } = await idsOf(email)
    const api = client(byUuid)
    const { status, body } = await api.get('/auth/users/me/', { token: access })
    expect([status, body.code]).toEqual([401, 'user_not_found'])

    const next = await api.post('/auth/jwt/refresh/', { refresh })
    expect([decodeJwt(access).user_id, decodeJwt(next.body.access).user_id]).toEqual([id, uuid])
    expect((await api.get('/auth/users/me/', { token: next.body.access })).body.id).toBe(uuid)
    const end = await api.post('/auth/jwt/logout/', { refresh })
    expect(end.status).toBe(204)
    expect((await api.get('/auth/users/me/', { token: next.body.access })).status).toBe(401)
  })

  test('is refused if it slides, or has no session', async () => {
    const vars = { AUTH_TOKEN_CLASSES: 'AccessToken,SlidingToken', DRF_JWT: true }
    const { email, api } = await person(vars)
    const sliding = (await api.post('/api/token/sliding/', { email, password })).body.token
    const later = client({ ...byUuid, ...vars })
    expect((await later.get('/auth/users/me/', { token: sliding })).status).toBe(401)
    const refreshed = await later.post('/api/token/sliding/refresh/', { token: sliding })
    expect(refreshed.status).toBe(401)
    const drfJwt = (await api.post('/api-token-auth/', { email, password })).body.token
    const headers = { authorization: `JWT ${drfJwt}` }
    expect((await later.get('/auth/users/me/', { headers })).status).toBe(401)
    expect((await later.post('/api-token-refresh/', { token: drfJwt })).status).toBe(400)
  })

  test('is refused after the switch back, too', async () => {
    const { access, refresh, number } = await loggedInWithUuid()
    expect((await client().get('/auth/users/me/', { token: access })).status).toBe(401)
    const { body } = await client().post('/auth/jwt/refresh/', { refresh })
    expect((await client().get('/auth/users/me/', { token: body.access })).body.id).toBe(number)
  })

  test('ends no link: one that was mailed before is invalid, and another can be requested', async () => {
    const { api, email } = await person()
    const sent = {
      ...(await linkTo(api, 'reset_password', email)),
      new_password: 'a flock of geese',
    }
    const later = client({ ...byUuid, MAIL_COOLDOWN: '0.001' })
    const path = '/auth/users/reset_password_confirm/'
    expect((await later.post(path, sent)).body).toHaveProperty('uid')
    const link = await linkTo(later, 'reset_password', email)
    expect((await later.post(path, { ...sent, ...link })).status).toBe(204)
  })
})

describe('a user without a UUID, until the cron has made one', () => {
  test('is named by the number everywhere', async () => {
    const staff = await loggedInWithUuid({}, { staff: true })
    const { api, email, number } = await personWithUuid()
    await removeUuid(number)
    const { body } = await logIn(api, { email })
    const token = body.access
    expect(decodeJwt(token).user_id).toBe(number)
    expect((await api.get('/auth/users/me/', { token })).body.id).toBe(number)
    for (const path of ['', 'events/']) {
      const url = `/auth/users/${number}/${path}`
      expect((await staff.api.get(url, { token: staff.access })).status).toBe(200)
    }
    expect((await api.get('/auth/users/me/export/', { token })).body.user.id).toBe(number)
    const link = await linkTo(api, 'reset_password', email)
    expect(atob(link.uid)).toBe(String(number))
    const reset = { ...link, new_password: 'a flock of geese' }
    expect((await api.post('/auth/users/reset_password_confirm/', reset)).status).toBe(204)
  })
})

describe('a security event', () => {
  test('has the number of an actor that is deleted', async () => {
    const staff = await loggedInWithUuid({}, { staff: true })
    const ada = await personWithUuid()
    const url = `/auth/users/${ada.uuid}/`
    await staff.api.patch(url, { role: 'driver' }, { token: staff.access })
    await env.DB.prepare('delete from users where id = ?').bind(staff.number).run()
    const other = await loggedInWithUuid({}, { staff: true })
    const { body } = await other.api.get(`${url}events/`, { token: other.access })
    expect(body[0]).toMatchObject({ type: 'account_edited', actor: staff.number })
  })
})
