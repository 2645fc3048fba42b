import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { parsePublicId, parseUuid } from '../src/public-id.ts'
import { settingsOf } from '../src/settings.ts'

const uuid = '550e8400-e29b-41d4-a716-446655440000'
const digits = uuid.replaceAll('-', '')

test.each([
  uuid,
  digits,
  uuid.toUpperCase(),
  `{${uuid}}`,
  `urn:uuid:${uuid}`,
  `${digits.slice(0, 8)}-${digits.slice(8)}`,
])('%s is read as Python’s uuid.UUID reads it', (text) => {
  expect(parseUuid(text)).toBe(uuid)
})

test.each([
  '',
  '1',
  'abc',
  uuid.slice(1),
  `${uuid}0`,
  `g${uuid.slice(1)}`,
  ` ${uuid}`,
  `${uuid}\n`,
])('%j is no UUID', (text) => {
  expect(parseUuid(text)).toBeUndefined()
})

test('an id is a number, or with USER_PK = "uuid" a UUID', () => {
  const [numbers, uuids] = [settingsOf(env), settingsOf({ ...env, USER_PK: 'uuid' })]
  expect(parsePublicId(numbers, '12')?.publicId).toBe(12)
  expect(parsePublicId(numbers, uuid)).toBeUndefined()
  expect(parsePublicId(uuids, digits)?.publicId).toBe(uuid)
  for (const settings of [numbers, uuids]) {
    for (const text of ['', 'abc', '-1', '1.5', '99999999999999999999']) {
      expect(parsePublicId(settings, text)).toBeUndefined()
    }
  }
})
