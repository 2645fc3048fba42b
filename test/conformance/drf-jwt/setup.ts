// The users and tokens that the recorded requests of drf-jwt name, created for the settings of one package.

import { env } from 'cloudflare:workers'
import { decodeJwt, type JWTPayload, SignJWT } from 'jose'
import { type Api, client } from '../../support/api.ts'
import { password, person } from '../../support/people.ts'

export type Setup = Awaited<ReturnType<typeof setUp>>

interface Forgery {
  without?: string[]
  claims?: JWTPayload
  alg?: string
  key?: string
}

/** Creates Alice and the superuser root as if they were imported: tokens that Django signed are valid for them. */
export async function setUp(vars: Record<string, unknown>) {
  const api = client({
    DRF_JWT: true,
    LOGIN_FIELD: 'username',
    SEND_ACTIVATION_EMAIL: false,
    THROTTLE_ENABLED: false,
    ...vars,
  })
  const [alice, root] = [await createPerson(api, 'alice'), await createPerson(api, 'root', true)]

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
    /** Alice's token with these changes. */
    async forge({ without = [], claims = {}, alg = 'HS256', key = env.SIGNING_KEY }: Forgery) {
      const valid = decodeJwt(await tokenOf(alice))
      const kept = Object.entries({ ...valid, ...claims }).filter(
        ([name]) => !without.includes(name),
      )
      return new SignJWT(Object.fromEntries(kept))
        .setProtectedHeader({ typ: 'JWT', alg })
        .sign(new TextEncoder().encode(key))
    },
    disableAlice: () => setStatus(alice.id, 'disabled'),
    enableAlice: () => setStatus(alice.id, 'active'),
  }
}

const setStatus = (id: number, status: string) =>
  env.DB.prepare('update users set status = ? where id = ?').bind(status, id).run()

type Person = Awaited<ReturnType<typeof createPerson>>

async function createPerson(api: Api, name: string, superuser = false) {
  const user = await person({}, { api, name, username: true, superuser })
  await env.DB.prepare('update users set token_version = 0 where id = ?').bind(user.id).run()
  return { ...user, username: String(user.username) }
}
