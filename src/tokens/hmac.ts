// Keys, derived once and kept in module scope. SECRET_KEY is the root of all that is no JWT, each purpose
// under its own HKDF label (RFC 5869).

import { hex, utf8 } from '../encoding.ts'

const imported = new Map<string, Promise<CryptoKey>>()

/**
 * HMAC-SHA-256 under the key for a purpose, over a list that no other list shares an encoding with.
 * @returns 64 hex digits
 */
export async function hmac(secretKey: string, purpose: string, parts: (string | number)[]) {
  const key = await remember(`${purpose}:${secretKey}`, () => derive(secretKey, purpose))
  const message = parts.map(String).map((part) => `${utf8(part).length}:${part}`)
  return hex(await crypto.subtle.sign('HMAC', key, utf8(message.join(''))))
}

function remember(name: string, make: () => Promise<CryptoKey>): Promise<CryptoKey> {
  const key = imported.get(name) ?? make()
  imported.set(name, key)
  return key
}

async function derive(secretKey: string, purpose: string): Promise<CryptoKey> {
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
