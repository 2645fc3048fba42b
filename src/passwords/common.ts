// Django's list of common passwords. It is deployed as 256 static assets, by the first byte of a password's SHA-256.

import { hexDigest } from '../encoding.ts'
import { strip } from '../strip.ts'

/**
 * Returns the check whether a password is on the list. It requests one asset.
 * @throws Error from the check, if the asset is missing: a mistake in wrangler.toml
 */
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

/** Python's `password.lower().strip()`. */
export const normalise = (password: string) => strip(password.toLowerCase())

/** The first byte of the SHA-256, as two hexadecimal digits: the name of the asset. */
export const shardOf = async (normal: string) => (await hexDigest('SHA-256', normal)).slice(0, 2)
