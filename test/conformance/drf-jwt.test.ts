// Sends the Worker the requests that djangorestframework-jwt and drf-jwt were sent, and compares its responses with the
// recorded ones: status, headers, body, claims in their order, and cookies.

import { decodeJwt, decodeProtectedHeader } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Allowed, differences, type Seen } from './drf-jwt/differences.ts'
import { requests } from './drf-jwt/requests.ts'
import { type Setup, setUp } from './drf-jwt/setup.ts'

const recordings = import.meta.glob<string>('./recorded/drf-jwt/*.json', {
  eager: true,
  query: '?raw',
  import: 'default',
})

const djangorestframeworkJwt = { JWT_ALLOW_REFRESH: true }
const drfJwt = { DRF_JWT_PACKAGE: 'drf-jwt' }
// The keys are the names of the recordings.
const variants: Record<string, Record<string, unknown>> = {
  'jpadilla.plain': djangorestframeworkJwt,
  'jpadilla.cookie': { ...djangorestframeworkJwt, JWT_AUTH_COOKIE: 'jwt' },
  'styria.plain': drfJwt,
  'styria.cookie': { ...drfJwt, JWT_AUTH_COOKIE: 'jwt', JWT_IMPERSONATION_COOKIE: 'imp' },
  'styria.bl': drfJwt,
}
const used = new Set<Allowed>()

describe.each(Object.entries(variants))('%s', (variant, vars) => {
  const recorded: Record<string, Seen> = JSON.parse(
    recordings[`./recorded/drf-jwt/${variant}.json`] ?? '{}',
  )
  const kept = new Map<string, string>()
  let setup: Setup
  beforeAll(async () => {
    setup = await setUp(vars)
  })

  test.each(Object.entries(recorded))('%s', async (label, then) => {
    const ask = requests[label]
    if (!ask) throw new Error(`requests.ts has no request for ${label}`)
    const answer = await ask(setup, kept)

    const seen = masked(setup, then, answer)
    const second = kept.get('second token')
    if (then['second token'] && second) seen['second token'] = inside(setup, second)

    const allowed = differences.find(
      (each) => each.labels.includes(label) && (each.variants ?? [variant]).includes(variant),
    )
    if (allowed) used.add(allowed)
    expect(print(seen)).toEqual(print({ ...then, ...allowed?.instead }))
  })
})

test('every allowed difference occurs', () => {
  expect(differences.filter((difference) => !used.has(difference))).toEqual([])
})

function masked(setup: Setup, then: Seen, answer: Awaited<ReturnType<Setup['api']['get']>>): Seen {
  const { status, headers, body } = answer
  const cookie = headers.get('set-cookie')
  const names = ['content-type', 'allow', 'www-authenticate']
  const shown = names.flatMap((name) => {
    const value = headers.get(name)
    return value === null ? [] : [[name, value]]
  })
  const varies = headers.get('vary')?.includes('Accept') ? { vary: 'Accept' } : {}
  return {
    status,
    headers: { ...Object.fromEntries(shown), ...varies },
    ...(body !== '' && { body: maskedIn(setup, body) }),
    ...(cookie && { cookie: maskedCookie(cookie) }),
    ...(then.token && { token: inside(setup, body.token) }),
  }
}

// Our tokens have two more claims at the end: `hash_password`, and `act` for the user that impersonates.
function inside(setup: Setup, token: string) {
  const { hash_password: _, act: __, ...claims } = decodeJwt(token)
  return { header: decodeProtectedHeader(token), claims: maskedIn(setup, claims) }
}

function maskedIn({ alice, root }: Setup, value: unknown): unknown {
  const text = JSON.stringify(value)
    .replace(/"eyJ[\w-]+\.[\w-]+\.[\w-]+"/g, '"<JWT>"')
    .replace(/"[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}"/g, '"<UUID>"')
    .replace(/"(pk|iat|exp|orig_iat)":\d+/g, '"$1":"<T>"')
    .replaceAll(alice.email, 'a@x.io')
    .replaceAll(alice.username, 'alice')
    .replaceAll(root.username, 'root')
    .replaceAll(`"user_id":${alice.id}`, '"user_id":1')
    .replaceAll('999999999', '999')
  return JSON.parse(text)
}

const maskedCookie = (cookie: string) =>
  cookie.replace(/=eyJ[\w.-]+/, '=<JWT>').replace(/expires=[^;]+/i, 'expires=<DATE>')

/** As text, so that the order of keys is compared; the order of headers and of cookie attributes is not. */
function print({ cookie, headers, ...seen }: Seen) {
  const [pair, ...attributes] = cookie?.split('; ') ?? []
  const sorted = Object.entries(headers).sort()
  return {
    answer: JSON.stringify(seen, null, 1),
    headers: sorted,
    cookie: [pair, ...attributes.map((each) => each.toLowerCase()).sort()],
  }
}
