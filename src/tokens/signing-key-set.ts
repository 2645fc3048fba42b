// SIGNING_KEYS: a JWK Set (RFC 7517 §5) of private keys. Each has its one `alg`, which no token changes, and
// `use_from`, when it begins to sign; its `kid` is its thumbprint (RFC 7638). A public key only verifies.

import {
  CompactSign,
  calculateJwkThumbprint,
  compactVerify,
  exportJWK,
  importJWK,
  type JWK,
} from 'jose'
import { SettingsError } from '../settings/env.ts'
import { type PairAlgorithm, pairAlgorithms } from '../settings/simple-jwt.ts'

export interface SetKey {
  kid: string
  alg: PairAlgorithm
  /** Only of a private key, with when it begins, in seconds since 1970. */
  sign?: { key: CryptoKey; useFrom: number }
  verify: CryptoKey
  /** Nothing but public members. */
  published: JWK
}

/** @throws SettingsError naming the wrong key and what it must be, and nothing of the key itself */
export async function readKeySet(text: string): Promise<SetKey[]> {
  const jwks = jwksIn(text)
  const keys = await Promise.all(jwks.map((jwk, at) => readKey(jwk, `key ${at + 1}`)))
  const twice = keys.find(({ kid }, at) => keys.findIndex((other) => other.kid === kid) < at)
  if (twice) throw wrong(`it has the key ${twice.kid} twice; it must have each key once`)
  return keys
}

function jwksIn(text: string): Record<string, unknown>[] {
  const must = 'it must be a JWK Set, as `npm run keys -- make` writes it'
  let set: { keys?: unknown } | null
  try {
    set = JSON.parse(text)
  } catch {
    throw wrong(`it is not JSON; ${must}`)
  }
  const keys = set?.keys
  if (!Array.isArray(keys) || !keys.every((key) => typeof key === 'object' && key !== null)) {
    throw wrong(`it has no list of "keys"; ${must}`)
  }
  if (keys.length === 0) throw wrong(`it has no key; ${must}`)
  return keys
}

async function readKey(jwk: Record<string, unknown>, name: string): Promise<SetKey> {
  const alg = pairAlgorithms.find((known) => known === jwk.alg)
  if (!alg) throw wrong(`${name} must have "alg", one of ${pairAlgorithms.join(', ')}`)
  const verify = await imported(only(publicMembers, jwk), alg)
  if (!verify) throw wrong(`${name} must be a valid key for ${alg}, ${ofSize}`)

  const published = await publicJwk(verify, alg)
  const { kid } = published
  if (jwk.kid !== undefined && jwk.kid !== kid) {
    throw wrong(`${name} must have no "kid", or its thumbprint by RFC 7638, ${kid}`)
  }
  const key = { kid, alg, verify, published }
  if (!privateMembers.some((member) => member in jwk)) return key

  const sign = await imported(only([...publicMembers, ...privateMembers], jwk), alg)
  const probe = sign && (await signProbe(sign, alg))
  if (!probe || !(await verifiesProbe(probe, verify))) {
    throw wrong(`${name} must have a private half that belongs to its public half`)
  }
  const useFrom = secondsIn(jwk.use_from)
  if (useFrom === undefined) {
    throw wrong(
      `${name} must have "use_from", such as "2027-01-31T12:00:00Z", or in seconds since 1970`,
    )
  }
  return { ...key, sign: { key: sign, useFrom } }
}

const ofSize = 'of 2048 bits or more if it is RSA'
const publicMembers = ['kty', 'crv', 'x', 'y', 'n', 'e']
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi']

const only = (members: string[], jwk: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(jwk).filter(([member]) => members.includes(member)))

async function imported(jwk: JWK, alg: string): Promise<CryptoKey | undefined> {
  const isPublic = jwk.d === undefined
  const key = await importJWK(jwk, alg, { extractable: isPublic }).catch(() => undefined)
  if (!key || key instanceof Uint8Array) return undefined
  const { modulusLength } = key.algorithm as { modulusLength?: number }
  return modulusLength !== undefined && modulusLength < 2048 ? undefined : key // RFC 7518 §3.3
}

/** Something signed; undefined where the key is none to sign with. */
export const signProbe = (key: CryptoKey, alg: string): Promise<string | undefined> =>
  new CompactSign(new Uint8Array([1]))
    .setProtectedHeader({ alg })
    .sign(key)
    .catch(() => undefined)

export const verifiesProbe = (probe: string, key: CryptoKey): Promise<boolean> =>
  compactVerify(probe, key).then(
    () => true,
    () => false,
  )

/** As the key is published. */
export async function publicJwk(key: CryptoKey, alg: string) {
  const jwk = await exportJWK(key)
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg, use: 'sig' } // RFC 7638
}

/** A NumericDate (RFC 7519 §2), or a time that says where it is so late. */
function secondsIn(time: unknown): number | undefined {
  if (typeof time === 'string' && /T.*(Z|[+-]\d\d:\d\d)$/.test(time)) {
    return secondsIn(Date.parse(time) / 1000)
  }
  // Milliseconds by mistake would be a key that never begins.
  const isSound = typeof time === 'number' && time >= 0 && time < 1e11
  return isSound ? time : undefined
}

const wrong = (sentence: string) => new SettingsError(`SIGNING_KEYS: ${sentence}.`)
