// Forms, parsed as Django parses them: urlencoded ones by django.http.QueryDict, multipart ones by its MultiPartParser.

import { type Decode, latin1 } from './charset.ts'
import { badRequest } from './errors.ts'

/** The last value of each name. @throws ApiError 400 for more than `maxFields` fields */
export function parseUrlencodedForm(
  bytes: Uint8Array,
  decode: Decode,
  maxFields: number,
): Record<string, string> {
  const text = decodeForm(bytes, decode)
  const pairs = text.split('&', maxFields + 1)
  if (pairs.length > maxFields) throw tooManyFields()
  const unquote = (part: string) =>
    part
      .replaceAll('+', ' ')
      .replace(/[\0-\x7f]+/g, (ascii) =>
        ascii.includes('%') ? decode(unquoteToBytes(ascii), 'replacing') : ascii,
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

/** The last value of each name. @throws ApiError 400 for a malformed form, and for more than `maxFields` fields */
export async function parseMultipartForm(
  bytes: Uint8Array,
  contentType: string,
  decode: Decode,
  maxFields: number,
): Promise<Record<string, unknown>> {
  const fields = [...(await parseParts(bytes, contentType))]
  if (fields.length > maxFields) throw tooManyFields()
  const decoded = (value: unknown) =>
    typeof value === 'string' ? decode(bytesOf(value), 'replacing') : value
  return Object.fromEntries(fields.map(([name, value]) => [String(decoded(name)), decoded(value)]))
}

/** If a form is not in the charset that it declares, Django reads each byte as one character. */
function decodeForm(bytes: Uint8Array, decode: Decode): string {
  try {
    return decode(bytes, 'strictly')
  } catch {
    return latin1(bytes)
  }
}

/** The runtime parses only UTF-8, so it gets each byte as the character with that code. */
async function parseParts(bytes: Uint8Array, contentType: string): Promise<FormData> {
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

/** urllib.parse.unquote_to_bytes. It leaves a `%` as it is if no two hexadecimal digits follow. */
function unquoteToBytes(text: string): Uint8Array {
  const plain = text.replace(/%([0-9a-f]{2})/gi, (_, digits) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  )
  return bytesOf(plain)
}

const tooManyFields = () =>
  badRequest('The number of GET/POST parameters exceeded settings.DATA_UPLOAD_MAX_NUMBER_FIELDS.')
