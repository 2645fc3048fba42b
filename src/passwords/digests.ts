// Bare digests: Django's `md5$salt$…` and `sha1$salt$…`, salted or not, and the plain hexadecimal digits of systems
// other than Django. They are read, never written. The import hashes them once more (wrapped.ts).

import { hexDigest, isEqual } from '../encoding.ts'
import type { Comparison } from './comparison.ts'

interface ParsedDigest {
  name: DigestName
  salt: string
  /** In lower case. */
  hex: string
}

export type DigestName = 'md5' | 'sha1' | 'sha256'

/** The digest, by its number of hexadecimal digits. */
const byLength: Record<number, DigestName> = { 32: 'md5', 40: 'sha1', 64: 'sha256' }
const webCryptoNames = { md5: 'MD5', sha1: 'SHA-1', sha256: 'SHA-256' }

/** @returns undefined for every other kind of hash */
export function parseDigest(encoded: string): ParsedDigest | undefined {
  const [, prefix, salt = '', digits = ''] =
    /^(?:(md5|sha1)\$([^$]*)\$)?([0-9a-f]+)$/i.exec(encoded) ?? []
  const name = byLength[digits.length]
  if (!name || (prefix && prefix !== name)) return undefined
  return { name, salt, hex: digits.toLowerCase() }
}

export function readDigest(encoded: string): Comparison | 'unsupported' {
  const digest = parseDigest(encoded)
  if (!digest) return 'unsupported'
  const { name, salt, hex } = digest
  return {
    isSlow: false,
    matches: async (password) => isEqual(await digestOf(name, salt, password), hex),
  }
}

/** In hexadecimal, as Django's hashers write it. */
export const digestOf = (name: DigestName, salt: string, password: string) =>
  hexDigest(webCryptoNames[name], salt + password)
