// What each label of the recordings asks. A request may leave something behind for a later one.

import { password } from '../../support/people.ts'
import type { World } from './setup.ts'

type Answer = Awaited<ReturnType<World['api']['get']>>
type Headers = Record<string, string>
type Request = (world: World, kept: Map<string, string>) => Promise<Answer>

const obtainPath = '/api-token-auth/'
const verifyPath = '/api-token-verify/'
const refreshPath = '/api-token-refresh/'
const impersonatePath = '/auth/impersonate/'
const logoutPath = '/auth/logout/'

const now = () => Math.floor(Date.now() / 1000)
const ago = (seconds: number) => now() - seconds
const eightDays = 8 * 24 * 60 * 60
const expired = () => ({ claims: { exp: ago(5) } })
const anotherKey = { key: 'another-key-of-the-tests-0123456789-0123456789' }
const anotherAlgorithm = { alg: 'HS384' }
const stranger = { claims: { username: 'zz' } }

const header = ({ prefix }: World, token: string) => ({ authorization: `${prefix} ${token}` })
const asRoot = async (world: World) => ({
  headers: header(world, await world.tokenOf(world.root)),
})

const verify = (forgery: (world: World) => string | Promise<string>): Request =>
  async function verify(world) {
    return world.api.post(verifyPath, { token: await forgery(world) })
  }
const refresh = (forgery: (world: World) => string | Promise<string>): Request =>
  async function refresh(world) {
    return world.api.post(refreshPath, { token: await forgery(world) })
  }
const me = (headers: (world: World) => Headers | Promise<Headers>): Request =>
  async function me(world) {
    return protectedView(world, await headers(world))
  }

/** The protected view, which in the recordings names the caller. */
async function protectedView({ api }: World, headers: Headers): Promise<Answer> {
  const answer = await api.get('/api/protected-endpoint/', { headers })
  if (answer.status !== 200) return answer
  const { body } = await api.get('/auth/users/me/', { headers })
  return { ...answer, body: { u: body.username } }
}

const bodies: Record<string, Request> = {
  obtain: ({ api, alice }) => api.post(obtainPath, { username: alice.username, password }),
  'obtain bad': ({ api, alice }) =>
    api.post(obtainPath, { username: alice.username, password: 'no' }),
  'obtain {}': ({ api }) => api.post(obtainPath, {}),
  'obtain blank': ({ api }) => api.post(obtainPath, { username: '', password: '' }),
  'obtain form': ({ api, alice: { username } }) =>
    api.send('POST', obtainPath, { form: { username, password } }),
  'obtain spaces': ({ api, alice: { username } }) =>
    api.post(obtainPath, { username, password: ` ${password} ` }),
  'obtain GET': ({ api }) => api.get(obtainPath),
  'obtain sets cookie': ({ api, alice: { username } }) =>
    api.post(obtainPath, { username, password }),

  verify: verify(({ token }) => token),
  'verify {}': ({ api }) => api.post(verifyPath, {}),
  'verify garbage': verify(() => 'garbage'),
  'verify a.b.c': verify(() => 'a.b.c'),
  'verify expired': verify(({ forge }) => forge(expired())),
  'verify bad sig': verify(({ forge }) => forge(anotherKey)),
  'verify bad alg': verify(({ forge }) => forge(anotherAlgorithm)),
  'verify no username': verify(({ forge }) => forge({ without: ['username'] })),
  'verify unknown user': verify(({ forge }) => forge(stranger)),
  'verify no exp': verify(({ forge }) => forge({ without: ['exp'] })),
  'verify sets cookie': verify(({ token }) => token),
  'old token still valid': verify(({ token }) => token),

  refresh: async ({ api, token }, kept) => {
    const answer = await api.post(refreshPath, { token })
    const second = await api.post(refreshPath, { token: answer.body.token })
    kept.set('second token', second.body.token)
    kept.set('child', answer.body.token)
    return answer
  },
  'refresh expired': refresh(({ forge }) => forge(expired())),
  'refresh no orig_iat': refresh(({ forge }) => forge({ without: ['orig_iat'] })),
  'refresh past limit': refresh(({ forge }) => forge({ claims: { orig_iat: ago(eightDays) } })),
  'refresh sets cookie': refresh(({ token }) => token),
  'refresh with only cookie': ({ api, token }) =>
    api.post(refreshPath, {}, { headers: { cookie: `jwt=${token}` } }),
}

const views: Record<string, Request> = {
  'me none': me(() => ({})),
  'me ok': me((world) => header(world, world.token)),
  'me lower': me(({ prefix, token }) => ({ authorization: `${prefix.toLowerCase()} ${token}` })),
  'me other prefix': me(({ token }) => ({ authorization: `Foo ${token}` })),
  'me prefix only': me(({ prefix }) => ({ authorization: prefix })),
  'me 3 parts': me((world) => header(world, 'a b')),
  'me garbage': me((world) => header(world, 'garbage')),
  'me expired': me(async (world) => header(world, await world.forge(expired()))),
  'me no username': me(async (world) =>
    header(world, await world.forge({ without: ['username'] })),
  ),
  'me unknown': me(async (world) => header(world, await world.forge(stranger))),
  'me bad alg': me(async (world) => header(world, await world.forge(anotherAlgorithm))),
  'me bad aud': me(async (world) => header(world, await world.forge({ claims: { aud: 'zz' } }))),
  'cookie only': me(({ token }) => ({ cookie: `jwt=${token}` })),
  'cookie + bad header': me((world) => ({
    ...header(world, 'garbage'),
    cookie: `jwt=${world.token}`,
  })),
  'cookie+unparsable header': me(({ token }) => ({
    authorization: 'zz',
    cookie: `jwt=${token}`,
  })),
  'cookie+other prefix': me(({ token }) => ({
    authorization: 'Foo x',
    cookie: `jwt=${token}`,
  })),
}

const impersonation: Record<string, Request> = {
  'impersonate ok': async (world, kept) => {
    const { api, alice } = world
    const answer = await api.post(impersonatePath, { user: alice.id }, await asRoot(world))
    kept.set('impersonated', answer.body.token)
    return answer
  },
  'impersonate non-super': (world) =>
    world.api.post(impersonatePath, { user: 1 }, { headers: header(world, world.token) }),
  'impersonate anon': ({ api }) => api.post(impersonatePath, { user: 1 }),
  'impersonate missing': async (world) => world.api.post(impersonatePath, {}, await asRoot(world)),
  'impersonate 999': async (world) =>
    world.api.post(impersonatePath, { user: 999_999_999 }, await asRoot(world)),
  'impersonate str': async (world) =>
    world.api.post(impersonatePath, { user: 'zz' }, await asRoot(world)),
  'impersonate inactive': async (world) => {
    await world.disableAlice()
    const answer = await world.api.post(
      impersonatePath,
      { user: world.alice.id },
      await asRoot(world),
    )
    await world.enableAlice()
    return answer
  },
  'both cookies': async (world, kept) => {
    const own = await world.tokenOf(world.root)
    return protectedView(world, { cookie: `jwt=${own}; imp=${kept.get('impersonated')}` })
  },
  'header beats imp cookie': async (world, kept) =>
    protectedView(world, {
      ...header(world, await world.tokenOf(world.root)),
      cookie: `imp=${kept.get('impersonated')}`,
    }),
}

const blacklist: Record<string, Request> = {
  'blacklist by header': (world) =>
    world.api.post(logoutPath, undefined, { headers: header(world, world.token) }),
  'blacklist again': (world) =>
    world.api.post(logoutPath, undefined, { headers: header(world, world.token) }),
  'me blacklisted': me((world) => header(world, world.token)),
  'verify blacklisted': verify(({ token }) => token),
  'refresh blacklisted': refresh(({ token }) => token),
  "blacklist by body (someone else's)": async (world) => {
    const token = await world.tokenOf(world.alice)
    return world.api.post(logoutPath, { token }, await asRoot(world))
  },
  'refreshed child still ok?': (world, kept) =>
    protectedView(world, header(world, String(kept.get('child')))),
  'blacklist anon': ({ api }) => api.post(logoutPath, undefined),
  'blacklist garbage': async (world) =>
    world.api.post(logoutPath, { token: 'garbage' }, await asRoot(world)),
  'blacklist form': async (world) =>
    world.api.send('POST', logoutPath, { form: {}, ...(await asRoot(world)) }),
  'logout cookie': async (world) =>
    world.api.post(logoutPath, undefined, {
      headers: { cookie: `jwt=${await world.tokenOf(world.alice)}` },
    }),
}

const inactive: Record<string, Request> = {
  'obtain inactive': async (world) => {
    await world.disableAlice()
    const { username } = world.alice
    return world.api.post(obtainPath, { username, password })
  },
  'verify inactive': async (world) => {
    await world.enableAlice()
    const token = await world.tokenOf(world.alice)
    await world.disableAlice()
    return world.api.post(verifyPath, { token })
  },
  'me inactive': async (world) => {
    await world.enableAlice()
    const token = await world.tokenOf(world.alice)
    await world.disableAlice()
    return protectedView(world, header(world, token))
  },
}

export const requests: Record<string, Request> = {
  ...bodies,
  ...views,
  ...impersonation,
  ...blacklist,
  ...inactive,
}
