// New keys, and sets of them for SIGNING_KEYS.

import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'

/** A key that signs from `useFrom` on, and its published part. */
export async function newKey(alg: string, useFrom: number | string = 0) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const published = await exportJWK(publicKey)
  return {
    jwk: { ...(await exportJWK(privateKey)), alg, use_from: useFrom },
    kid: await calculateJwkThumbprint(published),
    published,
    privateKey,
  }
}

type Key = Awaited<ReturnType<typeof newKey>>

export const setOf = (...keys: Key[]) => JSON.stringify({ keys: keys.map(({ jwk }) => jwk) })
