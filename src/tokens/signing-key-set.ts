// SIGNING_KEYS: a JWK Set (RFC 7517 §5) of private keys. Each has one `alg`, which a token's header never changes.
// `use_from` is when it begins to sign. Its `kid` is its thumbprint (RFC 7638). A public key only verifies.

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
  /** Set for a private key. `useFrom` is in seconds since 1970. */
  sign?: { key: CryptoKey; useFrom: number }
  verify: CryptoKey
  /** Only public members. */
  published: JWK
}

/** @throws SettingsError that names the wrong key and its correct form, but contains no part of the key */
export async function readKeySet(text: string): Promise<SetKey[]> {
  const jwks = parseJwks(text)
  const keys = await Promise.all(jwks.map((jwk, at) => readKey(jwk, `key ${at + 1}`)))
  const twice = keys.find(({ kid }, at) => keys.findIndex((other) => other.kid === kid) < at)
  if (twice) throw keySetError(`it has the key ${twice.kid} twice; it must have each key once`)
  return keys
}

function parseJwks(text: string): Record<string, unknown>[] {
  const must = 'it must be a JWK Set, as `gatehouse keys make` writes it'
  let set: { keys?: unknown } | null
  try {
    set = JSON.parse(text)
  } catch {
    throw keySetError(`it is not JSON; ${must}`)
  }
  const keys = set?.keys
  if (!Array.isArray(keys) || !keys.every((key) => typeof key === 'object' && key !== null)) {
    throw keySetError(`it has no list of "keys"; ${must}`)
  }
  if (keys.length === 0) throw keySetError(`it has no key; ${must}`)
  return keys
}

async function readKey(jwk: Record<string, unknown>, name: string): Promise<SetKey> {
  const alg = pairAlgorithms.find((known) => known === jwk.alg)
  if (!alg) throw keySetError(`${name} must have "alg", one of ${pairAlgorithms.join(', ')}`)
  const verify = await importKey(only(publicMembers, jwk), alg)
  if (!verify) throw keySetError(`${name} must be a valid key for ${alg}, ${ofSize}`)

  const published = await publicJwk(verify, alg)
  const { kid } = published
  if (jwk.kid !== undefined && jwk.kid !== kid) {
    throw keySetError(`${name} must have no "kid", or its thumbprint by RFC 7638, ${kid}`)
  }
  const key = { kid, alg, verify, published }
  if (!privateMembers.some((member) => member in jwk)) return key

  const sign = await importKey(only([...publicMembers, ...privateMembers], jwk), alg)
  const probe = sign && (await signProbe(sign, alg))
  if (!probe || !(await verifiesProbe(probe, verify))) {
    throw keySetError(`${name} must have a private half that belongs to its public half`)
  }
  const useFrom = parseUseFrom(jwk.use_from)
  if (useFrom === undefined) {
    throw keySetError(
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

async function importKey(jwk: JWK, alg: string): Promise<CryptoKey | undefined> {
  const isPublic = jwk.d === undefined
  const key = await importJWK(jwk, alg, { extractable: isPublic }).catch(() => undefined)
  if (!key || key instanceof Uint8Array) return undefined
  const { modulusLength } = key.algorithm as { modulusLength?: number }
  return modulusLength !== undefined && modulusLength < 2048 ? undefined : key // RFC 7518 §3.3
}

/** A signed message; undefined if the key cannot sign. */
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

/** A public key as it is published. */
export async function publicJwk(key: CryptoKey, alg: string) {
  const jwk = await exportJWK(key)
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg, use: 'sig' } // RFC 7638
}

/** Seconds since 1970, from a NumericDate (RFC 7519 §2) or an ISO 8601 time with a UTC offset. */
function parseUseFrom(time: unknown): number | undefined {
  if (typeof time === 'string' && /T.*(Z|[+-]\d\d:\d\d)$/.test(time)) {
    return parseUseFrom(Date.parse(time) / 1000)
  }
  // The limit rejects a time in milliseconds, with which a key would never begin to sign.
  return typeof time === 'number' && time >= 0 && time < 1e11 ? time : undefined
}

const keySetError = (sentence: string) => new SettingsError(`SIGNING_KEYS: ${sentence}.`)
