// The operator's key file, in the form of SIGNING_KEYS: one line for each key. Only the file's owner can read it.

import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import { SettingsError } from '../src/settings/env.ts'
import { readKeySet, type SetKey } from '../src/tokens/signing-key-set.ts'
import { fail } from './fail.ts'
import { commandFor } from './project.ts'

/** A key of the file, parsed. */
export interface Key extends SetKey {
  /** The key as the file has it. */
  jwk: object
}

export async function readKeys(file: string): Promise<Key[]> {
  const text = readTextOrFail(file)
  try {
    const keys = await readKeySet(text)
    const { keys: jwks } = JSON.parse(text) as { keys: object[] }
    return keys.map((key, index) => ({ ...key, jwk: jwks[index] ?? {} }))
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    return fail(`${file}: ${error.message}`)
  }
}

function readTextOrFail(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return fail(`${file} cannot be read. Create it: ${commandFor('keys', `make --file ${file}`)}`)
  }
}

/** The key that signs, chosen as the Worker does: the newest whose `use_from` has passed. */
export const currentSigner = (keys: Key[], now: Date) =>
  signersInOrder(keys).findLast((key) => useFrom(key) <= now)

const signersInOrder = (keys: Key[]) =>
  keys.filter(({ sign }) => sign).sort((one, other) => +useFrom(one) - +useFrom(other))

/** When it starts to sign; 1970 for a key that only verifies. */
export const useFrom = ({ sign }: Key) => new Date((sign?.useFrom ?? 0) * 1000)

/** When another key replaced this one; undefined if this one never signed or still signs. */
export function replacedAt(keys: Key[], key: Key, now: Date): Date | undefined {
  if (useFrom(key) > now) return undefined
  const signers = signersInOrder(keys)
  const successor = key.sign ? signers[signers.indexOf(key) + 1] : currentSigner(keys, now)
  return successor && useFrom(successor)
}

/** A new private key that signs from `start` on. */
export async function newKey(alg: string, start: Date): Promise<object> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const kid = await calculateJwkThumbprint(await exportJWK(publicKey))
  const use_from = start.toISOString().replace(/\.\d+/, '')
  return { kid, alg, use_from, ...(await exportJWK(privateKey)) }
}

export const keyFileText = (jwks: object[]) =>
  `{"keys":[\n${jwks.map((jwk) => JSON.stringify(jwk)).join(',\n')}\n]}\n`

/** Writes the whole file or nothing. With `create` it never replaces a file. */
export function writeKeys(file: string, jwks: object[], { create = false } = {}) {
  const text = keyFileText(jwks)
  if (Buffer.byteLength(text) > maxBytes) {
    fail(`${jwks.length} keys are more than a secret of Cloudflare can hold. First retire one.`)
  }
  const target = create ? file : `${file}.new`
  try {
    writeFileSync(target, text, { mode: 0o600, flag: 'wx' })
    if (!create) renameSync(target, file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    fail(`${target} ${code === 'EEXIST' ? 'exists already' : `cannot be written: ${code}`}.`)
  }
}

const maxBytes = 5000 // Cloudflare's 5 KB
