// Access tokens that name no session, as the Django of an imported user issued them under the same key.

import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { type JWTPayload, SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { Gatehouse } from '../../src/rpc.ts'
import { type Api, client } from '../support/api.ts'
import { linkTo, loggedIn, makeStaff, password, person } from '../support/people.ts'
import { gated } from '../support/trips.ts'

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

/** A user as the import leaves one, and the access token of a Django whose tokens live for days. */
async function imported(vars: Record<string, unknown> = {}) {
  const someone = await person(vars)
  await env.DB.prepare('update users set token_version = 0 where id = ?').bind(someone.id).run()
  return { ...someone, token: await issued(someone.id) }
}

type Imported = Awaited<ReturnType<typeof imported>>

async function staff() {
  const boss = await loggedIn()
  await makeStaff(boss.id)
  return boss
}

const endings: Record<string, (someone: Imported) => Promise<unknown>> = {
  'a reset': reset,
  set_password: ({ api, token }) =>
    api.post(
      '/auth/users/set_password/',
      { current_password: password, new_password: next },
      { token },
    ),
  'the end of all sessions': ({ api, token }) =>
    api.delete('/auth/sessions/', undefined, { token }),
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
/** Simple JWT has words of its own for a token of an earlier password. */
const refusedUnder = (vars: { CHECK_REVOKE_TOKEN: boolean }) =>
  vars.CHECK_REVOKE_TOKEN ? [401, 'password_changed'] : refused

describe.each([
  { CHECK_SESSION: true, CHECK_REVOKE_TOKEN: false },
  { CHECK_SESSION: false, CHECK_REVOKE_TOKEN: false },
  { CHECK_SESSION: false, CHECK_REVOKE_TOKEN: true },
])('an access token without a session, with %o', (vars) => {
  test.each(Object.keys(endings))(
    'works for an imported user, and not after %s',
    async (ending) => {
      const someone = await imported({ ...vars, LOGOUT_ON_PASSWORD_CHANGE: false })
      const { api, token } = someone
      expect(await me(api, token)).toBe(200)

      await endings[ending]?.(someone)

      expect(await me(api, token)).toEqual(refusedUnder(vars))
      expect(await me(api, await issued(someone.id))).toEqual(refusedUnder(vars))
    },
  )

  test('is refused for a user who signed up here', async () => {
    const { api, id } = await person(vars)
    expect(await me(api, await issued(id))).toEqual(refusedUnder(vars))
  })
})

test.each([null, 1, true, {}, [['x']]])('a session named by %o is invalid', async (sid) => {
  const { api, id } = await imported()
  const token = await issued(id, { sid: sid as unknown })
  expect(await me(api, token)).toEqual(refused)
  expect((await api.post('/auth/jwt/verify/', { token })).status).toBe(401)
})

test('a reset that commits just before the user is read refuses the token', async () => {
  const someone = await imported()
  const DB = gated(env.DB, async () => {
    await reset(someone)
  })
  expect(await me(client({ DB }), someone.token)).toEqual(refused)
})

test('another Worker that asks by a service binding gets the same answer; stateless cannot know', async () => {
  const service = new Gatehouse(createExecutionContext(), env)
  const someone = await imported()
  const { token } = someone
  expect(await service.verify(token)).toMatchObject({ valid: true, user_id: someone.id })

  await reset(someone)

  expect(await service.verify(token)).toMatchObject({ valid: false, code: 'token_not_valid' })
  expect(await service.verify(token, { stateless: true })).toMatchObject({ valid: true })
})
