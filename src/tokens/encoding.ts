// How bytes and ids are written in tokens and links.

export const hex = (bytes: ArrayBuffer) =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')

/** Compares without telling by time where two texts differ. */
export function isEqual(one: string, other: string): boolean {
  const [a, b] = [new TextEncoder().encode(one), new TextEncoder().encode(other)]
  return a.length === b.length && crypto.subtle.timingSafeEqual(a, b)
}

/** As Djoser's `encode_uid`: base64url, without padding, of the id in decimal. */
export const encodeUid = (id: number) =>
  btoa(String(id)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')

/** @returns the id, or undefined for what is no uid */
export function decodeUid(uid: string): number | undefined {
  if (!/^[\w-]{1,24}={0,2}$/.test(uid)) return undefined
  try {
    return parseId(atob(uid.replaceAll('-', '+').replaceAll('_', '/')))
  } catch {
    return undefined
  }
}

/** The id that a decimal text names, if it can be one. */
export function parseId(text: string): number | undefined {
  const id = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  return Number.isSafeInteger(id) ? id : undefined
}
