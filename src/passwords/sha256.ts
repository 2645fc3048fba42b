// Bare SHA-256 in 64 hexadecimal digits, without a salt: what home-made systems left. Read, never written.

import { equalBytes, utf8 } from './bytes.ts'

export const isBareSha256 = (encoded: string) => /^[0-9a-f]{64}$/i.test(encoded)

/** For a hash that `isBareSha256`. */
export async function verifySha256(password: string, encoded: string): Promise<boolean> {
  const digest = await crypto.subtle.digest('SHA-256', utf8(password))
  const digits = encoded.match(/../g) ?? []
  return equalBytes(
    new Uint8Array(digest),
    Uint8Array.from(digits, (pair) => Number.parseInt(pair, 16)),
  )
}
