// Django's list of common passwords, as static assets in 256 files by the first byte of a hash.

import { utf8 } from './bytes.ts'

/** @throws Error when the assets are not there, which is a mistake in wrangler.toml. */
export function commonPasswords(assets: Fetcher): (password: string) => Promise<boolean> {
  return async function isCommon(password) {
    const normal = normalise(password)
    const path = `/common-passwords/${await shardOf(normal)}.txt`
    const response = await assets.fetch(`https://assets${path}`)
    if (!response.ok) throw new Error(`The assets have no ${path}: ${response.status}`)
    const passwords = await response.text()
    return normal !== '' && passwords.split('\n').includes(normal)
  }
}

/** As Python's `password.lower().strip()`, whose white space is not quite that of `trim()`. */
export function normalise(password: string): string {
  const lower = password.toLowerCase()
  let start = 0
  let end = lower.length
  while (start < end && space.includes(lower.charAt(start))) start++
  while (start < end && space.includes(lower.charAt(end - 1))) end--
  return lower.slice(start, end)
}

const space =
  '\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007' +
  '\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000'

/** The first byte of SHA-256, in hexadecimal. */
export async function shardOf(normal: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', utf8(normal))
  const [first = 0] = new Uint8Array(digest)
  return first.toString(16).padStart(2, '0')
}
