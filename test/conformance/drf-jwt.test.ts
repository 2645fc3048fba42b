// Asks the Worker what jpadilla's and Styria's drf-jwt were asked, and compares with what they answered
// then: status, headers, body and claims in their order, cookies.

import { decodeJwt, decodeProtectedHeader } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Allowed, differences, type Seen } from './drf-jwt/differences.ts'
import { requests } from './drf-jwt/requests.ts'
import { newWorld, type World } from './drf-jwt/setup.ts'

const recordings = import.meta.glob<string>('./recorded/drf-jwt/*.json', {
  eager: true,
  query: '?raw',
  import: 'default',
})

const jpadilla = { JWT_ALLOW_REFRESH: true }
const styria = { DRF_JWT_PACKAGE: 'drf-jwt' }
const variants: Record<string, Record<string, unknown>> = {
  'jpadilla.plain': jpadilla,
  'jpadilla.cookie': { ...jpadilla, JWT_AUTH_COOKIE: 'jwt' },
  'styria.plain': styria,
  'styria.cookie': { ...styria, JWT_AUTH_COOKIE: 'jwt', JWT_IMPERSONATION_COOKIE: 'imp' },
  'styria.bl': styria,
}
const used = new Set<Allowed>()

describe.each(Object.entries(variants))('%s', (variant, vars) => {
  const recorded: Record<string, Seen> = JSON.parse(
    recordings[`./recorded/drf-jwt/${variant}.json`] ?? '{}',
  )
  const kept = new Map<string, string>()
  let world: World
  beforeAll(async () => {
    world = await newWorld(vars)
  })

  test.each(Object.entries(recorded))('%s', async (label, then) => {
    const ask = requests[label]
    if (!ask) throw new Error('nobody knows how to ask this')
    const answer = await ask(world, kept)

    const seen = masked(world, then, answer)
    const second = kept.get('second token')
    if (then['second token'] && second) seen['second token'] = inside(world, second)

    const allowed = differences.find(
      (each) => each.labels.includes(label) && (each.variants ?? [variant]).includes(variant),
    )
    if (allowed) used.add(allowed)
    expect(print(seen)).toEqual(print({ ...then, ...allowed?.instead }))
  })
})

test('every allowed difference is one', () => {
  expect(differences.filter((difference) => !used.has(difference))).toEqual([])
})

function masked(world: World, then: Seen, answer: Awaited<ReturnType<World['api']['get']>>): Seen {
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
    ...(body !== '' && { body: maskedIn(world, body) }),
    ...(cookie && { cookie: maskedCookie(cookie) }),
    ...(then.token && { token: inside(world, body.token) }),
  }
}

// What we add stands behind what the originals have: `hash_password`, and `act` for who impersonates.
function inside(world: World, token: string) {
  const { hash_password: _, act: __, ...claims } = decodeJwt(token)
  return { header: decodeProtectedHeader(token), claims: maskedIn(world, claims) }
}

function maskedIn({ alice, root }: World, value: unknown): unknown {
  const text = JSON.stringify(value)
    .replace(/"eyJ[\w-]+\.[\w-]+\.[\w-]+"/g, '"<JWT>"')
    .replace(/"[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}"/g, '"<UUID>"')
    .replace(/"(pk|iat|exp|orig_iat)":\d+/g, '"$1":"<T>"')
    .replaceAll(alice.username, 'alice')
    .replaceAll(alice.email, 'a@x.io')
    .replaceAll(root.username, 'root')
    .replaceAll(`"user_id":${alice.id}`, '"user_id":1')
    .replaceAll('999999999', '999')
  return JSON.parse(text)
}

const maskedCookie = (cookie: string) =>
  cookie.replace(/=eyJ[\w.-]+/, '=<JWT>').replace(/expires=[^;]+/i, 'expires=<DATE>')

/** As text, so that the order of keys counts; but not that of headers and of a cookie's attributes. */
function print({ cookie, headers, ...seen }: Seen) {
  const [pair, ...attributes] = cookie?.split('; ') ?? []
  const sorted = Object.entries(headers).sort()
  return {
    answer: JSON.stringify(seen, null, 1),
    headers: sorted,
    cookie: [pair, ...attributes.map((each) => each.toLowerCase()).sort()],
  }
}
