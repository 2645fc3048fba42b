// What variables mean, and what is said of wrong ones. Over the wire: routes/trouble.test.ts.

import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { settingsOf } from '../src/settings.ts'

/** The least that production wants. */
const production = {
  PUBLIC_URL: 'https://auth.example.com',
  SECRET_KEY: 'a-secret-key-of-exactly-32-bytes',
  SIGNING_KEY: 'signing-key-of-exactly-32-bytes!',
  RESEND_API_KEY: 're_key',
}
const settings = (vars: object = {}) => settingsOf({ ...production, ...vars })

/** What is said of these variables; nothing if all is well. */
function complaintOf(vars: object): string | undefined {
  try {
    settings(vars)
  } catch (error) {
    return `${error}`.replace('SettingsError: ', '')
  }
}

afterEach(() => vi.restoreAllMocks())

describe('a variable that is not set', () => {
  test('has Django’s default', () => {
    expect(settings()).toMatchObject({
      development: false,
      publicUrl: 'https://auth.example.com',
      maxBodySize: 1_048_576,
      throttleEnabled: true,
      useI18n: false,
      languageCode: 'en-us',
      disabledRoutes: ['register'],
      registerTokens: 'jwt',
      registerErrorStatus: 200,
      secretKeyFallbacks: [],
      loginField: 'email',
      requiredFields: ['first_name', 'last_name'],
      signupRoles: [],
      hideUsers: true,
      sendActivationEmail: false,
      sendConfirmationEmail: false,
      passwordChangedEmailConfirmation: false,
      userCreatePasswordRetype: false,
      setPasswordRetype: false,
      passwordResetConfirmRetype: false,
      setUsernameRetype: false,
      usernameResetConfirmRetype: false,
      usernameChangedEmailConfirmation: false,
      showEmailNotFound: false,
      emailChangeConfirmation: false,
      emailChangeConfirmUrl: '',
      usernameResetConfirmUrl: '',
      logoutOnPasswordChange: false,
      passwordResetTimeout: 259_200,
      emailFrontendDomain: 'auth.example.com',
      emailFrontendProtocol: 'https',
      siteName: 'auth.example.com',
      defaultFromEmail: 'webmaster@localhost',
      defaultPaginationClass: 'None',
      pageSize: 0,
      defaultFilterBackends: [],
      simpleJwtWire: '5.2',
      accessTokenLifetime: 300,
      refreshTokenLifetime: 86_400,
      rotateRefreshTokens: false,
      blacklistAfterRotation: false,
      refreshReuseGrace: 10,
      sessionMaxLifetime: 0,
      checkSession: false,
      checkRevokeToken: false,
      updateLastLogin: false,
      leeway: 0,
      audience: [],
      issuer: '',
      authHeaderTypes: ['Bearer'],
      userIdClaim: 'user_id',
      userIdField: 'id',
      algorithm: 'HS256',
      verifyingKey: '',
      jwkUrl: '',
      authHeaderName: 'authorization',
      tokenTypeClaim: 'token_type',
      jtiClaim: 'jti',
      revokeTokenClaim: 'hash_password',
      checkUserIsActive: true,
      authTokenClasses: ['access'],
      slidingTokenLifetime: 300,
      slidingTokenRefreshLifetime: 86_400,
      slidingTokenRefreshExpClaim: 'refresh_exp',
      argon2: { memory: 19_456, time: 2 },
      cors: {
        allowedOrigins: [],
        allowedOriginRegexes: [],
        allowAllOrigins: false,
        allowCredentials: false,
        allowMethods: ['DELETE', 'GET', 'OPTIONS', 'PATCH', 'POST', 'PUT'],
        exposeHeaders: [],
        preflightMaxAge: 86_400,
      },
    })
  })

  test('is one that is empty', () => {
    expect(settings({ LEEWAY: '', LOGIN_FIELD: '', HIDE_USERS: '' })).toMatchObject({
      leeway: 0,
      loginField: 'email',
      hideUsers: true,
    })
  })

  test('depends on another where Django’s does', () => {
    expect(settings({ LOGIN_FIELD: 'username' }).requiredFields).toEqual(['email'])
    const local = settings({ ENVIRONMENT: 'development', PUBLIC_URL: 'http://localhost:8787' })
    expect(local.cors.allowAllOrigins).toBe(true)
    expect(local.emailFrontendProtocol).toBe('http')
    expect(local.emailFrontendDomain).toBe('localhost:8787')
  })
})

describe('a value of wrangler.toml and its text mean the same', () => {
  test.each([true, 'true', 1, '1'])('%j is true', (value) => {
    expect(settings({ CHECK_SESSION: value }).checkSession).toBe(true)
  })

  test.each([false, 'false', 0, '0'])('%j is false', (value) => {
    expect(settings({ HIDE_USERS: value }).hideUsers).toBe(false)
  })

  test('lists, numbers and texts', () => {
    const asText = { AUTH_HEADER_TYPES: 'Bearer, JWT,', ARGON2_TIME_COST: '3', ISSUER: '7' }
    const asToml = { AUTH_HEADER_TYPES: ['Bearer', 'JWT'], ARGON2_TIME_COST: 3, ISSUER: 7 }
    expect(settings(asText)).toEqual(settings(asToml))
    expect(settings(asText)).toMatchObject({
      authHeaderTypes: ['Bearer', 'JWT'],
      argon2: { time: 3 },
      issuer: '7',
    })
  })

  test.each([
    ...([
      [300, 300],
      ['300', 300],
      ['90s', 90],
      ['5m', 300],
      ['12h', 43_200],
    ] as const),
    ...([
      ['1d', 86_400],
      ['2w', 1_209_600],
      ['1.5h', 5400],
      [' 5 m ', 300],
    ] as const),
  ])('the duration %j is %i seconds', (value, seconds) => {
    expect(settings({ ACCESS_TOKEN_LIFETIME: value }).accessTokenLifetime).toBe(seconds)
  })

  test('EMAIL_CHANGE_CONFIRMATION is for where people log in by e-mail', () => {
    const vars = { EMAIL_CHANGE_CONFIRMATION: true, LOGIN_FIELD: 'username' }
    expect(complaintOf(vars)).toContain('it wants LOGIN_FIELD to be email')
  })

  test('0 is a duration only where there may be none', () => {
    expect(settings({ REFRESH_REUSE_GRACE: 0, LEEWAY: '0' }).refreshReuseGrace).toBe(0)
    expect(complaintOf({ ACCESS_TOKEN_LIFETIME: 0 })).toContain('ACCESS_TOKEN_LIFETIME is 0')
  })
})

describe('a wrong value', () => {
  const paginations = 'one of None, PageNumberPagination, LimitOffsetPagination'
  const duration = 'a duration, as 300, "5m", "12h" or "1d"'
  const link = 'a path with {uid} and {token}, as "activate/{uid}/{token}"'
  const origin = 'the origin that clients reach, as "https://auth.example.com"'
  const origins = 'origins, as "https://app.example.com"'
  test.each([
    ['HIDE_USERS', 'yes', 'true or false'],
    ['HIDE_USERS', 2, 'true or false'],
    ['ENVIRONMENT', 'prod', 'one of production, development'],
    ['LOGIN_FIELD', 'phone', 'one of email, username'],
    ['SIMPLE_JWT_WIRE', '5.3', 'one of 5.2, 5.5'],
    ['DISABLED_ROUTES', 'user', 'names out of users_list, user_create, users, activation'],
    ['REGISTER_ERROR_STATUS', '500', 'one of 200, 400, 403, 422'],
    ['PAGE_SIZE', 1001, 'a whole number from 0 to 1000'],
    ['DEFAULT_PAGINATION_CLASS', 'CursorPagination', paginations],
    ['DEFAULT_FILTER_BACKENDS', 'Filter', 'names out of SearchFilter, OrderingFilter'],
    ['ACCESS_TOKEN_LIFETIME', '5 minutes', duration],
    ['ACCESS_TOKEN_LIFETIME', '-5m', duration],
    ['ACCESS_TOKEN_LIFETIME', '5mm', duration],
    ['ACCESS_TOKEN_LIFETIME', '999999999999d', duration],
    ['LEEWAY', true, duration],
    ['ARGON2_TIME_COST', '2.5', 'a whole number from 2 to 10'],
    ['ARGON2_MEMORY_COST', 1e9, 'a whole number from 19456 to 65536'],
    ['CORS_PREFLIGHT_MAX_AGE', 'never', 'a whole number from 0 to 31536000'],
    ['AUDIENCE', [1], 'a list, as "a,b"'],
    ['AUTH_HEADER_TYPES', [], 'at least one entry'],
    ['ISSUER', { name: 'x' }, 'a text'],
    ['ACTIVATION_URL', 'activate/{uid}', link],
    ['PUBLIC_URL', 'auth.example.com', origin],
    ['PUBLIC_URL', 'https://auth.example.com/auth', origin],
    ['PUBLIC_URL', 'null', origin],
    ['PUBLIC_URL', 'ftp://auth.example.com', origin],
    ['CORS_ALLOWED_ORIGINS', 'app.example.com', origins],
    ['CORS_ALLOWED_ORIGINS', 'https://app.example.com/', origins],
    ['CORS_ALLOWED_ORIGIN_REGEXES', '(', 'regular expressions'],
    ['DRF_JWT_WIRE', 'simple', 'one of jpadilla, styria'],
    ['JWT_AUTH_HEADER_PREFIX', 'JWT Bearer', 'one word'],
    ['JWT_AUTH_COOKIE', 'jwt;', 'one word'],
  ])('of %s (%j) is told with what is wanted', (name, value, wants) => {
    expect(complaintOf({ [name]: value })).toContain(
      `${name} is ${JSON.stringify(value)}; it wants ${wants}`,
    )
  })

  test('is told with all the others, once', () => {
    const three = { LEEWAY: 'x', HIDE_USERS: 'maybe', PUBLIC_URL: 'example.com' }
    expect(complaintOf(three)).toBe(
      `PUBLIC_URL is "example.com"; it wants ${origin}. ` +
        `HIDE_USERS is "maybe"; it wants true or false. LEEWAY is "x"; it wants ${duration}.`,
    )
  })

  test('of a secret is not told itself', () => {
    const short = complaintOf({ SECRET_KEY: 'hunter-2', SIGNING_KEY: 'hunter-2' })
    expect(short).toContain('SECRET_KEY has 8 bytes; it wants 32 random bytes or more')
    expect(short).toContain('SIGNING_KEY has 8 bytes; it wants 32 random bytes or more')
    const insecure = `django-insecure-${'hunter-2'.repeat(5)}`
    const odd = { RESEND_API_KEY: { key: 'hunter-2' }, SECRET_KEY_FALLBACKS: { key: 'hunter-2' } }
    const all = `${short} ${complaintOf({ ...odd, SIGNING_KEY: insecure })}`
    expect(all).toContain('RESEND_API_KEY is "…"; it wants a text')
    expect(all).toContain('SECRET_KEY_FALLBACKS is "…"; it wants a list')
    expect(all).toContain('SIGNING_KEY is one of Django’s insecure defaults')
    expect(all).not.toContain('hunter-2')
  })
})

describe('production', () => {
  test('wants its origin, both keys and one for mail', () => {
    const nothing = { PUBLIC_URL: '', SECRET_KEY: '', SIGNING_KEY: '', RESEND_API_KEY: '' }
    for (const name of Object.keys(nothing))
      expect(complaintOf(nothing)).toContain(`${name} is missing`)
    expect(complaintOf({})).toBeUndefined()
  })

  test('wants more of keys and hashes than development', () => {
    const weak = {
      SIGNING_KEY: 'short',
      RESEND_API_KEY: '',
      ARGON2_MEMORY_COST: 8,
      ARGON2_TIME_COST: 1,
    }
    expect(complaintOf({ ...weak, ENVIRONMENT: 'development' })).toBeUndefined()
    for (const name of Object.keys(weak)) expect(complaintOf(weak)).toContain(name)
  })

  test('is what is not said to be development', () => {
    expect(complaintOf({ ENVIRONMENT: 'Development' })).toContain('ENVIRONMENT is "Development"')
    expect(settings().development).toBe(false)
  })
})

describe('a variable that is nearly a setting', () => {
  test('is asked about by name, never by value', () => {
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
