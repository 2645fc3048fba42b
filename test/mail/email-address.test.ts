// Which email addresses are valid, and which of them are the same mailbox.

import { describe, expect, test } from 'vitest'
import {
  emailKey,
  emailKeys,
  isEmail,
  mailboxAddress,
  normalizeEmail,
} from '../../src/mail/email-address.ts'

describe('an address', () => {
  test.each([
    'ann@example.com',
    "o'brien+news@example.co.uk",
    'a.b-c_d@x-y.example',
    'ann@localhost',
    'ann@[127.0.0.1]',
    'ann@[::1]',
    'ann@müller.de',
    'ann@xn--mller-kva.de',
    'ann@例え.テスト',
    'ann@ｘ.com',
    'ann@x．example.com',
  ])('is valid, as in Django: %s', (email) => expect(isEmail(email)).toBe(true))

  test.each([
    ['a quoted name', '"ann"@example.com'],
    ['a quoted name with an escape', '"a\\nn"@example.com'],
    ['another address in quotes', '"<victim@example.org>"@example.com'],
    ['two addresses in quotes', '"x,victim@example.org"@example.com'],
    ['a soft hyphen', 'ann@exam\u00adple.com'],
    ['a space of no width', 'ann@exam\u200bple.com'],
    ['a joiner', 'ann@exam\u200dple.com'],
    ['a word joiner', 'ann@exam\u2060ple.com'],
    ['a variation selector', 'ann@example\ufe0f.com'],
    ['a BOM', 'ann@\ufeffexample.com'],
    ['a wide space', 'ann@exam\u3000ple.com'],
    ['a full-width slash', 'ann@example.com／x.com'],
    ['a letter beyond U+FFFF, which Django rejects', 'ann@𝐱.com'],
    ['half a surrogate', 'ann@x\ud835.com'],
    ['an empty label in other dots', 'ann@x。。com.de'],
    ['a number in other digits', 'ann@1.2.3.４４'],
    ['two addresses', 'ann@example.com,bob@example.com'],
    ['no domain', 'ann'],
  ])('is invalid with %s', (_, email) => expect(isEmail(email)).toBe(false))
})

describe('the key of an address', () => {
  test.each([
    ['ANN@Example.COM', 'ann@example.com'],
    ['ann@ｅｘａｍｐｌｅ.com', 'ann@example.com'],
    ['ann@example。com', 'ann@example.com'],
    ['ann@müller.de', 'ann@xn--mller-kva.de'],
    ['ann@MÜLLER.de', 'ann@xn--mller-kva.de'],
    ['ann@mu\u0308ller.de', 'ann@xn--mller-kva.de'],
    ['ann@XN--MLLER-KVA.de', 'ann@xn--mller-kva.de'],
    ['ann@[2001:DB8:0:0::1]', 'ann@[2001:db8::1]'],
    ['ann@[127.0.0.1]', 'ann@[127.0.0.1]'],
    ['ann@localhost', 'ann@localhost'],
    ['ANN', 'ann'],
  ])('of %s is %s', (email, key) => expect(emailKey(email)).toBe(key))

  test('has only ASCII letters in lower case before the @, and no other letter becomes ASCII', () => {
    expect(emailKey('\u212a@example.com')).toBe('\u212a@example.com')
    expect(emailKey('ÄA@example.com')).toBe('Äa@example.com')
  })

  test('is the address in lower case if the domain is invalid', () => {
    expect(emailKey('ANN@a\u3000B')).toBe('ann@a\u3000b')
  })

  test('is returned with the key that an older row has, if the two differ', () => {
    expect(emailKeys('Ann@Müller.de')).toEqual(['ann@xn--mller-kva.de', 'ann@müller.de'])
    expect(emailKeys('Ann@Example.com')).toEqual(['ann@example.com'])
  })
})

test('stores an address as Django does, and sends email to the domain in its DNS form', () => {
  expect(normalizeEmail('Ann@MÜLLER.De')).toBe('Ann@mÜller.de')
  expect(mailboxAddress('Ann@mÜller.de')).toBe('Ann@xn--mller-kva.de')
  expect(mailboxAddress('Ann@ｅｘample.com')).toBe('Ann@example.com')
  expect(mailboxAddress('Ann@example.com')).toBe('Ann@example.com')
})
