// The keys of JWTs, imported once and kept in module scope: of HS* one for both, of the others a pair.
// Which algorithm they are for is set (ALGORITHM); no token chooses it.

import { CompactSign, compactVerify } from 'jose'
import type { Settings } from '../settings.ts'
import { SettingsError } from '../variables.ts'
import { privateKey, publicKey } from './pem.ts'

export interface SigningKeys {
  sign: CryptoKey
  verify: CryptoKey
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

async function importKeys({ algorithm, signingKey, verifyingKey }: Settings): Promise<SigningKeys> {
  if (algorithm.startsWith('HS')) {
    const key = await secretKey(signingKey, algorithm)
    return { sign: key, verify: key }
  }
  const wants = `in PEM for ALGORITHM ${algorithm}, of 2048 bits or more if it is RSA`
  const sign = await privateKey(signingKey, algorithm).catch(() => undefined)
  const probe = sign && (await probeOf(sign, algorithm).catch(() => undefined))
  if (!sign || !probe) throw new SettingsError(`SIGNING_KEY wants a private key ${wants}.`)

  const verify = await publicKey(verifyingKey, algorithm).catch(() => undefined)
  if (!verify) throw new SettingsError(`VERIFYING_KEY wants a public key or certificate ${wants}.`)

  const isPair = await compactVerify(probe, verify).catch(() => undefined)
  if (!isPair) throw new SettingsError('VERIFYING_KEY wants the public half of SIGNING_KEY.')
  return { sign, verify }
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
