// Forms as Django reads them: urlencoded ones by django.http.QueryDict, multipart ones by its MultiPartParser.

import { type Decode, latin1 } from './charset.ts'
import { badRequest } from './errors.ts'

/** The last value of each name. @throws ApiError 400 for more than `most` fields */
export function parseUrlencodedForm(
  bytes: Uint8Array,
  decode: Decode,
  most: number,
): Record<string, string> {
  const text = textOf(bytes, decode)
  const pairs = text.split('&', most + 1)
  if (pairs.length > most) throw tooManyFields()
  const unquote = (part: string) =>
    part
      .replaceAll('+', ' ')
      .replace(/[\0-\x7f]+/g, (run) =>
        run.includes('%') ? decode(unescaped(run), 'replacing') : run,
      )
  return Object.fromEntries(
    pairs
      .filter((pair) => pair !== '')
      .map((pair) => {
        const [name = '', ...rest] = pair.split('=')
        return [unquote(name), unquote(rest.join('='))]
      }),
  )
}

/** @throws ApiError 400 for what is no form, and for more than `most` fields */
export async function parseMultipartForm(
  bytes: Uint8Array,
  contentType: string,
  decode: Decode,
  most: number,
): Promise<Record<string, unknown>> {
  const fields = [...(await partsOf(bytes, contentType))]
  if (fields.length > most) throw tooManyFields()
  const read = (value: unknown) =>
    typeof value === 'string' ? decode(bytesOf(value), 'replacing') : value
  return Object.fromEntries(fields.map(([name, value]) => [String(read(name)), read(value)]))
}

/** Of a form that is not in its own charset, Django takes each byte for a character. */
function textOf(bytes: Uint8Array, decode: Decode): string {
  try {
    return decode(bytes, 'strictly')
  } catch {
    return latin1(bytes)
  }
}

/** The runtime reads UTF-8 alone, so it is given each byte as the character of that number. */
async function partsOf(bytes: Uint8Array, contentType: string): Promise<FormData> {
  try {
    const headers = { 'content-type': contentType }
    return await new Response(latin1(bytes), { headers }).formData()
  } catch (error) {
    throw badRequest(
      `Multipart form parse error - ${error instanceof Error ? error.message : error}`,
    )
  }
}

const bytesOf = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0))

/** urllib.parse.unquote_to_bytes: what is no escape stays. */
function unescaped(text: string): Uint8Array {
  const plain = text.replace(/%([0-9a-f]{2})/gi, (_, digits) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  )
  return bytesOf(plain)
}

const tooManyFields = () =>
  badRequest('The number of GET/POST parameters exceeded settings.DATA_UPLOAD_MAX_NUMBER_FIELDS.')
