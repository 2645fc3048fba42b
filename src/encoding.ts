// Converts bytes and ids to text and back, and compares bytes.

export const utf8 = (text: string) => encoder.encode(text)

const encoder = new TextEncoder()

export function hex(bytes: ArrayBuffer | Uint8Array): string {
  let text = ''
  for (const byte of new Uint8Array(bytes)) text += hexDigits[byte]
  return text
}

/** The two digits of each byte. */
const hexDigits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

export const toBase64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes))

/** Reads base64 with or without padding. @returns undefined for any other text */
export function fromBase64(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined
  const digits = text.replace(/=+$/, '')
  if (digits.length % 4 === 1) return undefined
  return Uint8Array.from(atob(digits), (byte) => byte.charCodeAt(0))
}

/** The digest of a text, in lower-case hexadecimal. */
export const hexDigest = async (algorithm: string, text: string) =>
  hex(await crypto.subtle.digest(algorithm, utf8(text)))

/** 128 random bits, as 32 hexadecimal digits. */
export const newRandomId = () => hex(crypto.getRandomValues(new Uint8Array(16)))

/** Compares in constant time. Only a difference of the lengths shows. */
export const equalBytes = (a: Uint8Array, b: Uint8Array) =>
  a.length === b.length && crypto.subtle.timingSafeEqual(a, b)

/** `equalBytes` for texts. */
export const isEqual = (one: string, other: string) => equalBytes(utf8(one), utf8(other))

/** As Djoser's `encode_uid`: the id as text, in base64url without padding. */
export const encodeUid = (id: number | string) =>
  btoa(String(id)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')

/** @returns the id as text; undefined for a malformed uid */
export function decodeUid(uid: string): string | undefined {
  if (!/^[\w-]{1,64}={0,2}$/.test(uid)) return undefined
  try {
    return atob(uid.replaceAll('-', '+').replaceAll('_', '/'))
  } catch {
    return undefined
  }
}

/** The id that a decimal text names; undefined if it is not a whole number or not a safe integer. */
export function parseId(text: string): number | undefined {
  const id = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  return Number.isSafeInteger(id) ? id : undefined
}
