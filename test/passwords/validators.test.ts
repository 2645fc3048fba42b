import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { commonPasswords } from '../../src/passwords/common.ts'
import { validatePassword } from '../../src/passwords/validators.ts'
import vectors from '../vectors/passwords.json'

type Attributes = { label: string; value: string }[]

const people = vectors.people as Attributes[]
const cases = vectors.rules as [string, number, string[]][]
const isCommon = commonPasswords(env.ASSETS)

describe('validatePassword', () => {
  test.each(people.map((attributes, i) => [describePerson(attributes), i] as const))(
    'returns Django’s messages for %s',
    async (_, person) => {
      const ofPerson = cases.filter(([, index]) => index === person)
      const attributes = people[person] ?? []
      expect(ofPerson).not.toHaveLength(0)
      for (const [password, , sentences] of ofPerson) {
        expect(await validatePassword(password, attributes, isCommon), password).toEqual(sentences)
      }
    },
  )

  test('returns all messages at once, in Django’s order', async () => {
    const attributes = [{ label: 'licence plate', value: '123456' }]
    expect(await validatePassword('123456', attributes, isCommon)).toEqual([
      'The password is too similar to the licence plate.',
      'This password is too short. It must contain at least 8 characters.',
      'This password is too common.',
      'This password is entirely numeric.',
    ])
  })

  test('names the first of two similar attributes', async () => {
    const attributes = [
      { label: 'username', value: 'lovelace' },
      { label: 'email address', value: 'lovelace@engine.example' },
    ]
    expect(await validatePassword('lovelace1', attributes, isCommon)).toEqual([
      'The password is too similar to the username.',
    ])
  })

  test('accepts a good password', async () => {
    expect(await validatePassword('correct horse battery staple', [], isCommon)).toEqual([])
  })

  test('checks a megabyte of white space or letters within two seconds', async () => {
    const attributes = [{ label: 'username', value: 'a b '.repeat(37) }]
    const long = `a${' '.repeat(1_000_000)}b`
    expect(await validatePassword(long, attributes, isCommon)).toEqual([])
    expect(await validatePassword('ab'.repeat(500_000), attributes, isCommon)).toEqual([])
  }, 2000)
})

function describePerson(attributes: Attributes): string {
  const values = attributes.map(
    ({ label, value }) => `${label} ${JSON.stringify(value).slice(0, 60)}`,
  )
  return values.join(', ')
}
