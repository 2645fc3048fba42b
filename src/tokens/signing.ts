// The keys of JWTs, imported once for each settings object: the set in SIGNING_KEYS, and SIGNING_KEY (one secret for HS*, a
// key pair otherwise). Each key has one algorithm. A token's header never chooses it.

import { type CompactJWSHeaderParameters, CompactSign, type JWK } from 'jose'
import * as errors from 'jose/errors'
import { utf8 } from '../encoding.ts'
import { SettingsError } from '../settings/env.ts'
import type { Settings } from '../settings/parse.ts'
import { perSettings } from '../settings.ts'
import { privateKey, publicKey } from './pem.ts'
import { publicJwk, readKeySet, signProbe, verifiesProbe } from './signing-key-set.ts'

export interface SigningKeys {
  /** In the order in which they begin to sign. */
  signers: Signer[]
  /** The keys that our tokens may be signed with. */
  verify: VerifyingKey[]
  /** SIGNING_KEY, for a token that names no key. */
  defaultKey?: VerifyingKey
}

interface Signer {
  key: CryptoKey
  alg: string
  kid?: string
  /** When it begins to sign, in seconds since 1970. */
  useFrom: number
}

export interface VerifyingKey {
  key: CryptoKey
  alg: string
  /** Only for a key pair. Another service that verifies our tokens finds the key by it. */
  kid?: string
  published?: JWK
}

/** @throws SettingsError that names the setting with a wrong key */
export const signingKeys = perSettings(importKeys)

/** @throws SettingsError if no key can sign yet, or as `signingKeys` does */
export async function checkSigningKeys(settings: Settings, now: Date) {
  if (signed.has(settings)) return
  const { signers } = await signingKeys(settings)
  if (!signers.some((signer) => canSign(signer, now))) {
    throw new SettingsError('SIGNING_KEYS must have a private key whose "use_from" has passed.')
  }
  signed.add(settings)
}

/** Settings with a key that has begun to sign, so that it signs at any later time too. */
const signed = new WeakSet<Settings>()

/**
 * The newest key whose `use_from` has passed at `time`; the first key if none has (a re-issued token can predate every
 * key).
 */
export function signerAt({ signers }: SigningKeys, time: Date): Signer {
  const signer = signers.findLast((each) => canSign(each, time)) ?? signers[0]
  if (!signer) throw new SettingsError('SIGNING_KEYS must have a private key.')
  return signer
}

const canSign = ({ useFrom }: Signer, time: Date) => useFrom * 1000 <= time.getTime()

/** The claims as a JWT (RFC 7519 §7.1). jose's SignJWT copies the claims before it writes them. */
export const signJwt = (
  claims: Record<string, unknown>,
  header: CompactJWSHeaderParameters,
  { key }: Signer,
): Promise<string> =>
  new CompactSign(utf8(JSON.stringify(claims))).setProtectedHeader(header).sign(key)

/** What the header of a token says about the key that signed it. */
export const headerOf = ({ kid }: Signer) => (kid === undefined ? {} : { kid })

export const isOwnKid = ({ verify }: SigningKeys, kid: unknown) =>
  verify.some((own) => own.kid === kid)

/**
 * The key that a token of ours must be signed with. It is the key that the token names, or SIGNING_KEY if it names none. A
 * deployment with a single key ignores the `kid`.
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

/** The keys that other services verify our tokens with. A secret of HS* is not among them, since it also signs. */
export const publishedKeys = ({ verify }: SigningKeys): JWK[] =>
  verify.flatMap(({ published }) => published ?? [])

async function importKeys(settings: Settings): Promise<SigningKeys> {
  if (settings.signingKeys === '') return importSigningKey(settings)
  const set = await readKeySet(settings.signingKeys)
  const single = settings.signingKey === '' ? undefined : await importSigningKey(settings)
  const others = single?.verify.filter(({ kid }) => set.every((own) => own.kid !== kid)) ?? []
  const signers = set.flatMap(({ kid, alg, sign }) => (sign ? [{ kid, alg, ...sign }] : []))
  signers.sort((one, other) => one.useFrom - other.useFrom)
  return {
    signers: [...(single?.signers ?? []), ...signers],
    verify: [...set.map(({ verify: key, ...own }) => ({ ...own, key })), ...others],
    defaultKey: single?.defaultKey,
  }
}

/** Imports SIGNING_KEY, which signs until a key of SIGNING_KEYS begins to sign. */
async function importSigningKey({ algorithm: alg, signingKey, verifyingKey }: Settings) {
  if (alg.startsWith('HS')) {
    const key = await secretKey(signingKey, alg)
    return keysOf({ key, alg, useFrom: 0 }, { key, alg })
  }
  const form = `in PEM for ALGORITHM ${alg}, of 2048 bits or more if it is RSA`
  const sign = await privateKey(signingKey, alg).catch(() => undefined)
  const probe = sign && (await signProbe(sign, alg))
  if (!sign || !probe) throw new SettingsError(`SIGNING_KEY must be a private key ${form}.`)

  const verify = await publicKey(verifyingKey, alg).catch(() => undefined)
  if (!verify) throw new SettingsError(`VERIFYING_KEY must be a public key or certificate ${form}.`)
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
