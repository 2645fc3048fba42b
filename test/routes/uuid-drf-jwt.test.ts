// USER_PK = "uuid" with drf-jwt's tokens, impersonation, and the service binding.

import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { decodeJwt } from 'jose'
import { describe, expect, test } from 'vitest'
import { Gatehouse } from '../../src/rpc.ts'
import { password } from '../support/people.ts'
import { byUuid, loggedInWithUuid, personWithUuid } from '../support/uuids.ts'

const drfJwt = { DRF_JWT: true, DRF_JWT_PACKAGE: 'drf-jwt' }

/** A user with a token of drf-jwt. */
async function userWithToken(rights: { superuser?: boolean } = {}, more: object = {}) {
  const user = await personWithUuid({ ...drfJwt, ...more }, rights)
  const { body } = await user.api.post('/api-token-auth/', { email: user.email, password })
  return { ...user, token: String(body.token) }
}

describe('a token of drf-jwt', () => {
  test('names the UUID with JWT_PAYLOAD_INCLUDE_USER_ID, in each token of its family', async () => {
    const { api, uuid, token } = await userWithToken()
    const { body } = await api.post('/api-token-refresh/', { token })
    for (const each of [token, body.token]) {
      expect(decodeJwt(each).user_id).toBe(uuid)
      expect((await api.get('/auth/users/me/', { token: each })).body.id).toBe(uuid)
    }
  })

  test('of djangorestframework-jwt names the UUID, too', async () => {
    const more = { DRF_JWT_PACKAGE: 'djangorestframework-jwt' }
    const { api, uuid, token } = await userWithToken({}, more)
    expect(decodeJwt(token).user_id).toBe(uuid)
    expect((await api.post('/api-token-verify/', { token })).status).toBe(200)
  })
})

describe('POST /auth/impersonate/', () => {
  test('takes the UUID, and names the UUID of the actor', async () => {
    const root = await userWithToken({ superuser: true })
    const ada = await personWithUuid()
    const call = { token: root.token }
    for (const user of [ada.uuid, ada.uuid.toUpperCase(), ada.uuid.replaceAll('-', '')]) {
      const { status, body } = await root.api.post('/auth/impersonate/', { user }, call)
      const { user_id, act } = decodeJwt(body.token)
      expect([status, user_id, act]).toMatchObject([201, ada.uuid, { sub: root.uuid }])
      const me = await root.api.get('/auth/users/me/', { token: body.token })
      expect(me.body.id).toBe(ada.uuid)
      const out = await root.api.post('/auth/logout/', { token: body.token }, call)
      expect(out.status).toBe(201)
    }
    const staff = await loggedInWithUuid({}, { staff: true })
    const events = await staff.api.get(`/auth/users/${ada.uuid}/events/`, { token: staff.access })
    const impersonated = events.body.find(({ type }: { type: string }) => type === 'impersonated')
    expect(impersonated.actor).toBe(root.uuid)
  })

  test('answers as PrimaryKeyRelatedField to what is not a UUID', async () => {
    const root = await userWithToken({ superuser: true })
    const nobody = crypto.randomUUID()
    const answers = [
      [nobody, `Invalid pk "${nobody}" - object does not exist.`],
      [root.number, `Invalid pk "${root.number}" - object does not exist.`],
      ['abc', '“abc” is not a valid UUID.'],
      ['', 'This field may not be null.'],
      [null, 'This field may not be null.'],
      [true, 'Incorrect type. Expected pk value, received bool.'],
    ]
    for (const [user, sentence] of answers) {
      const sent = { user }
      const { status, body } = await root.api.post('/auth/impersonate/', sent, {
        token: root.token,
      })
      expect([user, status, body]).toEqual([user, 400, { user: [sentence] }])
    }
  })
})

describe('the service binding', () => {
  const service = () => new Gatehouse(createExecutionContext(), { ...env, ...byUuid })

  test('answers and takes the UUID', async () => {
    const ada = await loggedInWithUuid()
    for (const options of [{}, { stateless: true }, { fresh: true }]) {
      const verified = await service().verify(ada.access, options)
      expect(verified).toMatchObject({ valid: true, user_id: ada.uuid })
    }
    expect(await service().user(ada.uuid)).toMatchObject({ id: ada.uuid, email: ada.email })
    expect(await service().user(ada.uuid.toUpperCase())).toMatchObject({ id: ada.uuid })
    for (const id of [ada.number, 'abc', '', crypto.randomUUID()]) {
      expect(await service().user(id)).toBeNull()
    }
  })
})
