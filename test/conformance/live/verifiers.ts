// Our tokens, verified by others: by Debian's Simple JWT in a Django that shares only a key with us, by PyJWT alone, and by
// another Gatehouse with JWK_URL.

import {
  decodeJwt,
  decodeProtectedHeader,
  exportPKCS8,
  exportSPKI,
  generateKeyPair,
  SignJWT,
} from 'jose'
import { type Stack, signingKey, type Variant } from '../variants.ts'
import type { Check as Any, Checked } from './checks.ts'
import { decodeByPyJwt, startDjango } from './django.ts'
import { folderIn, inPairs, type Server, stop, track } from './processes.ts'
import { startWorker } from './worker.ts'

type Check = Omit<Any, 'of'>

interface Issuer {
  algorithm: string
  origin: string
  /** The settings that sign, and those that another service requires to verify. */
  signs: Record<string, string>
  verifies: Record<string, string>
  tokens: Record<TokenKind, string>
}

type TokenKind = 'access' | 'refresh' | 'flipped' | 'expired'

const algorithms = ['HS256', 'RS256', 'ES256', 'EdDSA']
const claims = { ISSUER: 'https://auth.example.com', AUDIENCE: 'https://api.example.com' }
const admin = { email: 'admin@example.com', password: 'admin-pass-1234' } // the first user on either side
const jwksPath = '/.well-known/jwks.json'

/** Starts a Worker for each algorithm, and has the others verify its tokens. */
export async function checkVerifiers(
  stacks: Stack[],
  database: string,
  folder: string,
): Promise<Checked> {
  const servers: Server[] = []
  const place = await folderIn(folder, 'verifiers')
  try {
    const issuers = await inPairs(algorithms, async (algorithm) => {
      const keys = await keysFor(algorithm)
      const settings = { ...keys.signs, ...claims }
      const { origin } = track(servers, await worker(settings, database, place, algorithm))
      return { algorithm, origin, ...keys, tokens: await tokensOf(origin, algorithm, keys.sign) }
    })
    const byUrl = issuers.filter(({ algorithm }) => algorithm === 'RS256')

    const jobs = stacks.flatMap((stack) => [
      ...issuers
        .filter(({ algorithm }) => isKnownTo(stack, algorithm))
        .map((issuer) => () => checkSimpleJwt(stack, issuer, issuer.verifies, issuers, place)),
      ...byUrl.map(
        (issuer) => () =>
          checkSimpleJwt(stack, issuer, { JWK_URL: issuer.origin + jwksPath }, issuers, place),
      ),
      () => checkPyJwt(stack, issuers, place),
    ])
    const others = byUrl.map((issuer) => () => checkGatehouse(issuer, issuers, database, place))
    const checks = (await inPairs([...others, ...jobs], (job) => job())).flat()
    return {
      checks: checks.map((check) => ({ of: 'one of our tokens elsewhere', ...check })),
      skipped: [],
    }
  } finally {
    await Promise.all(servers.map(({ child }) => stop(child)))
  }
}

/** The algorithms of Simple JWT 5.2 have no EdDSA. */
const isKnownTo = (stack: Stack, algorithm: string) => stack === 'new' || algorithm !== 'EdDSA'

async function keysFor(algorithm: string) {
  if (algorithm.startsWith('HS')) {
    const shared = { ALGORITHM: algorithm, SIGNING_KEY: signingKey }
    return { sign: new TextEncoder().encode(signingKey), signs: shared, verifies: shared }
  }
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true })
  const verifies = { ALGORITHM: algorithm, VERIFYING_KEY: await exportSPKI(publicKey) }
  return {
    sign: privateKey,
    signs: { ...verifies, SIGNING_KEY: await exportPKCS8(privateKey) },
    verifies: { ...verifies, SIGNING_KEY: '' },
  }
}

async function tokensOf(origin: string, alg: string, key: Parameters<SignJWT['sign']>[0]) {
  const { access = '', refresh = '' } = await loggedIn(`${origin}/auth/jwt/create/`)
  const expired = new SignJWT({ ...decodeJwt(access), exp: Math.floor(Date.now() / 1000) - 60 })
    .setProtectedHeader({ ...decodeProtectedHeader(access), alg })
    .sign(key)
  return { access, refresh, flipped: withOneBitFlipped(access), expired: await expired }
}

function withOneBitFlipped(token: string): string {
  const [header, payload, signature = ''] = token.split('.')
  const bytes = Buffer.from(signature, 'base64url')
  bytes[0] = (bytes[0] ?? 0) ^ 1
  return [header, payload, bytes.toString('base64url')].join('.')
}

async function checkSimpleJwt(
  stack: Stack,
  issuer: Issuer,
  key: Record<string, string>,
  issuers: Issuer[],
  folder: string,
): Promise<Check[]> {
  const by = 'JWK_URL' in key ? 'JWK_URL' : issuer.algorithm
  const name = `Simple JWT of ${stack} Django by ${by}`
  const settings = { SIGNING_KEY: '', ALGORITHM: issuer.algorithm, ...claims, ...key }
  const place = await folderIn(folder, `${stack}.${by}`)
  const django = await startDjango(stack, variant(settings), place)
  try {
    const checks: Check[] = []
    for (const path of ['/caller/', '/caller/stateless/']) {
      const answerTo = (token: string) => statusAndId(django.origin + path, token)
      checks.push(
        { what: `${name}: ${path}`, expected: '200 1', got: await answerTo(issuer.tokens.access) },
        ...(await refusals(`${name}: ${path}`, issuer, issuers, answerTo)),
      )
    }
    if (by !== 'HS256') return checks
    // The other way round: Django signs with the same key, but its user was not imported here. migration-roundtrip.ts tests
    // users that were.
    const { access = '' } = await loggedIn(`${django.origin}/api/token/`)
    const got = (await statusAndId(`${issuer.origin}/auth/users/me/`, access)).slice(0, 3)
    const what = `a token of ${stack} Django, here, for a user that was not imported`
    return [...checks, { what, expected: '401', got }]
  } finally {
    await stop(django.child)
  }
}

/** Checks a Gatehouse with its own key that trusts an issuer by JWK_URL. */
async function checkGatehouse(
  issuer: Issuer,
  issuers: Issuer[],
  database: string,
  folder: string,
): Promise<Check[]> {
  const name = 'Gatehouse by JWK_URL'
  const own = await keysFor(issuer.algorithm)
  const settings = { ...own.signs, ...claims, JWK_URL: issuer.origin + jwksPath }
  const { origin, child } = await worker(settings, database, folder, 'JWK_URL')
  try {
    const answerTo = (token: string) => statusAndId(`${origin}/auth/users/me/`, token)
    const { access = '' } = await loggedIn(`${origin}/auth/jwt/create/`)
    return [
      { what: `${name}: theirs`, expected: '200 1', got: await answerTo(issuer.tokens.access) },
      { what: `${name}: its own`, expected: '200 1', got: await answerTo(access) },
      ...(await refusals(name, issuer, issuers, answerTo)),
    ]
  } finally {
    await stop(child)
  }
}

/** Tokens that no verifier may accept as an access token of the issuer. */
function refusals(
  name: string,
  issuer: Issuer,
  issuers: Issuer[],
  answerTo: (token: string) => Promise<string>,
): Promise<Check[]> {
  const { refresh, flipped, expired } = issuer.tokens
  const others = issuers.filter((other) => other !== issuer)
  const bad = [
    ...Object.entries({ refresh, flipped, expired }),
    ...others.map(({ algorithm, tokens }) => [`of ${algorithm}`, tokens.access] as const),
  ]
  return Promise.all(
    bad.map(async ([kind, token]) => {
      const got = (await answerTo(token)).slice(0, 3)
      return { what: `${name}: ${kind}`, expected: '401', got }
    }),
  )
}

/** Checks PyJWT with a key, and with the published key set. */
async function checkPyJwt(stack: Stack, issuers: Issuer[], folder: string): Promise<Check[]> {
  const expected: Record<TokenKind, string> = {
    access: 'access of 1',
    refresh: 'refresh of 1',
    flipped: 'InvalidSignatureError',
    expired: 'ExpiredSignatureError',
  }
  const cases = issuers.flatMap(({ algorithm, origin, verifies, tokens }) => {
    const key = { key: verifies.VERIFYING_KEY ?? verifies.SIGNING_KEY }
    const ways = [key, ...(algorithm === 'HS256' ? [] : [{ jwks: origin + jwksPath }])]
    const kinds = Object.keys(expected) as TokenKind[]
    return ways.flatMap((way) =>
      kinds.map((kind) => ({ algorithm, way, kind, token: tokens[kind] })),
    )
  })
  const given = cases.map(({ algorithm, way, token }) => ({
    token,
    algorithm,
    audience: claims.AUDIENCE,
    issuer: claims.ISSUER,
    ...way,
  }))
  const decoded = await decodeByPyJwt(stack, given, await folderIn(folder, `${stack}.PyJWT`))
  return cases.map(({ algorithm, way, kind }, index) => {
    const { error, claims } = decoded[index] ?? {}
    return {
      what: `PyJWT of ${stack} Django by ${algorithm}, ${Object.keys(way)}: ${kind}`,
      expected: expected[kind],
      got: error ?? `${claims?.token_type} of ${claims?.user_id}`,
    }
  })
}

const variant = (SIMPLE_JWT: Variant['SIMPLE_JWT']): Variant => ({
  login: 'email',
  DJOSER: {},
  SIMPLE_JWT,
  cors: {},
})

const worker = async (
  settings: Record<string, string>,
  database: string,
  folder: string,
  name: string,
) => startWorker('new', variant(settings), database, await folderIn(folder, name))

async function loggedIn(url: string): Promise<Record<string, string>> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(admin) })
  return (await answer.json()) as Record<string, string>
}

/** The status and the id of a response. */
async function statusAndId(url: string, token: string): Promise<string> {
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
  return `${answer.status} ${((await answer.json()) as { id?: unknown }).id}`
}
