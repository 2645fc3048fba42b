// Django's list of common passwords, as static assets in 256 files by the first byte of a hash.

import { hexDigest } from '../encoding.ts'
import { strip } from '../strip.ts'

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

/** As Python's `password.lower().strip()`. */
export const normalise = (password: string) => strip(password.toLowerCase())

/** The first byte of SHA-256, in hexadecimal. */
export const shardOf = async (normal: string) => (await hexDigest('SHA-256', normal)).slice(0, 2)
