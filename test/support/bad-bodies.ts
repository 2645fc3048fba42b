// Bodies that are neither a JSON object nor a form, and REST framework's responses to them.

import { expect } from 'vitest'

/** Any message. */
export const anything = expect.anything()

const bytes = (...values: number[]) => new Uint8Array(values)
const notDictionary = (type: string) => ({
  non_field_errors: [`Invalid data. Expected a dictionary, but got ${type}.`],
})
const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
const jsonError = { detail: expect.stringMatching(/^JSON parse error - /) }
const formError = { detail: expect.stringMatching(/^Multipart form parse error - /) }
const unsupportedType = (type: string) => ({
  detail: `Unsupported media type "${type}" in request.`,
})
const multipart = 'multipart/form-data; boundary=x'
const part = '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n'
/** A description, the body, the status and body of the response, and the content type if it is not JSON. */
export const badBodies: [string, BodyInit, number, object, type?: string][] = [
  ['a list', '[1]', 400, notDictionary('list')],
  ['a text', '"text"', 400, notDictionary('str')],
  ['a whole number', '7', 400, notDictionary('int')],
  ['a long number', '9'.repeat(40), 400, notDictionary('int')],
  ['a number', '1.5', 400, notDictionary('float')],
  ['a boolean', 'true', 400, notDictionary('bool')],
  ['null', 'null', 400, { non_field_errors: ['No data provided'] }],
  ['broken JSON', '{"email":', 400, jsonError],
  ['white space alone', ' ', 400, jsonError],
  ['NaN', '{"email":NaN}', 400, jsonError],
  ['JSON that nests without end', '['.repeat(200_000), 400, jsonError],
  ['JSON that nests very deep', deep, 400, anything],
  ['a BOM', bytes(0xef, 0xbb, 0xbf, 0x7b, 0x7d), 400, jsonError],
  ['invalid UTF-8', bytes(0x22, 0xff, 0xfe, 0x22), 400, jsonError],
  ['UTF-16', bytes(0x7b, 0, 0x7d, 0), 400, jsonError],
  ['text/plain', '{}', 415, unsupportedType('text/plain'), 'text/plain'],
  ['XML', '<a/>', 415, unsupportedType('application/xml; q="1'), 'application/xml; q="1'],
  ['no type', '{}', 415, unsupportedType(''), ''],
  ['multipart without a boundary', part, 400, formError, 'multipart/form-data'],
  ['multipart that is none', 'email=a', 400, formError, multipart],
  ['multipart that ends midway', part, 400, formError, multipart],
]
