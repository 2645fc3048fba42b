// Which encoded passwords `hashers.ts` reads, told without any hasher: tools run where its WebAssembly does
// not.

/** The first part of what Django encodes. */
export const algorithms = ['argon2', 'pbkdf2_sha256']

/** A digest and nothing else, by its length in hexadecimal digits. */
const bareDigests = [64]

/** Whether a log-in can be decided; that of an account without a password (`!…`) is. */
export function isReadable(encoded: string): boolean {
  if (encoded.startsWith('!')) return true
  return algorithms.includes(algorithmOf(encoded)) || isBareDigest(encoded)
}

/** What Django would look the hasher up by. */
export const algorithmOf = (encoded: string) => /^([a-z0-9_]+)\$/.exec(encoded)?.[1] ?? ''

const isBareDigest = (encoded: string) =>
  /^[0-9a-f]+$/i.test(encoded) && bareDigests.includes(encoded.length)
