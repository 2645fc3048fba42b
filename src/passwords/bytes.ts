// Base64 as the hashers read and write it.

export const toBase64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes))

/** Reads it with or without padding; undefined for what is not base64. */
export function fromBase64(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined
  const letters = text.replace(/=+$/, '')
  if (letters.length % 4 === 1) return undefined
  return Uint8Array.from(atob(letters), (letter) => letter.charCodeAt(0))
}
