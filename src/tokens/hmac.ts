// HMACs under keys that are derived once and kept in module scope. SECRET_KEY is the root of every key but those of JWTs.
// Each purpose has its own HKDF label (RFC 5869).

import { hex, utf8 } from '../encoding.ts'

const keys = new Map<string, CryptoKey>()

/**
 * HMAC-SHA-256 under the key for a purpose. Each part is preceded by its length, so no two lists have one encoding.
 * @returns 64 hex digits
 */
export async function hmac(secretKey: string, purpose: string, parts: (string | number)[]) {
  const key = keys.get(keyName(secretKey, purpose)) ?? (await newKey(secretKey, purpose))
  const message = parts.map(String).map((part) => `${utf8(part).length}:${part}`)
  return hex(await crypto.subtle.sign('HMAC', key, utf8(message.join(''))))
}

const keyName = (secretKey: string, purpose: string) => `${purpose}:${secretKey}`

async function newKey(secretKey: string, purpose: string): Promise<CryptoKey> {
  const key = await deriveKey(secretKey, purpose)
  keys.set(keyName(secretKey, purpose), key)
  return key
}

async function deriveKey(secretKey: string, purpose: string): Promise<CryptoKey> {
  const root = await crypto.subtle.importKey('raw', utf8(secretKey), 'HKDF', false, ['deriveBits'])
  const info = utf8(`gatehouse ${purpose}`)
  const bits = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }
  return hmacKey(new Uint8Array(await crypto.subtle.deriveBits(bits, root, 256)))
}

const hmacKey = (bytes: Uint8Array) =>
  crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
    'verify',
  ])
