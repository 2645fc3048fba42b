// Logins that replace an authtoken key whose SECRET_KEY was removed, at the same moment as each other or as a reset.

import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { linkTo, password, person } from '../support/people.ts'
import { beforeRoundTrip, interceptD1, isDelivery } from '../support/trips.ts'

const newPassword = 'a flock of herons'

describe('an authtoken key whose SECRET_KEY was removed', () => {
  const SECRET_KEY = 'another-secret-key-of-the-tests-0123456789' // the old one is no fallback

  test('is not replaced by a login whose password is reset in between', async () => {
    const { api, email, id } = await person()
    await api.post('/auth/token/login/', { email, password })
    const now = client({ SECRET_KEY })
    const link = await linkTo(now, 'reset_password', email)
    let trips = 0
    const DB = beforeRoundTrip(env.DB, async (statements) => {
      if (isDelivery(statements) || ++trips !== 3) return
      const reset = { ...link, new_password: newPassword }
      expect((await now.post('/auth/users/reset_password_confirm/', reset)).status).toBe(204)
    })

    const { status, body } = await client({ SECRET_KEY, DB }).post('/api-token-auth/', {
      username: email,
      password,
    })

    expect([status, body.token]).toEqual([400, undefined])
    const query = 'select count(*) as keys from auth_tokens where user_id = ?'
    expect(await env.DB.prepare(query).bind(id).first('keys')).toBe(0)
  })

  test('is replaced once by logins at the same moment, which all answer the new one', async () => {
    const { api, email } = await person()
    await api.post('/auth/token/login/', { email, password })
    const logIn = () =>
      client({ SECRET_KEY }).post('/api-token-auth/', { username: email, password })

    const answers = await Promise.all([logIn(), logIn(), logIn()])

    const keys = new Set(answers.map(({ body }) => body.token))
    expect(keys.size).toBe(1)
    const headers = { authorization: `Token ${[...keys][0]}` }
    expect((await client({ SECRET_KEY }).get('/auth/users/me/', { headers })).status).toBe(200)
  })

  test('is replaced once if D1’s answer is lost and the batch is sent again', async () => {
    const { api, email, id } = await person()
    await api.post('/auth/token/login/', { email, password })
    let trips = 0
    const DB = interceptD1(env.DB, async (statements, run) => {
      const answer = await run()
      if (!isDelivery(statements) && ++trips === 3) throw new Error('Network connection lost.')
      return answer
    })

    const { body } = await client({ SECRET_KEY, DB }).post('/auth/token/login/', {
      email,
      password,
    })

    const headers = { authorization: `Token ${body.auth_token}` }
    expect((await client({ SECRET_KEY }).get('/auth/users/me/', { headers })).status).toBe(200)
    const query = 'select count(*) as keys from auth_tokens where user_id = ?'
    expect(await env.DB.prepare(query).bind(id).first('keys')).toBe(1)
  })

  test('is replaced by a login that also replaces the password hash', async () => {
    const { api, email } = await person()
    await api.post('/auth/token/login/', { email, password })
    const rehashing = client({ SECRET_KEY, ARGON2_MEMORY_COST: 128 })

    const { body } = await rehashing.post('/auth/token/login/', { email, password })

    const headers = { authorization: `Token ${body.auth_token}` }
    expect((await rehashing.get('/auth/users/me/', { headers })).status).toBe(200)
  })
})
