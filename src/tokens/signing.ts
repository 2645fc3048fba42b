// The keys of JWTs, imported once and kept in module scope: those of SIGNING_KEYS, and SIGNING_KEY, of HS*
// one for both, of the others a pair. Each has one algorithm; no token chooses it, nor any key but one of ours.

import type { JWK } from 'jose'
import * as errors from 'jose/errors'
import { utf8 } from '../encoding.ts'
import { SettingsError } from '../settings/env.ts'
import type { Settings } from '../settings/parse.ts'
import { privateKey, publicKey } from './pem.ts'
import { publicJwk, readKeySet, signProbe, verifiesProbe } from './signing-key-set.ts'

export interface SigningKeys {
  /** By when they begin. */
  signers: Signer[]
  /** By any of these a token of ours is good. */
  verify: VerifyingKey[]
  /** SIGNING_KEY, which is asked where a token names no key. */
  defaultKey?: VerifyingKey
}

interface Signer {
  key: CryptoKey
  alg: string
  kid?: string
  /** In seconds since 1970. */
  useFrom: number
}

export interface VerifyingKey {
  key: CryptoKey
  alg: string
  /** Only of a pair: who else verifies finds the key by it. */
  kid?: string
  published?: JWK
}

const imported = new Map<string, Promise<SigningKeys>>()

/** @throws SettingsError naming the variable whose keys do not fit */
export function signingKeys(settings: Settings): Promise<SigningKeys> {
  const { algorithm, signingKey, verifyingKey, signingKeys } = settings
  const name = JSON.stringify([algorithm, signingKey, verifyingKey, signingKeys])
  const keys = imported.get(name) ?? importKeys(settings)
  imported.set(name, keys)
  return keys
}

/** @throws SettingsError where no key can sign yet, beside what `signingKeys` throws */
export async function checkSigningKeys(settings: Settings, now: Date) {
  const { signers } = await signingKeys(settings)
  if (signers.some((signer) => hasBegun(signer, now))) return
  throw new SettingsError('SIGNING_KEYS must have a private key whose "use_from" has passed.')
}

/**
 * The newest key that had begun. Before all of them the first: what is signed again, as of a moment ago, may
 * be from before a key that took the place of others.
 */
export function signerAt({ signers }: SigningKeys, time: Date): Signer {
  const signer = signers.findLast((each) => hasBegun(each, time)) ?? signers[0]
  if (!signer) throw new SettingsError('SIGNING_KEYS must have a private key.')
  return signer
}

const hasBegun = ({ useFrom }: Signer, time: Date) => useFrom * 1000 <= time.getTime()

/** What a token's header says of the key that signed it. */
export const headerOf = ({ kid }: Signer) => (kid === undefined ? {} : { kid })

export const isOwnKid = ({ verify }: SigningKeys, kid: unknown) =>
  verify.some((own) => own.kid === kid)

/**
 * The one of our keys that a token must be good under: whatever `kid` its header invents where there is one
 * key alone, and otherwise the key it names, or SIGNING_KEY if it names none.
 * @throws JOSEError
 */
export function verifyingKey(
  { verify, defaultKey }: SigningKeys,
  { kid, alg }: { kid?: unknown; alg?: string },
): CryptoKey {
  const named = kid === undefined ? undefined : verify.find((own) => own.kid === kid)
  const own = named ?? (kid === undefined || verify.length === 1 ? defaultKey : undefined)
  if (!own) throw new errors.JWKSNoMatchingKey()
  if (own.alg !== alg) throw new errors.JOSEAlgNotAllowed('"alg" is not the key’s')
  return own.key
}

/** What others verify with: nothing of HS*, whose key signs as well. */
export const publishedKeys = ({ verify }: SigningKeys): JWK[] =>
  verify.flatMap(({ published }) => published ?? [])

async function importKeys(settings: Settings): Promise<SigningKeys> {
  if (settings.signingKeys === '') return importSigningKey(settings)
  const set = await readKeySet(settings.signingKeys)
  const beside = settings.signingKey === '' ? undefined : await importSigningKey(settings)
  const others = beside?.verify.filter(({ kid }) => set.every((own) => own.kid !== kid)) ?? []
  const signers = set.flatMap(({ kid, alg, sign }) => (sign ? [{ kid, alg, ...sign }] : []))
  signers.sort((one, other) => one.useFrom - other.useFrom)
  return {
    signers: [...(beside?.signers ?? []), ...signers],
    verify: [...set.map(({ verify: key, ...own }) => ({ ...own, key })), ...others],
    defaultKey: beside?.defaultKey,
  }
}

/** SIGNING_KEY, which signs until a key of a set begins. */
async function importSigningKey({ algorithm: alg, signingKey, verifyingKey }: Settings) {
  if (alg.startsWith('HS')) {
    const key = await secretKey(signingKey, alg)
    return keysOf({ key, alg, useFrom: 0 }, { key, alg })
  }
  const must = `in PEM for ALGORITHM ${alg}, of 2048 bits or more if it is RSA`
  const sign = await privateKey(signingKey, alg).catch(() => undefined)
  const probe = sign && (await signProbe(sign, alg))
  if (!sign || !probe) throw new SettingsError(`SIGNING_KEY must be a private key ${must}.`)

  const verify = await publicKey(verifyingKey, alg).catch(() => undefined)
  if (!verify) throw new SettingsError(`VERIFYING_KEY must be a public key or certificate ${must}.`)
  if (!(await verifiesProbe(probe, verify))) {
    throw new SettingsError('VERIFYING_KEY must be the public half of SIGNING_KEY.')
  }
  const published = await publicJwk(verify, alg)
  const { kid } = published
  return keysOf({ key: sign, alg, kid, useFrom: 0 }, { key: verify, alg, kid, published })
}

const keysOf = (signer: Signer, defaultKey: VerifyingKey) => ({
  signers: [signer],
  verify: [defaultKey],
  defaultKey,
})

const secretKey = (secret: string, algorithm: string) =>
  crypto.subtle.importKey(
    'raw',
    utf8(secret),
    { name: 'HMAC', hash: algorithm.replace('HS', 'SHA-') },
    false,
    ['sign', 'verify'],
  )
