// Reads keys in PEM. WebCrypto reads only PKCS 8 and SPKI. So the older forms of `openssl genrsa` and `openssl ecparam` (RFC
// 8017 A.1, RFC 5915) are wrapped in these.

import { importPKCS8, importSPKI, importX509 } from 'jose'

/** @throws if the PEM holds no private key for the algorithm */
export async function privateKey(pem: string, algorithm: string): Promise<CryptoKey> {
  const { label, der } = findBlock(pem, /PRIVATE KEY$/)
  switch (label) {
    case 'RSA PRIVATE KEY':
      return importPKCS8(asPem('PRIVATE KEY', pkcs8(rsa, der)), algorithm)
    case 'EC PRIVATE KEY':
      return importPKCS8(asPem('PRIVATE KEY', pkcs8(ellipticCurve(algorithm), der)), algorithm)
    default:
      return importPKCS8(asPem(label, der), algorithm)
  }
}

/** @throws if the PEM holds no public key for the algorithm, nor a certificate of one */
export async function publicKey(pem: string, algorithm: string): Promise<CryptoKey> {
  const { label, der } = findBlock(pem, /PUBLIC KEY$|^CERTIFICATE$/)
  switch (label) {
    case 'CERTIFICATE':
      return importX509(asPem(label, der), algorithm)
    case 'RSA PUBLIC KEY':
      return importSPKI(asPem('PUBLIC KEY', spki(der)), algorithm)
    default:
      return importSPKI(asPem(label, der), algorithm)
  }
}

interface Block {
  label: string
  der: Uint8Array
}

// Many shells keep a variable in one line, so `\n` may be written out.
function findBlock(pem: string, labels: RegExp): Block {
  const blocks = pem
    .replaceAll('\\n', '\n')
    .matchAll(/-----BEGIN ([A-Z0-9 ]+)-----([^-]+)-----END \1-----/g)
  for (const [, label = '', body = ''] of blocks) {
    if (labels.test(label)) return { label, der: bytesOf(atob(body.replace(/\s+/g, ''))) }
  }
  throw new TypeError('no such block')
}

const bytesOf = (binary: string) => Uint8Array.from(binary, (char) => char.charCodeAt(0))

function asPem(label: string, der: Uint8Array): string {
  const body = btoa(Array.from(der, (byte) => String.fromCharCode(byte)).join(''))
  return `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----`
}

const sequence = 0x30
const integer = 0x02
const bitString = 0x03
const octetString = 0x04
const objectId = 0x06

/** Tag, length, content (X.690 §8.1). */
function element(tag: number, ...parts: ArrayLike<number>[]): number[] {
  const content = parts.flatMap((part) => Array.from(part))
  const size = content.length
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff]
  return [tag, ...length, ...content]
}

const rsa = element(
  sequence,
  element(objectId, [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01]),
  [0x05, 0x00],
)

const curves: Record<string, number[]> = {
  ES256: [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07],
  ES384: [0x2b, 0x81, 0x04, 0x00, 0x22],
  ES512: [0x2b, 0x81, 0x04, 0x00, 0x23],
}

const ellipticCurve = (algorithm: string) =>
  element(
    sequence,
    element(objectId, [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]),
    element(objectId, curves[algorithm] ?? []),
  )

const pkcs8 = (kind: number[], key: Uint8Array) =>
  Uint8Array.from(element(sequence, element(integer, [0]), kind, element(octetString, key)))

const spki = (key: Uint8Array) =>
  Uint8Array.from(element(sequence, rsa, element(bitString, [0], key)))
