// Bodies that are no JSON object and no form, and what REST framework says of them.

import { expect } from 'vitest'

/** Whatever it says. */
export const anything = expect.anything()

const bytes = (...values: number[]) => new Uint8Array(values)
const noDictionary = (type: string) => ({
  non_field_errors: [`Invalid data. Expected a dictionary, but got ${type}.`],
})
const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
const noJson = { detail: expect.stringMatching(/^JSON parse error - /) }
const noForm = { detail: expect.stringMatching(/^Multipart form parse error - /) }
const noType = (type: string) => ({ detail: `Unsupported media type "${type}" in request.` })
const multipart = 'multipart/form-data; boundary=x'
const part = '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n'
/** What, how it is answered, and of which type if not JSON. */
export const badBodies: [string, BodyInit, number, object, type?: string][] = [
  ['a list', '[1]', 400, noDictionary('list')],
  ['a text', '"text"', 400, noDictionary('str')],
  ['a whole number', '7', 400, noDictionary('int')],
  ['a long number', '9'.repeat(40), 400, noDictionary('int')],
  ['a number', '1.5', 400, noDictionary('float')],
  ['a boolean', 'true', 400, noDictionary('bool')],
  ['null', 'null', 400, { non_field_errors: ['No data provided'] }],
  ['broken JSON', '{"email":', 400, noJson],
  ['white space alone', ' ', 400, noJson],
  ['NaN', '{"email":NaN}', 400, noJson],
  ['JSON that nests without end', '['.repeat(200_000), 400, noJson],
  ['JSON that nests very deep', deep, 400, anything],
  ['a BOM', bytes(0xef, 0xbb, 0xbf, 0x7b, 0x7d), 400, noJson],
  ['invalid UTF-8', bytes(0x22, 0xff, 0xfe, 0x22), 400, noJson],
  ['UTF-16', bytes(0x7b, 0, 0x7d, 0), 400, noJson],
  ['text/plain', '{}', 415, noType('text/plain'), 'text/plain'],
  ['XML', '<a/>', 415, noType('application/xml; q="1'), 'application/xml; q="1'],
  ['no type', '{}', 415, noType(''), ''],
  ['multipart without a boundary', part, 400, noForm, 'multipart/form-data'],
  ['multipart that is none', 'email=a', 400, noForm, multipart],
  ['multipart that ends midway', part, 400, noForm, multipart],
]
