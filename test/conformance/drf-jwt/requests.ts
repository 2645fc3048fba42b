// The request of each label in the recordings. A request may keep a token for a later one.

import { password } from '../../support/people.ts'
import type { Setup } from './setup.ts'

type Answer = Awaited<ReturnType<Setup['api']['get']>>
type Headers = Record<string, string>
type Request = (setup: Setup, kept: Map<string, string>) => Promise<Answer>

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

const header = ({ prefix }: Setup, token: string) => ({ authorization: `${prefix} ${token}` })
const asRoot = async (setup: Setup) => ({
  headers: header(setup, await setup.tokenOf(setup.root)),
})

const verify = (forgery: (setup: Setup) => string | Promise<string>): Request =>
  async function verify(setup) {
    return setup.api.post(verifyPath, { token: await forgery(setup) })
  }
const refresh = (forgery: (setup: Setup) => string | Promise<string>): Request =>
  async function refresh(setup) {
    return setup.api.post(refreshPath, { token: await forgery(setup) })
  }
const me = (headers: (setup: Setup) => Headers | Promise<Headers>): Request =>
  async function me(setup) {
    return protectedView(setup, await headers(setup))
  }

/** Calls the protected view. In the recordings it answers with the caller's username. */
async function protectedView({ api }: Setup, headers: Headers): Promise<Answer> {
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
  'me ok': me((setup) => header(setup, setup.token)),
  'me lower': me(({ prefix, token }) => ({ authorization: `${prefix.toLowerCase()} ${token}` })),
  'me other prefix': me(({ token }) => ({ authorization: `Foo ${token}` })),
  'me prefix only': me(({ prefix }) => ({ authorization: prefix })),
  'me 3 parts': me((setup) => header(setup, 'a b')),
  'me garbage': me((setup) => header(setup, 'garbage')),
  'me expired': me(async (setup) => header(setup, await setup.forge(expired()))),
  'me no username': me(async (setup) =>
    header(setup, await setup.forge({ without: ['username'] })),
  ),
  'me unknown': me(async (setup) => header(setup, await setup.forge(stranger))),
  'me bad alg': me(async (setup) => header(setup, await setup.forge(anotherAlgorithm))),
  'me bad aud': me(async (setup) => header(setup, await setup.forge({ claims: { aud: 'zz' } }))),
  'cookie only': me(({ token }) => ({ cookie: `jwt=${token}` })),
  'cookie + bad header': me((setup) => ({
    ...header(setup, 'garbage'),
    cookie: `jwt=${setup.token}`,
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
  'impersonate ok': async (setup, kept) => {
    const { api, alice } = setup
    const answer = await api.post(impersonatePath, { user: alice.id }, await asRoot(setup))
    kept.set('impersonated', answer.body.token)
    return answer
  },
  'impersonate non-super': (setup) =>
    setup.api.post(impersonatePath, { user: 1 }, { headers: header(setup, setup.token) }),
  'impersonate anon': ({ api }) => api.post(impersonatePath, { user: 1 }),
  'impersonate missing': async (setup) => setup.api.post(impersonatePath, {}, await asRoot(setup)),
  'impersonate 999': async (setup) =>
    setup.api.post(impersonatePath, { user: 999_999_999 }, await asRoot(setup)),
  'impersonate str': async (setup) =>
    setup.api.post(impersonatePath, { user: 'zz' }, await asRoot(setup)),
  'impersonate inactive': async (setup) => {
    await setup.disableAlice()
    const answer = await setup.api.post(
      impersonatePath,
      { user: setup.alice.id },
      await asRoot(setup),
    )
    await setup.enableAlice()
    return answer
  },
  'both cookies': async (setup, kept) => {
    const own = await setup.tokenOf(setup.root)
    return protectedView(setup, { cookie: `jwt=${own}; imp=${kept.get('impersonated')}` })
  },
  'header beats imp cookie': async (setup, kept) =>
    protectedView(setup, {
      ...header(setup, await setup.tokenOf(setup.root)),
      cookie: `imp=${kept.get('impersonated')}`,
    }),
}

const blacklist: Record<string, Request> = {
  'blacklist by header': (setup) =>
    setup.api.post(logoutPath, undefined, { headers: header(setup, setup.token) }),
  'blacklist again': (setup) =>
    setup.api.post(logoutPath, undefined, { headers: header(setup, setup.token) }),
  'me blacklisted': me((setup) => header(setup, setup.token)),
  'verify blacklisted': verify(({ token }) => token),
  'refresh blacklisted': refresh(({ token }) => token),
  "blacklist by body (someone else's)": async (setup) => {
    const token = await setup.tokenOf(setup.alice)
    return setup.api.post(logoutPath, { token }, await asRoot(setup))
  },
  'refreshed child still ok?': (setup, kept) =>
    protectedView(setup, header(setup, String(kept.get('child')))),
  'blacklist anon': ({ api }) => api.post(logoutPath, undefined),
  'blacklist garbage': async (setup) =>
    setup.api.post(logoutPath, { token: 'garbage' }, await asRoot(setup)),
  'blacklist form': async (setup) =>
    setup.api.send('POST', logoutPath, { form: {}, ...(await asRoot(setup)) }),
  'logout cookie': async (setup) =>
    setup.api.post(logoutPath, undefined, {
      headers: { cookie: `jwt=${await setup.tokenOf(setup.alice)}` },
    }),
}

const inactive: Record<string, Request> = {
  'obtain inactive': async (setup) => {
    await setup.disableAlice()
    const { username } = setup.alice
    return setup.api.post(obtainPath, { username, password })
  },
  'verify inactive': async (setup) => {
    await setup.enableAlice()
    const token = await setup.tokenOf(setup.alice)
    await setup.disableAlice()
    return setup.api.post(verifyPath, { token })
  },
  'me inactive': async (setup) => {
    await setup.enableAlice()
    const token = await setup.tokenOf(setup.alice)
    await setup.disableAlice()
    return protectedView(setup, header(setup, token))
  },
}

export const requests: Record<string, Request> = {
  ...bodies,
  ...views,
  ...impersonation,
  ...blacklist,
  ...inactive,
}
