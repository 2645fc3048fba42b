// Signing keys are rotated while users are logged in. No request fails.

import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { describe, expect, test, vi } from 'vitest'
import { client } from '../support/api.ts'
import { clockAt } from '../support/clock.ts'
import { newKey, setOf } from '../support/key-sets.ts'
import { loggedIn, password } from '../support/people.ts'

const start = new Date('2031-03-01T12:00:00Z')
const minute = 60_000
const at = (minutes: number) => new Date(start.getTime() + minutes * minute).toISOString()

const lifetimes = {
  ACCESS_TOKEN_LIFETIME: '1d',
  SLIDING_TOKEN_LIFETIME: '1d',
  JWT_EXPIRATION_DELTA: '1d',
  JWT_ALLOW_REFRESH: true,
  AUTH_TOKEN_CLASSES: 'AccessToken,SlidingToken',
  DRF_JWT: true,
  THROTTLE_ENABLED: false,
}
const without = { ...lifetimes, SIGNING_KEY: '' }

clockAt(start)

type Vars = Record<string, unknown>

/** One of each kind of token, and the keys that their headers name. */
async function tokensOf(vars: Vars, email: string) {
  const api = client(vars)
  const [pair, sliding, drfJwt] = await Promise.all(
    ['/auth/jwt/create/', '/api/token/sliding/', '/api-token-auth/'].map((path) =>
      api.post(path, { email, password }),
    ),
  )
  const { access, refresh } = pair?.body ?? {}
  const tokens = { access, refresh, sliding: sliding?.body.token, drfJwt: drfJwt?.body.token }
  return { ...tokens, kids: kidsOf(Object.values(tokens)) }
}

type Tokens = Awaited<ReturnType<typeof tokensOf>>

/** The status of each request that uses these tokens, at an instance with these variables. */
async function uses(vars: Vars, { access, refresh, sliding, drfJwt }: Tokens) {
  const api = client(vars)
  const answers = await Promise.all([
    api.get('/auth/users/me/', { token: access }),
    api.get('/auth/users/me/', { token: sliding }),
    api.get('/auth/users/me/', { headers: { authorization: `JWT ${drfJwt}` } }),
    api.post('/auth/jwt/verify/', { token: refresh }),
    api.post('/api-token-verify/', { token: drfJwt }),
    api.post('/auth/jwt/refresh/', { refresh }),
    api.post('/api/token/sliding/refresh/', { token: sliding }),
    api.post('/api-token-refresh/', { token: drfJwt }),
  ])
  const made = answers.slice(-3).flatMap(({ body }) => body.access ?? body.token ?? [])
  return { statuses: answers.map(({ status }) => status), kids: kidsOf(made) }
}

const kidsOf = (tokens: string[]) => [
  ...new Set(tokens.map((token) => decodeProtectedHeader(token).kid)),
]

const good = Array(8).fill(200)
const refused = [401, 401, 401, 401, 400, 401, 401, 400]

async function published(vars: Vars) {
  const { body, headers } = await client(vars).get('/.well-known/jwks.json')
  return { kids: body.keys.map(({ kid }: { kid: string }) => kid), etag: headers.get('etag'), body }
}

async function drill() {
  const [old, next] = [await newKey('ES256', at(-60)), await newKey('EdDSA', at(60))]
  return {
    old,
    next,
    before: { ...without, SIGNING_KEYS: setOf(old) },
    both: { ...without, SIGNING_KEYS: setOf(next, old) },
    retired: { ...without, SIGNING_KEYS: setOf(next) },
  }
}

describe('a rotation of signing keys', () => {
  test('keeps old tokens valid until their key is retired, and fails no request', async () => {
    const { old, next, before, both, retired } = await drill()
    const { email } = await loggedIn(before)
    const first = await tokensOf(before, email)
    expect(first.kids).toEqual([old.kid])
    expect(await uses(before, first)).toEqual({ statuses: good, kids: [old.kid] })

    // Added: published, and not signing yet.
    expect((await published(both)).kids).toEqual([next.kid, old.kid])
    expect(await uses(both, first)).toEqual({ statuses: good, kids: [old.kid] })
    const second = await tokensOf(both, email)
    expect(second.kids).toEqual([old.kid])

    // Its `use_from` has passed: it signs, whichever key signed the token that is exchanged.
    vi.setSystemTime(at(60))
    const third = await tokensOf(both, email)
    expect(third.kids).toEqual([next.kid])
    for (const tokens of [first, second, third]) {
      expect(await uses(both, tokens)).toEqual({ statuses: good, kids: [next.kid] })
    }

    // Retired: what the old key signed is refused, and nothing else.
    expect((await published(retired)).kids).toEqual([next.kid])
    expect(await uses(retired, third)).toEqual({ statuses: good, kids: [next.kid] })
    expect((await uses(retired, first)).statuses).toEqual(refused)
    expect((await uses(retired, second)).statuses).toEqual(refused)
  })

  test('lets an instance with the old set and one with the new set accept each other’s tokens', async () => {
    const { old, before, both, retired, next } = await drill()
    const { email } = await loggedIn(before)
    for (const [one, other] of [
      [before, both],
      [both, before],
    ] as const) {
      expect((await uses(other, await tokensOf(one, email))).statuses).toEqual(good)
    }
    vi.setSystemTime(at(61))
    expect(await uses(retired, await tokensOf(both, email))).toEqual({
      statuses: good,
      kids: [next.kid],
    })
    expect((await uses(both, await tokensOf(retired, email))).statuses).toEqual(good)
    // An instance without the new set signs as before. Instances that keep the old key accept its tokens.
    expect((await uses(both, await tokensOf(before, email))).kids).toEqual([next.kid])
    expect((await tokensOf(before, email)).kids).toEqual([old.kid])
  })

  test('changes the published set with each step, without private members', async () => {
    const { old, next, before, both, retired } = await drill()
    const sets = [await published(before), await published(both)]
    vi.setSystemTime(at(60))
    sets.push(await published(retired))
    expect(new Set(sets.map(({ etag }) => etag)).size).toBe(3)

    const [ofOld, ofNext] = [
      { ...old.published, kid: old.kid, alg: 'ES256', use: 'sig' },
      { ...next.published, kid: next.kid, alg: 'EdDSA', use: 'sig' },
    ]
    expect(sets.map(({ body }) => body)).toEqual([
      { keys: [ofOld] },
      { keys: [ofNext, ofOld] },
      { keys: [ofNext] },
    ])
    const { access } = await loggedIn(both)
    const { protectedHeader } = await jwtVerify(access, createLocalJWKSet(sets[1]?.body), {
      currentDate: new Date(at(60)),
    })
    expect(protectedHeader).toEqual({ alg: 'EdDSA', typ: 'JWT', kid: next.kid })
  })

  test('signs both tokens of a pair with one key', async () => {
    const { both, next, old } = await drill()
    const { email } = await loggedIn(both)
    vi.setSystemTime(new Date(at(60)).getTime() - 1)
    expect((await tokensOf(both, email)).kids).toEqual([old.kid])
    vi.setSystemTime(at(60))
    expect((await tokensOf(both, email)).kids).toEqual([next.kid])
  })
})

test('a refresh that is repeated after the change gets its tokens', async () => {
  const [old, next] = [await newKey('ES256'), await newKey('ES256', at(1))]
  const rotating = { ...without, ROTATE_REFRESH_TOKENS: true, BLACKLIST_AFTER_ROTATION: true }
  const before = { ...rotating, SIGNING_KEYS: setOf(old) }
  const half = { ...old.published, alg: 'ES256' }
  const changed = { ...rotating, SIGNING_KEYS: JSON.stringify({ keys: [half, next.jwk] }) }
  const { refresh } = await loggedIn(before)

  vi.setSystemTime(new Date(at(1)).getTime() - 1000)
  expect((await client(before).post('/auth/jwt/refresh/', { refresh })).status).toBe(200)
  vi.setSystemTime(at(1))
  const { status, body } = await client(changed).post('/auth/jwt/refresh/', { refresh })
  expect([status, kidsOf([body.access, body.refresh])]).toEqual([200, [next.kid]])
})

describe('a key that only verifies', () => {
  test('can be SIGNING_KEY, which signs until the set begins, and is never published', async () => {
    const key = await newKey('ES256', at(60))
    const both = { ...lifetimes, SIGNING_KEYS: setOf(key) }
    const { email } = await loggedIn(lifetimes)
    const first = await tokensOf(lifetimes, email)
    expect(await uses(both, first)).toEqual({ statuses: good, kids: [undefined] })
    expect(await uses(lifetimes, await tokensOf(both, email))).toMatchObject({ statuses: good })

    vi.setSystemTime(at(60))
    expect(await uses(both, first)).toEqual({ statuses: good, kids: [key.kid] })
    expect((await published(both)).kids).toEqual([key.kid])
    const alone = { ...both, SIGNING_KEY: '' }
    expect((await uses(alone, first)).statuses).toEqual(refused)
    expect((await uses(alone, await tokensOf(both, email))).statuses).toEqual(good)
  })

  test('can be a public key of the set, which is published, and never signs', async () => {
    const [pair, key] = [await newKey('ES384'), await newKey('RS256')]
    const ofPair = { ...without, SIGNING_KEYS: setOf(pair) }
    const { email } = await loggedIn(ofPair)
    const tokens = await tokensOf(ofPair, email)
    const verifyOnly = JSON.stringify({ keys: [{ ...pair.published, alg: 'ES384' }, key.jwk] })
    const both = { ...without, SIGNING_KEYS: verifyOnly }

    expect((await published(both)).kids).toEqual([pair.kid, key.kid])
    expect(await uses(both, tokens)).toEqual({ statuses: good, kids: [key.kid] })
  })
})
