// The keys of JWTs, imported once and kept in module scope: of HS* one for both, of the others a pair.
// Which algorithm they are for is set (ALGORITHM); no token chooses it, nor any key but one of ours.

import { CompactSign, calculateJwkThumbprint, compactVerify, exportJWK, type JWK } from 'jose'
import type { Settings } from '../settings.ts'
import { SettingsError } from '../variables.ts'
import { privateKey, publicKey } from './pem.ts'

export interface SigningKeys {
  sign: { key: CryptoKey; kid?: string }
  /** By any of these a token of ours is good. */
  verify: [VerifyingKey, ...VerifyingKey[]]
}

export interface VerifyingKey {
  key: CryptoKey
  /** Only of a pair: who else verifies finds the key by it. */
  kid?: string
  published?: JWK
}

const imported = new Map<string, Promise<SigningKeys>>()

/** @throws SettingsError naming the variable whose key does not fit ALGORITHM */
export function signingKeys(settings: Settings): Promise<SigningKeys> {
  const { algorithm, signingKey, verifyingKey } = settings
  const name = JSON.stringify([algorithm, signingKey, verifyingKey])
  const keys = imported.get(name) ?? importKeys(settings)
  imported.set(name, keys)
  return keys
}

/** What a token's header says of the key that signed it. */
export const headerOf = ({ sign: { kid } }: SigningKeys) => (kid === undefined ? {} : { kid })

export const isOwn = ({ verify }: SigningKeys, kid: unknown) =>
  verify.some((own) => own.kid === kid)

/** The one of our keys that a token must be good under, whatever `kid` its header invents. */
export const verifyingKey = ({ verify }: SigningKeys, kid: unknown): CryptoKey =>
  (verify.find((own) => own.kid === kid) ?? verify[0]).key

/** What others verify with: nothing of HS*, whose key signs as well. */
export const publishedKeys = ({ verify }: SigningKeys): JWK[] =>
  verify.flatMap(({ published }) => published ?? [])

async function importKeys({ algorithm, signingKey, verifyingKey }: Settings): Promise<SigningKeys> {
  if (algorithm.startsWith('HS')) {
    const key = await secretKey(signingKey, algorithm)
    return { sign: { key }, verify: [{ key }] }
  }
  const wants = `in PEM for ALGORITHM ${algorithm}, of 2048 bits or more if it is RSA`
  const sign = await privateKey(signingKey, algorithm).catch(() => undefined)
  const probe = sign && (await probeOf(sign, algorithm).catch(() => undefined))
  if (!sign || !probe) throw new SettingsError(`SIGNING_KEY wants a private key ${wants}.`)

  const verify = await publicKey(verifyingKey, algorithm).catch(() => undefined)
  if (!verify) throw new SettingsError(`VERIFYING_KEY wants a public key or certificate ${wants}.`)

  const isPair = await compactVerify(probe, verify).catch(() => undefined)
  if (!isPair) throw new SettingsError('VERIFYING_KEY wants the public half of SIGNING_KEY.')
  const published = await publicJwk(verify, algorithm)
  return {
    sign: { key: sign, kid: published.kid },
    verify: [{ key: verify, kid: published.kid, published }],
  }
}

async function publicJwk(key: CryptoKey, alg: string) {
  const jwk = await exportJWK(key)
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg, use: 'sig' } // RFC 7638
}

const secretKey = (secret: string, algorithm: string) =>
  crypto.subtle.importKey(
    'raw',
    new TextEncoder().encode(secret),
    { name: 'HMAC', hash: algorithm.replace('HS', 'SHA-') },
    false,
    ['sign', 'verify'],
  )

const probeOf = async (key: CryptoKey, alg: string) =>
  new CompactSign(new Uint8Array([1])).setProtectedHeader({ alg }).sign(key)
