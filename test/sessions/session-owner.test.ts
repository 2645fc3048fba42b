// A token names its user and its session. If USER_ID_FIELD is a login name, another user may have that name now. So the
// session must belong to that user.

import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { decodeJwt, type JWTPayload, SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { Gatehouse } from '../../src/rpc.ts'
import { type Api, client } from '../support/api.ts'
import { loggedIn, newEmail, password, person } from '../support/people.ts'
import { beforeRoundTrip } from '../support/trips.ts'

const fields = {
  email: { USER_ID_FIELD: 'email' },
  username: { USER_ID_FIELD: 'username', LOGIN_FIELD: 'username', SEND_ACTIVATION_EMAIL: false },
}
type Field = keyof typeof fields

/** Signs a user up under a name, and activates the account. */
async function signUp(api: Api, field: Field, name: string) {
  const names = { first_name: 'Ada', last_name: 'Lovelace' }
  await api.post('/auth/users/', { [field]: name, password, ...names })
  if (field === 'username') return
  const [{ uid, token }] = await api.mail(name)
  await api.post('/auth/users/activation/', { uid, token })
}

async function logIn(api: Api, field: Field, name: string) {
  const { body } = await api.post('/auth/jwt/create/', { [field]: name, password })
  return body as { access: string; refresh: string }
}

/** The user keeps the tokens that were issued under the old name. */
const rename = (from: string, to: string, field: Field) =>
  env.DB.prepare(
    `update users set ${field} = ?2${field === 'email' ? ', email_key = ?2' : ''} where ${field} = ?1`,
  )
    .bind(from, to)
    .run()

const newName = (field: Field) =>
  field === 'email' ? newEmail('vic') : newEmail('vic').slice(0, 24)

describe.each(Object.keys(fields) as Field[])('with USER_ID_FIELD=%s', (field) => {
  test.each([true, false])(
    'a token gives no access after another user has taken its name (CHECK_SESSION %s)',
    async (CHECK_SESSION) => {
      const vars = { ...fields[field], CHECK_SESSION }
      const api = client(vars)
      const name = newName(field)
      await signUp(api, field, name)
      const { access, refresh } = await logIn(api, field, name)
      await rename(name, newName(field), field)
      const victim = client(vars)
      await signUp(victim, field, name)
      const victimTokens = await logIn(victim, field, name)

      for (const path of ['users/me/', 'users/me/export/', 'users/me/events/', 'sessions/']) {
        expect((await api.get(`/auth/${path}`, { token: access })).status, path).toBe(401)
      }
      expect((await api.delete('/auth/sessions/', undefined, { token: access })).status).toBe(401)
      const service = new Gatehouse(createExecutionContext(), { ...env, ...vars })
      expect(await service.verify(access)).toMatchObject({ valid: false })
      expect((await victim.get('/auth/users/me/', { token: victimTokens.access })).status).toBe(200)

      // The session still belongs to its owner: its new tokens name the owner by the new name.
      const refreshed = await api.post('/auth/jwt/refresh/', { refresh })
      expect(decodeJwt(refreshed.body.access).user_id).not.toBe(name)
    },
  )

  test('the revocation of a session by its refresh token is recorded only for its owner', async () => {
    const api = client(fields[field])
    const name = newName(field)
    await signUp(api, field, name)
    const { refresh } = await logIn(api, field, name)
    await rename(name, newName(field), field)
    await signUp(api, field, name)
    const victimTokens = await logIn(api, field, name)

    await api.post('/api/token/blacklist/', { refresh })

    const events = await api.get('/auth/users/me/events/', { token: victimTokens.access })
    const kinds = events.body.map(({ kind }: { kind: string }) => kind)
    expect(kinds).not.toContain('token_blacklisted')
    expect((await api.get('/auth/users/me/', { token: victimTokens.access })).status).toBe(200)
  })
})

/** Two imported users, and what issues tokens of their Django. */
async function importedPair(vars: Record<string, unknown>) {
  const [first, second] = [await loggedIn(vars), await loggedIn(vars)]
  for (const { id } of [first, second]) {
    await env.DB.prepare('update users set token_version = 0 where id = ?').bind(id).run()
  }
  const issued = (claims: JWTPayload) =>
    new SignJWT({ exp: Date.now() / 1000 + 3600, jti: crypto.randomUUID(), ...claims })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .sign(new TextEncoder().encode(env.SIGNING_KEY))
  return { first, second, issued }
}

/** The first user gives the name up and the second takes it, both over HTTP. */
async function handOver({ first, second }: Awaited<ReturnType<typeof importedPair>>) {
  const set = ({ api, access }: typeof first, new_email: string) =>
    api.post('/auth/users/set_email/', { new_email, current_password: password }, { token: access })
  expect((await set(first, newEmail())).status).toBe(204)
  expect((await set(second, first.email)).status).toBe(204)
}

test('Django’s tokens that name an imported user by login name give no access to the account that takes the name', async () => {
  const vars = {
    ...{ USER_ID_FIELD: 'email', AUTH_TOKEN_CLASSES: 'AccessToken,SlidingToken' },
    EMAIL_CHANGE_CONFIRMATION: false,
  }
  const pair = await importedPair(vars)
  const { api, email: user_id } = pair.first
  const [access, sliding, refresh] = await Promise.all(
    ['access', 'sliding', 'refresh'].map((token_type) => pair.issued({ token_type, user_id })),
  )
  const me = async (token?: string) => (await api.get('/auth/users/me/', { token })).status
  expect([await me(access), await me(sliding)]).toEqual([200, 200])

  await handOver(pair)

  expect([await me(access), await me(sliding)]).toEqual([401, 401])
  expect((await api.post('/auth/jwt/refresh/', { refresh })).status).toBe(401)
})

test('a drf-jwt token without an id gives no access to the account that takes the name', async () => {
  const vars = { DRF_JWT: true, EMAIL_CHANGE_CONFIRMATION: false, JWT_AUTH_HEADER_PREFIX: 'JWT' }
  const pair = await importedPair(vars)
  const { api, email: username } = pair.first
  const headers = { authorization: `JWT ${await pair.issued({ username })}` }
  expect((await api.get('/auth/users/me/', { headers })).status).toBe(200)

  await handOver(pair)

  expect((await api.get('/auth/users/me/', { headers })).status).toBe(401)
})

test('a token gives no access if its name changes owners just before the user is read', async () => {
  const vars = fields.email
  const [mine, victimTokens] = [await loggedIn(vars), await person(vars)]
  const DB = beforeRoundTrip(env.DB, async () => {
    await rename(mine.email, newEmail(), 'email')
    await rename(victimTokens.email, mine.email, 'email')
  })

  const { status, body } = await client({ ...vars, DB }).get('/auth/users/me/', {
    token: mine.access,
  })

  expect([status, body.code]).toEqual([401, 'token_not_valid'])
})
