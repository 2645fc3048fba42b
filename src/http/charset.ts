// The charset of a body, as Django reads it from Content-Type (django.http.request). Latin-1 and ASCII are known by
// Python's names: Python and the Encoding Standard decode those two differently.

/** Decodes bytes. Bytes that are not valid throw a TypeError (`strictly`) or become U+FFFD (`replacing`). */
export type Decode = (bytes: Uint8Array, how: 'strictly' | 'replacing') => string

/** @returns undefined for an unknown charset */
export function decoderFor(contentType: string): Decode | undefined {
  const name = charsetName(contentType)
  if (name === 'utf-8') return utf8Decoder
  if (latin1Names.includes(name)) return (bytes) => latin1(bytes)
  if (asciiNames.includes(name)) return ascii
  try {
    return decoder(new TextDecoder(name).encoding)
  } catch {
    return undefined
  }
}

/** Makes each byte the character of that number. */
export function latin1(bytes: Uint8Array): string {
  const parts: string[] = []
  for (let start = 0; start < bytes.length; start += chunk) {
    parts.push(String.fromCharCode(...bytes.subarray(start, start + chunk)))
  }
  return parts.join('')
}

/** How many arguments one call gets. */
const chunk = 8192

/** The last charset in the header, in lower case and with hyphens, as Python compares names. */
function charsetName(contentType: string): string {
  if (!contentType.includes(';')) return 'utf-8'
  const [, quoted, bare] =
    [...contentType.matchAll(/;\s*charset\s*=\s*(?:"([^"]*)"|([^;]*))/gi)].at(-1) ?? []
  const name = (quoted ?? bare ?? '').trim().toLowerCase().replaceAll('_', '-')
  return name === '' ? 'utf-8' : name
}

const latin1Names = ['iso-8859-1', 'iso8859-1', 'latin-1', 'latin1', 'l1', '8859', 'cp819']
const asciiNames = ['us-ascii', 'ascii', '646', 'iso646-us']

const ascii: Decode = (bytes, how) => {
  const text = latin1(bytes)
  if (how === 'strictly' && /[\x80-\xff]/.test(text)) throw new TypeError('not ASCII')
  return text.replace(/[\x80-\xff]/g, '\ufffd')
}

function decoder(encoding: string): Decode {
  const replacing = new TextDecoder(encoding, { fatal: false, ignoreBOM: true })
  const strict = new TextDecoder(encoding, { fatal: true, ignoreBOM: true })
  return (bytes, how) => (how === 'strictly' ? strict : replacing).decode(bytes)
}

const utf8Decoder = decoder('utf-8')
