// The charset of a body, as Django takes it from Content-Type (django.http.request), under Python's names for
// the two that Python and the Encoding Standard read otherwise: Latin-1 and ASCII.

/** Turns bytes into a text; where they are none, throws a TypeError or puts U+FFFD. */
export type Decode = (bytes: Uint8Array, how: 'strictly' | 'replacing') => string

/** @returns how bytes are read; undefined for a charset that is not known */
export function decoderFor(contentType: string): Decode | undefined {
  const name = charsetIn(contentType)
  if (latin1Names.includes(name)) return (bytes) => latin1(bytes)
  if (asciiNames.includes(name)) return ascii
  try {
    return decoder(new TextDecoder(name).encoding)
  } catch {
    return undefined
  }
}

/** Each byte is the character of that number. */
export function latin1(bytes: Uint8Array): string {
  const parts: string[] = []
  for (let start = 0; start < bytes.length; start += chunk) {
    parts.push(String.fromCharCode(...bytes.subarray(start, start + chunk)))
  }
  return parts.join('')
}

const chunk = 8192 // arguments of one call

/** In lower case and with hyphens, as Python compares them; the last one counts. */
function charsetIn(contentType: string): string {
  const [, quoted, bare] =
    [...contentType.matchAll(/;\s*charset\s*=\s*(?:"([^"]*)"|([^;]*))/gi)].at(-1) ?? []
  const name = (quoted ?? bare ?? '').trim().toLowerCase().replaceAll('_', '-')
  return name === '' ? 'utf-8' : name
}

const latin1Names = ['iso-8859-1', 'iso8859-1', 'latin-1', 'latin1', 'l1', '8859', 'cp819']
const asciiNames = ['us-ascii', 'ascii', '646', 'iso646-us']

const ascii: Decode = (bytes, how) => {
  const text = latin1(bytes)
  if (how === 'strictly' && /[\x80-\xff]/.test(text)) throw new TypeError('no ASCII')
  return text.replace(/[\x80-\xff]/g, '\ufffd')
}

function decoder(encoding: string): Decode {
  const replacing = new TextDecoder(encoding, { fatal: false, ignoreBOM: true })
  const strict = new TextDecoder(encoding, { fatal: true, ignoreBOM: true })
  return (bytes, how) => (how === 'strictly' ? strict : replacing).decode(bytes)
}
