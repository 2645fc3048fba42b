import { describe, expect, test } from 'vitest'
import { renderEmail } from '../../src/mail/render.tsx'

const link = 'https://auth.test/activate/?uid=MQ&token=d5x2k1-0123456789abcdef0123456789abcdef'
const mail = { siteName: 'Gatehouse', name: 'Ada', link, validFor: 3 * 24 * 60 * 60 }

/** Names that an attacker enters, so that an email has the attacker's text for another person. */
const attackersWords = [
  'Your account is locked, call +1 888 555 0100 at once',
  'Call +1 888 555 0100',
  'evil。com/login now',
  'evil．com',
  'evil｡com',
  '1.2.3.4/login',
  'evil.\u200bcom',
  'evil\u200b.\u200bcom',
  'evil.com',
  'https://evil.test/prize',
  'mailto:eve',
  'WWW.EVIL',
  'eve@evil',
  'You have won: 500 euros',
  'x'.repeat(31),
  'Your account is locked for ever',
]

describe('subjects', () => {
  test.each([
    ['activation', 'Account activation on Gatehouse'],
    ['confirmation', 'Gatehouse - Your account has been successfully created and activated!'],
    ['password_reset', 'Password reset on Gatehouse'],
    ['password_changed_confirmation', 'Gatehouse - Your password has been successfully changed!'],
    ['username_reset', 'Username reset on Gatehouse'],
    ['username_changed_confirmation', 'Gatehouse - Your username has been successfully changed!'],
  ] as const)('%s is as Djoser writes it', (kind, subject) => {
    expect(renderEmail(kind, mail).subject).toBe(subject)
  })

  test('have one line, even if the name of the site has several', () => {
    const { subject } = renderEmail('activation', {
      ...mail,
      siteName: 'Gate\r\nBcc: eve@evil.test',
    })

    expect(subject).toBe('Account activation on Gate Bcc: eve@evil.test')
  })
})

describe('the text', () => {
  test('of an activation', () => {
    expect(renderEmail('activation', mail).text).toBe(`Hello Ada,

This email address was entered for an account on Gatehouse. Please confirm that it is yours.

${link}

The link works for 3 days, and only once.

If you did not ask for this, you can ignore this email. Without the link, the account cannot be used.

The Gatehouse team
`)
  })

  test('of a password reset says that the password stays as it is without the link', () => {
    const { text } = renderEmail('password_reset', mail)

    expect(text).toContain(`\n\n${link}\n\n`)
    expect(text).toContain('you can ignore this email. Your password stays as it is')
  })

  test('of a changed password says what to do if another person changed it', () => {
    const { text } = renderEmail('password_changed_confirmation', {
      siteName: 'Gatehouse',
      name: '',
    })

    expect(text).toMatch(/^Hello,\n/)
    expect(text).toContain('If it was not you, act now')
    expect(text).not.toContain('http')
  })

  test.each([
    [24 * 60 * 60, 'for 1 day,'],
    [259_200, 'for 3 days,'],
    [36 * 60 * 60, 'for 36 hours,'],
    [60 * 60, 'for 1 hour,'],
    [5400, 'for 90 minutes,'],
    [100_000, 'for 27 hours,'],
    [90, 'for 1 minute,'],
    [30, 'for 30 seconds,'],
  ])('a link of %i seconds works %s', (validFor, words) => {
    expect(renderEmail('activation', { ...mail, validFor }).text).toContain(
      `The link works ${words}`,
    )
  })
})

describe('a username', () => {
  test('is in the email if users log in by username', () => {
    const { text } = renderEmail('username_reset', { ...mail, login: 'ada' })

    expect(text).toContain('Your username on Gatehouse is ada.')
  })

  test.each(['ada', 'Ada_Lovelace', 'ada-1815', 'ada+books', 'Zoë', '陈美玲'])(
    '%j is written',
    (login) => {
      const { text } = renderEmail('username_reset', { ...mail, login })

      expect(text).toContain(`Your username on Gatehouse is ${login}.`)
    },
  )

  test.each([
    ...attackersWords,
    'evil.test',
    '1.2.3.4',
    '+18885550100',
    'call-18885550100',
    'Your-account-is-locked',
    'locked_call_us_now',
  ])('%j is left out', (login) => {
    for (const kind of ['username_reset', 'username_changed_confirmation'] as const) {
      const { text } = renderEmail(kind, { ...mail, login })
      expect(text).toContain('username')
      expect(text).not.toContain(login)
    }
  })

  test('is written at a verified address, whatever it contains', () => {
    const login = 'grace.17959099165822'
    expect(renderEmail('username_reset', { ...mail, login, isProven: true }).text).toContain(login)
  })

  test('is not mentioned if users log in by email address', () => {
    expect(renderEmail('username_reset', mail).text).not.toContain('username')
  })
})

describe('the HTML', () => {
  test('is a complete document, with the link as a button and as text', () => {
    const { html } = renderEmail('password_reset', mail)
    const escaped = link.replaceAll('&', '&amp;')

    expect(html).toMatch(/^<!doctype html><html lang="en">.*<\/html>$/s)
    expect(html.split(`href="${escaped}"`)).toHaveLength(3)
    expect(html).toContain(`>${escaped}</a>`)
    expect(html).toContain('The link works for 3 days, and only once.')
  })

  test('is the same each time, to the byte', () => {
    expect(renderEmail('activation', mail)).toEqual(renderEmail('activation', { ...mail }))
  })

  test('escapes markup in names', () => {
    const { html } = renderEmail('activation', {
      siteName: '"A" & <b>B</b>',
      name: '<script>alert(1)</script>',
      link: 'https://auth.test/"><script>alert(2)</script>',
    })

    expect(html).not.toMatch(/<script|<b>/)
    expect(html).toContain('>Hello,<')
    expect(html).toContain('&quot;A&quot; &amp; &lt;b&gt;B&lt;/b&gt;')
    expect(html).toContain('href="https://auth.test/&quot;&gt;&lt;script&gt;')
  })
})

describe('the greeting', () => {
  test.each([
    ['Ada', 'Hello Ada,'],
    ['Mary-Jane', 'Hello Mary-Jane,'],
    ['O’Neill', 'Hello O’Neill,'],
    ["D'Arcy", "Hello D'Arcy,"],
    ['陈美玲', 'Hello 陈美玲,'],
    ['Zoe\u0308', 'Hello Zoe\u0308,'],
    ['Ada\r\n', 'Hello Ada,'],
  ])('for the name %j is %j', (name, called) => {
    expect(renderEmail('password_reset', { ...mail, name }).text.split('\n')[0]).toBe(called)
  })

  test.each([...attackersWords, 'J. R. R. Tolkien', 'Ada \u202Eevil', 'Ada 2', '-', '   '])(
    '%j is left out',
    (name) => {
      const { text, html } = renderEmail('password_reset', { ...mail, name })

      expect(text).toMatch(/^Hello,\n/)
      expect(html).toContain('>Hello,<')
    },
  )
})

test('rejects an email without its link', () => {
  expect(() => renderEmail('password_reset', { siteName: 'Gatehouse', name: 'Ada' })).toThrow(
    'an email of the kind password_reset requires a link',
  )
})
