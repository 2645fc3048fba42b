// Access tokens without a session, as the Django of an imported user issued them under the same key.

import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { type JWTPayload, SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { Gatehouse } from '../../src/rpc.ts'
import { type Api, client } from '../support/api.ts'
import { linkTo, loggedIn, makeStaff, password, person } from '../support/people.ts'
import { beforeRoundTrip } from '../support/trips.ts'

const key = new TextEncoder().encode(env.SIGNING_KEY)
const next = 'a flock of herons'

const issued = (user_id: number, given: JWTPayload = {}) =>
  new SignJWT({
    ...{ token_type: 'access', exp: Date.now() / 1000 + 86_400, iat: Date.now() / 1000 - 60 },
    ...{ jti: crypto.randomUUID(), user_id },
    ...given,
  })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(key)

/** An imported user, and an access token of their Django that is valid for a day. */
async function imported(vars: Record<string, unknown> = {}) {
  const user = await person(vars)
  await env.DB.prepare('update users set token_version = 0 where id = ?').bind(user.id).run()
  return { ...user, token: await issued(user.id) }
}

type Imported = Awaited<ReturnType<typeof imported>>

async function staff() {
  const boss = await loggedIn()
  await makeStaff(boss.id)
  return boss
}

const endings: Record<string, (user: Imported) => Promise<unknown>> = {
  'a reset': reset,
  set_password: ({ api, token }) =>
    api.post(
      '/auth/users/set_password/',
      { current_password: password, new_password: next },
      { token },
    ),
  'revoking all sessions': ({ api, token }) => api.delete('/auth/sessions/', undefined, { token }),
  'disabling and enabling': async ({ id }) => {
    const { api, access } = await staff()
    const token = { token: access }
    expect((await api.post(`/auth/users/${id}/disable/`, undefined, token)).status).toBe(204)
    expect((await api.post(`/auth/users/${id}/enable/`, undefined, token)).status).toBe(204)
  },
}

async function reset({ api, email }: { api: Api; email: string }) {
  const link = await linkTo(api, 'reset_password', email)
  return api.post('/auth/users/reset_password_confirm/', { ...link, new_password: next })
}

const me = async (api: Api, token: string) => {
  const { status, body } = await api.get('/auth/users/me/', { token })
  return status === 200 ? 200 : [status, body.code]
}
const refused = [401, 'token_not_valid']
/** Simple JWT has its own code for a token of an earlier password. */
const refusedUnder = (vars: { CHECK_REVOKE_TOKEN: boolean }) =>
  vars.CHECK_REVOKE_TOKEN ? [401, 'password_changed'] : refused

describe.each([
  { CHECK_SESSION: true, CHECK_REVOKE_TOKEN: false },
  { CHECK_SESSION: false, CHECK_REVOKE_TOKEN: false },
  { CHECK_SESSION: false, CHECK_REVOKE_TOKEN: true },
])('an access token without a session, with %o', (vars) => {
  test.each(Object.keys(endings))('gives an imported user access, until %s', async (ending) => {
    const user = await imported({ ...vars, LOGOUT_ON_PASSWORD_CHANGE: false })
    const { api, token } = user
    expect(await me(api, token)).toBe(200)

    await endings[ending]?.(user)

    expect(await me(api, token)).toEqual(refusedUnder(vars))
    expect(await me(api, await issued(user.id))).toEqual(refusedUnder(vars))
  })

  test('is refused for a user that signed up here', async () => {
    const { api, id } = await person(vars)
    expect(await me(api, await issued(id))).toEqual(refusedUnder(vars))
  })
})

test.each([null, 1, true, {}, [['x']]])(
  'a token with the session id %o is invalid',
  async (sid) => {
    const { api, id } = await imported()
    const token = await issued(id, { sid: sid as unknown })
    expect(await me(api, token)).toEqual(refused)
    expect((await api.post('/auth/jwt/verify/', { token })).status).toBe(401)
  },
)

test('a token is refused if a reset commits just before the user is read', async () => {
  const user = await imported()
  const DB = beforeRoundTrip(env.DB, async () => {
    await reset(user)
  })
  expect(await me(client({ DB }), user.token)).toEqual(refused)
})

test('another Worker gets the same answer by a service binding, but a stateless check cannot know', async () => {
  const service = new Gatehouse(createExecutionContext(), env)
  const user = await imported()
  const { token } = user
  expect(await service.verify(token)).toMatchObject({ valid: true, user_id: user.id })

  await reset(user)

  expect(await service.verify(token)).toMatchObject({ valid: false, code: 'token_not_valid' })
  expect(await service.verify(token, { stateless: true })).toMatchObject({ valid: true })
})
