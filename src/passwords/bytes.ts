// Bytes as the hashers read, write and compare them.

export const utf8 = (text: string) => new TextEncoder().encode(text)

export const toBase64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes))

/** Reads it with or without padding; undefined for what is not base64. */
export function fromBase64(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined
  const letters = text.replace(/=+$/, '')
  if (letters.length % 4 === 1) return undefined
  return Uint8Array.from(atob(letters), (letter) => letter.charCodeAt(0))
}

/** Takes the same time wherever the two differ; only their lengths show. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0)
  return difference === 0
}
