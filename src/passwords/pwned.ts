// Finds passwords that are known from breaches, by the range API of Pwned Passwords. It sends the first five of the SHA-1's
// forty digits. The answer has all hashes that begin with these five, and is cached for a day
// (docs/decisions/024).

import { hexDigest } from '../encoding.ts'
import type { Settings } from '../settings/parse.ts'

/** Seconds. */
const maxAge = 86_400
/** Characters of an answer. Real answers have some 40,000. */
const maxLength = 1_000_000
const rangePattern = /^(?:[0-9A-F]{35}:\d+(?:\r?\n|$))+$/

/**
 * Whether a password is known from a breach. Undefined if no valid answer comes in time, which is logged.
 * @param settings its `timeout` is in seconds
 */
export async function isPwned(
  password: string,
  settings: Settings['pwnedPasswords'],
): Promise<boolean | undefined> {
  const hash = (await hexDigest('SHA-1', password)).toUpperCase()
  const prefix = hash.slice(0, 5)
  try {
    const range = await fetchRange(`${settings.url}/range/${prefix}`, settings.timeout)
    // Lines with a count of 0 are padding: it hides the length of the real answer from eavesdroppers.
    return new RegExp(`^${hash.slice(5)}:0*[1-9]`, 'm').test(range)
  } catch (error) {
    const cause = String(error).replaceAll(prefix, '…')
    console.error({ message: 'pwned passwords lookup failed', cause })
    return undefined
  }
}

async function fetchRange(url: string, timeout: number): Promise<string> {
  // Node has no `caches`, and commands there set passwords too.
  const cache = typeof caches === 'undefined' ? undefined : caches.default
  const cached = await cache?.match(url)
  if (cached) return cached.text()

  const response = await fetch(url, {
    headers: { 'add-padding': 'true' },
    redirect: 'manual',
    signal: AbortSignal.timeout(timeout * 1000),
  })
  if (response.status !== 200) throw new Error(`the status is ${response.status}`)
  const text = await response.text()
  if (text.length > maxLength || !rangePattern.test(text)) throw new Error('the answer is no range')
  const headers = { 'cache-control': `max-age=${maxAge}` }
  // An answer that cannot be cached is still valid.
  await cache?.put(url, new Response(text, { headers })).catch(() => {})
  return text
}
