// Django's `scrypt$<N>$<salt>$<r>$<p>$<base64>`: read, never written.

import { scrypt } from '@noble/hashes/scrypt.js'
import { isPaid } from '../settings/hash-costs.ts'
import { equalBytes, fromBase64, utf8 } from './bytes.ts'
import { outOfBounds } from './out-of-bounds.ts'

const form = /^scrypt\$(\d+)\$([^$]+)\$(\d+)\$(\d+)\$([^$]+)$/

export function verifyScrypt(password: string, encoded: string) {
  const [, N, salt = '', r, p, hash = ''] = form.exec(encoded) ?? []
  const expected = fromBase64(hash)
  if (expected?.length !== 64) return 'unreadable'
  const cost = { N: Number(N), r: Number(r), p: Number(p) }
  if (!isPaid.scrypt([cost.N, cost.r, cost.p]))
    return outOfBounds(`scrypt with N=${N}, r=${r}, p=${p}`)
  return equalBytes(scrypt(utf8(password), utf8(salt), { ...cost, dkLen: 64 }), expected)
}
