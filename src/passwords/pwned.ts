// Passwords known from breaches, by the range API of Pwned Passwords: the first five of the SHA-1's forty digits
// leave, and what comes back has all hashes that begin with them, kept for a day (docs/decisions/024).

import { hexDigest } from '../encoding.ts'
import type { Settings } from '../settings/parse.ts'

const day = 86_400 // seconds
const maxCharacters = 1_000_000 // some 40,000 in truth
const range = /^(?:[0-9A-F]{35}:\d+(?:\r?\n|$))+$/

/** Whether a password is known; undefined where nothing sound answers in time. */
export async function isPwned(
  password: string,
  { url, timeout }: Settings['pwnedPasswords'],
): Promise<boolean | undefined> {
  const hash = (await hexDigest('SHA-1', password)).toUpperCase()
  const prefix = hash.slice(0, 5)
  try {
    const known = await rangeAt(`${url}/range/${prefix}`, timeout)
    // Lines with a count of 0 are padding, which hides from onlookers how long the answer is.
    return new RegExp(`^${hash.slice(5)}:0*[1-9]`, 'm').test(known)
  } catch (error) {
    const cause = String(error).replaceAll(prefix, '…')
    console.error({ message: 'no answer of PWNED_PASSWORDS_URL counts', cause })
    return undefined
  }
}

async function rangeAt(address: string, timeout: number): Promise<string> {
  // A tool in Node has none.
  const cache = typeof caches === 'undefined' ? undefined : caches.default
  const kept = await cache?.match(address)
  if (kept) return kept.text()

  const response = await fetch(address, {
    headers: { 'add-padding': 'true' },
    redirect: 'manual',
    signal: AbortSignal.timeout(timeout * 1000),
  })
  if (response.status !== 200) throw new Error(`it answered ${response.status}`)
  const text = await response.text()
  if (text.length > maxCharacters || !range.test(text)) throw new Error('it answered no range')
  const headers = { 'cache-control': `max-age=${day}` }
  // What cannot be kept counts all the same.
  await cache?.put(address, new Response(text, { headers })).catch(() => {})
  return text
}
