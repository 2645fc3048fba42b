// The operator's file of keys, as SIGNING_KEYS holds it: a line for each key, readable by its owner alone.

import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import { SettingsError } from '../src/settings/env.ts'
import { readKeySet, type SetKey } from '../src/tokens/signing-key-set.ts'
import { fail } from './fail.ts'

/** What stands in the file, and what it means. */
export interface Key extends SetKey {
  jwk: object
}

export async function readKeys(file: string): Promise<Key[]> {
  const text = readOrRefuse(file)
  try {
    const keys = await readKeySet(text)
    const { keys: jwks } = JSON.parse(text) as { keys: object[] }
    return keys.map((key, at) => ({ ...key, jwk: jwks[at] ?? {} }))
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    return fail(`${file}: ${error.message}`)
  }
}

function readOrRefuse(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return fail(`${file} cannot be read. Make it: npm run keys -- make --file ${file}`)
  }
}

/** The key that signs, as the Worker finds it: the newest that has begun. */
export const signerOf = (keys: Key[], now: Date) =>
  inOrder(keys).findLast((key) => beginning(key) <= now)

const inOrder = (keys: Key[]) =>
  keys.filter(({ sign }) => sign).sort((one, other) => +beginning(one) - +beginning(other))

export const beginning = ({ sign }: Key) => new Date((sign?.useFrom ?? 0) * 1000)

/** When another key took the place of this one; undefined if it never signed. */
export function lastSigned(keys: Key[], key: Key, now: Date): Date | undefined {
  if (beginning(key) > now) return undefined
  const order = inOrder(keys)
  const successor = key.sign ? order[order.indexOf(key) + 1] : signerOf(keys, now)
  return successor && beginning(successor)
}

/** A fresh private key that signs from a time on. */
export async function newKey(alg: string, useFrom: Date): Promise<object> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const kid = await calculateJwkThumbprint(await exportJWK(publicKey))
  const use_from = useFrom.toISOString().replace(/\.\d+/, '')
  return { kid, alg, use_from, ...(await exportJWK(privateKey)) }
}

export const textOf = (jwks: object[]) =>
  `{"keys":[\n${jwks.map((jwk) => JSON.stringify(jwk)).join(',\n')}\n]}\n`

/** Whole or not at all; `create` refuses to replace a file. */
export function writeKeys(file: string, jwks: object[], { create = false } = {}) {
  const text = textOf(jwks)
  if (Buffer.byteLength(text) > maxBytes) {
    fail(`${jwks.length} keys are more than a secret of Cloudflare holds: retire one first.`)
  }
  const target = create ? file : `${file}.new`
  try {
    writeFileSync(target, text, { mode: 0o600, flag: 'wx' })
    if (!create) renameSync(target, file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    fail(`${target} ${code === 'EEXIST' ? 'is there already' : `cannot be written: ${code}`}.`)
  }
}

const maxBytes = 5000 // Cloudflare's 5 KB
