// The people and tokens that the recorded requests of drf-jwt speak of, made for one dialect's settings.

import { env } from 'cloudflare:workers'
import { decodeJwt, type JWTPayload, SignJWT } from 'jose'
import { client } from '../../support/api.ts'
import { newEmail, password } from '../../support/people.ts'

export type World = Awaited<ReturnType<typeof newWorld>>

interface Forgery {
  without?: string[]
  claims?: JWTPayload
  alg?: string
  key?: string
}

let count = 0

/** Alice and the superuser root, as if imported: what another Django signed counts for them. */
export async function newWorld(vars: Record<string, unknown>) {
  const api = client({
    DRF_JWT: true,
    LOGIN_FIELD: 'username',
    SEND_ACTIVATION_EMAIL: false,
    THROTTLE_ENABLED: false,
    ...vars,
  })
  const [alice, root] = [await newPerson(api, 'alice'), await newPerson(api, 'root')]
  await env.DB.prepare('update users set is_superuser = 1 where id = ?').bind(root.id).run()

  async function tokenOf({ username }: Person): Promise<string> {
    const { body } = await api.post('/api-token-auth/', { username, password })
    return body.token
  }
  return {
    api,
    prefix: vars.DRF_JWT_PACKAGE === 'drf-jwt' ? 'Bearer' : 'JWT',
    alice,
    root,
    token: await tokenOf(alice),
    tokenOf,
    /** Alice's token, but for what is wrong with it. */
    async forge({ without = [], claims = {}, alg = 'HS256', key = env.SIGNING_KEY }: Forgery) {
      const sound = decodeJwt(await tokenOf(alice))
      const left = Object.entries({ ...sound, ...claims }).filter(
        ([name]) => !without.includes(name),
      )
      return new SignJWT(Object.fromEntries(left))
        .setProtectedHeader({ typ: 'JWT', alg })
        .sign(new TextEncoder().encode(key))
    },
    disableAlice: () =>
      env.DB.prepare("update users set status = 'disabled' where id = ?").bind(alice.id).run(),
    enableAlice: () =>
      env.DB.prepare("update users set status = 'active' where id = ?").bind(alice.id).run(),
  }
}

export interface Person {
  id: number
  username: string
  email: string
}

async function newPerson(api: ReturnType<typeof client>, name: string): Promise<Person> {
  const username = `${name}.${Date.now()}.${count++}`
  const email = newEmail(name)
  const { body } = await api.post('/auth/users/', { username, email, password })
  await env.DB.prepare('update users set token_version = 0 where id = ?').bind(body.id).run()
  return { id: body.id, username, email }
}
