// The errors for variables that are wrong, missing or misspelt.

import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { secretNames } from '../../src/settings/secrets.ts'
import { settings, settingsErrorOf } from '../support/production.ts'

const sources = import.meta.glob<string>('../../src/{settings,settings/*}.ts', {
  query: '?raw',
  import: 'default',
  eager: true,
})

afterEach(() => vi.restoreAllMocks())

describe('a wrong value', () => {
  const paginations = 'one of None, PageNumberPagination, LimitOffsetPagination'
  const duration = 'a duration, such as 300, "5m", "12h" or "1d"'
  const link = 'a path with {uid} and {token}, such as "activate/{uid}/{token}"'
  const origin = 'the origin that clients use, such as "https://auth.example.com"'
  const rate = 'a rate, such as "10/minute" or "5/h"'
  const origins = 'an origin, such as "https://app.example.com"'
  const regexes = 'a regular expression of JavaScript: write'
  test.each([
    ['HIDE_USERS', 'yes', 'true or false'],
    ['HIDE_USERS', 2, 'true or false'],
    ['ENVIRONMENT', 'prod', 'one of production, development'],
    ['LOGIN_FIELD', 'phone', 'one of email, username'],
    ['SIMPLE_JWT_VERSION', '5.3', 'one of 5.2, 5.5'],
    ['DISABLED_ROUTES', 'user', 'one or more of users_list, user_create, users, activation'],
    ['REGISTER_ERROR_STATUS', '500', 'one of 200, 400, 403, 422'],
    ['PAGE_SIZE', 1001, 'an integer from 0 to 1000'],
    ['DEFAULT_PAGINATION_CLASS', 'CursorPagination', paginations],
    ['DEFAULT_FILTER_BACKENDS', 'Filter', 'one or more of SearchFilter, OrderingFilter'],
    ['ACCESS_TOKEN_LIFETIME', '5 minutes', duration],
    ['ACCESS_TOKEN_LIFETIME', '-5m', duration],
    ['ACCESS_TOKEN_LIFETIME', '5mm', duration],
    ['ACCESS_TOKEN_LIFETIME', '999999999999d', duration],
    ['LEEWAY', true, duration],
    ['PWNED_PASSWORDS_FAIL_OPEN', 'open', 'true or false'],
    ['ARGON2_TIME_COST', '2.5', 'an integer from 2 to 10'],
    ['ARGON2_MEMORY_COST', 1e9, 'an integer from 19456 to 65536'],
    ['CORS_PREFLIGHT_MAX_AGE', 'never', 'an integer from 0 to 31536000'],
    ['AUDIENCE', [1], 'a list, such as "a,b"'],
    ['AUTH_HEADER_TYPES', [], 'a list of one or more'],
    ['ISSUER', { name: 'x' }, 'a string'],
    ['ACTIVATION_URL', 'activate/{uid}', link],
    ['PUBLIC_URL', 'auth.example.com', origin],
    ['PUBLIC_URL', 'https://auth.example.com/auth', origin],
    ['PUBLIC_URL', 'null', origin],
    ['PUBLIC_URL', 'ftp://auth.example.com', origin],
    ['CORS_ALLOWED_ORIGINS', 'app.example.com', origins],
    ['CORS_ALLOWED_ORIGINS', 'https://app.example.com/', origins],
    ['CORS_ALLOWED_ORIGINS', 'https://*.example.com', `${origins}. A pattern belongs in CORS_`],
    ['CORS_ALLOWED_ORIGINS', 'http://localhost:*', `${origins}. A pattern belongs in CORS_`],
    ['CORS_ALLOWED_ORIGIN_REGEXES', '(', 'a regular expression of JavaScript'],
    [
      'CORS_ALLOWED_ORIGIN_REGEXES',
      '^https://\\w+\\.pages\\.dev\\Z',
      `${regexes} $ in place of \\Z`,
    ],
    ['CORS_ALLOWED_ORIGIN_REGEXES', '\\Ahttps://app', `${regexes} ^ in place of \\A`],
    ['CORS_ALLOWED_ORIGIN_REGEXES', '^https://(?P<sub>\\w+)\\.x$', `${regexes} (?<name>…) in`],
    [
      'CORS_ALLOWED_ORIGIN_REGEXES',
      '(?i)^https://app$',
      'a regular expression of JavaScript: leave',
    ],
    ['CORS_ALLOWED_ORIGIN_REGEXES', '^https://\\w{,5}$', `${regexes} {0,5} in place of {,5}`],
    ['CORS_ALLOWED_ORIGIN_REGEXES', "r'^https://app$'", `${regexes} the pattern alone`],
    ['DRF_JWT_PACKAGE', 'simple', 'one of djangorestframework-jwt, drf-jwt'],
    ['JWT_AUTH_HEADER_PREFIX', 'JWT Bearer', 'one word'],
    ['JWT_AUTH_COOKIE', 'jwt;', 'one word'],
    ['THROTTLE_LOGIN', '10', rate],
    ['THROTTLE_LOGIN', '10/', rate],
    ['THROTTLE_LOGIN', '/minute', rate],
    ['THROTTLE_LOGIN', '10/week', rate],
    ['THROTTLE_LOGIN', '0/minute', rate],
    ['THROTTLE_LOGIN', '1.5/m', rate],
    ['THROTTLE_LOGIN', 'ten/m', rate],
    ['THROTTLE_LOGIN', '1/m/h', rate],
    ['THROTTLE_REFRESH', '10 per minute', rate],
  ])('of %s (%j) is an error that says what it must be', (name, value, must) => {
    expect(settingsErrorOf({ [name]: value })).toContain(
      `${name} is ${JSON.stringify(value)}; it must be ${must}`,
    )
  })

  test('is reported once, with all the others', () => {
    const three = { ACCESS_TOKEN_LIFETIME: 'x', HIDE_USERS: 'maybe', PUBLIC_URL: 'example.com' }
    expect(settingsErrorOf(three)).toBe(
      `PUBLIC_URL is "example.com"; it must be ${origin}. ` +
        `HIDE_USERS is "maybe"; it must be true or false. ` +
        `ACCESS_TOKEN_LIFETIME is "x"; it must be ${duration}.`,
    )
  })

  test('of a secret is not in the error', () => {
    const short = settingsErrorOf({ SECRET_KEY: 'hunter-2', SIGNING_KEY: 'hunter-2' })
    expect(short).toContain('SECRET_KEY has 8 bytes; it must be 32 random bytes or more')
    expect(short).toContain('SIGNING_KEY has 8 bytes; it must be 32 random bytes or more')
    const insecure = `django-insecure-${'hunter-2'.repeat(5)}`
    const odd = { RESEND_API_KEY: { key: 'hunter-2' }, SECRET_KEY_FALLBACKS: { key: 'hunter-2' } }
    const all = `${short} ${settingsErrorOf({ ...odd, SIGNING_KEY: insecure })}`
    expect(all).toContain('RESEND_API_KEY is "…"; it must be a string')
    expect(all).toContain('SECRET_KEY_FALLBACKS is "…"; it must be a list')
    expect(all).toContain('SIGNING_KEY is one of Django’s insecure defaults')
    expect(all).not.toContain('hunter-2')
  })
})

describe('production', () => {
  test('requires its origin, both keys and a key for mail', () => {
    const nothing = { PUBLIC_URL: '', SECRET_KEY: '', SIGNING_KEY: '', RESEND_API_KEY: '' }
    for (const name of Object.keys(nothing))
      expect(settingsErrorOf(nothing)).toContain(`${name} is missing`)
    expect(settingsErrorOf({})).toBeUndefined()
  })

  test('requires longer keys and costlier hashes than development', () => {
    const weak = {
      SIGNING_KEY: 'short',
      RESEND_API_KEY: '',
      ARGON2_MEMORY_COST: 8,
      ARGON2_TIME_COST: 1,
    }
    expect(settingsErrorOf({ ...weak, ENVIRONMENT: 'development' })).toBeUndefined()
    for (const name of Object.keys(weak)) expect(settingsErrorOf(weak)).toContain(name)
  })

  test('is the default of ENVIRONMENT', () => {
    expect(settingsErrorOf({ ENVIRONMENT: 'Development' })).toContain(
      'ENVIRONMENT is "Development"',
    )
    expect(settings().development).toBe(false)
  })
})

describe('a key of Resend', () => {
  test.each([
    're_...',
    're_xxxxxxxxx',
    're_123456789',
    're_',
    '<your key>',
    'your-resend-key',
    'changeme',
    're_YOUR_KEY',
  ])('must not be a placeholder of documents: %s', (RESEND_API_KEY) => {
    expect(settingsErrorOf({ RESEND_API_KEY })).toContain('RESEND_API_KEY is a placeholder')
  })

  test('must begin with re_, unless mail goes to another server', () => {
    const odd = { RESEND_API_KEY: 'SG.ngeVfQFYQlKU0ufo8x5d1A' }
    expect(settingsErrorOf(odd)).toContain('RESEND_API_KEY does not begin with "re_"')
    expect(settingsErrorOf({ ...odd, RESEND_BASE_URL: 'https://mail.example.com' })).toBeUndefined()
    expect(
      settingsErrorOf({ RESEND_API_KEY: 're_c1tpEyD8_NKFusih9vKVQknRAQfmFcWCv' }),
    ).toBeUndefined()
  })

  test('goes over https alone, or to this machine in development', () => {
    const local = { RESEND_BASE_URL: 'http://localhost:8025' }
    const error = 'RESEND_BASE_URL must be https and without a password'
    expect(settingsErrorOf(local)).toContain(error)
    expect(settingsErrorOf({ RESEND_BASE_URL: 'http://api.resend.com' })).toContain(error)
    expect(settingsErrorOf({ RESEND_BASE_URL: 'https://me:x@api.resend.com' })).toContain(error)
    expect(settingsErrorOf({ RESEND_BASE_URL: 'resend' })).toContain(error)
    expect(settingsErrorOf({ ...local, ENVIRONMENT: 'development' })).toBeUndefined()
  })
})

test('every setting that is read as a secret is in the list of secrets', () => {
  const isPublic = (name: string) => name === 'VERIFYING_KEY'
  const read = Object.values(sources).flatMap((source) => [
    ...source.matchAll(/read\.secrets?\(\s*'(\w+)'/g),
    ...source.matchAll(/read\.\w+\(\s*'(\w+)',[^()]*\{ secret: true/g),
  ])
  const names = read.map(([, name = '']) => name).filter((name) => !isPublic(name))
  expect([...secretNames].sort()).toEqual([...new Set(names)].sort())
})

describe('an old name or value', () => {
  test.each([
    ['DRF_JWT_WIRE', 'jpadilla', 'DRF_JWT_PACKAGE', 'djangorestframework-jwt'],
    ['DRF_JWT_WIRE', 'styria', 'DRF_JWT_PACKAGE', 'drf-jwt'],
    ['MAIL_INTERVAL', '1m', 'MAIL_COOLDOWN', undefined],
    ['PWNED_PASSWORDS_ON_FAILURE', 'allow', 'PWNED_PASSWORDS_FAIL_OPEN', 'true'],
    ['PWNED_PASSWORDS_ON_FAILURE', 'refuse', 'PWNED_PASSWORDS_FAIL_OPEN', 'false'],
    ['REFRESH_REUSE_GRACE', 0, 'REFRESH_TOKEN_REUSE_INTERVAL', undefined],
    ['SIMPLE_JWT_WIRE', '5.5', 'SIMPLE_JWT_VERSION', undefined],
    ['TURNSTILE_ON', 'sign-up, log-in', 'TURNSTILE_REQUIRED_FOR', 'login'],
    ['UNKNOWN_USER_HASH', 'pbkdf2_sha256$600000', 'DUMMY_PASSWORD_HASH', undefined],
  ])('%s = %j gives the new one', (name, value, newName, newValue) => {
    const error = settingsErrorOf({ [name]: value })
    expect(error).toContain(`${name} is now ${newName}.`)
    if (newValue === undefined) expect(error).not.toContain('" is now "')
    else expect(error).toContain(`" is now "${newValue}"`)
  })

  test.each([
    ['DISABLED_ROUTES', 'users,forms', '"forms" is now "pages"'],
    ['DISABLED_ROUTES', ['forms'], '"forms" is now "pages"'],
    ['DRF_JWT_PACKAGE', 'styria', '"styria" is now "drf-jwt"'],
    ['PWNED_PASSWORDS_FAIL_OPEN', 'allow', '"allow" is now "true"'],
    ['TURNSTILE_REQUIRED_FOR', 'log-in', '"log-in" is now "login"'],
  ])('%s = %j gives the new value', (name, value, sentence) => {
    expect(settingsErrorOf({ [name]: value })).toContain(`${name}: ${sentence}`)
  })

  test('the new names and values are no errors', () => {
    const present = {
      DISABLED_ROUTES: 'pages',
      ACTIVATION_URL: 'a/{uid}/{token}',
      PASSWORD_RESET_CONFIRM_URL: 'r/{uid}/{token}',
      DRF_JWT_PACKAGE: 'drf-jwt',
      PWNED_PASSWORDS_FAIL_OPEN: 'false',
      MAIL_COOLDOWN: '2m',
      SIMPLE_JWT_VERSION: '5.5',
      TURNSTILE_REQUIRED_FOR: 'login',
      REFRESH_TOKEN_REUSE_INTERVAL: 0,
    }
    expect(settingsErrorOf(present)).toBeUndefined()
  })
})

describe('a variable that is nearly a setting', () => {
  test('is logged by name, never by value', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    settings({
      SECRET_KEYS: 'hunter-2',
      HIDE_USER: 'true',
      MY_OWN: 'x',
      DB: env.DB,
    })
    expect(warn.mock.calls).toEqual([
      ['The variable SECRET_KEYS is not a setting of Gatehouse. Is SECRET_KEY meant?'],
      ['The variable HIDE_USER is not a setting of Gatehouse. Is HIDE_USERS meant?'],
    ])
  })
})
