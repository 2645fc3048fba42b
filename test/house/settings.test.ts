// The meaning of variables. settings-errors.test.ts has the errors for wrong ones, and http/invalid-settings.test.ts the responses.

import { describe, expect, test } from 'vitest'
import { settings, settingsErrorOf } from '../support/production.ts'

describe('a variable that is not set', () => {
  test('has Django’s default', () => {
    expect(settings()).toMatchObject({
      development: false,
      publicUrl: 'https://auth.example.com',
      maxBodySize: 1_048_576,
      throttleEnabled: true,
      rates: {
        logIn: undefined,
        signUp: undefined,
        reset: undefined,
        resend: undefined,
        refresh: undefined,
      },
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
      pendingUserRetention: 3 * 24 * 60 * 60,
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
      mailDailyLimit: 20,
      emailFrontendDomain: 'auth.example.com',
      emailFrontendProtocol: 'https',
      siteName: 'auth.example.com',
      defaultFromEmail: 'webmaster@localhost',
      defaultPaginationClass: 'None',
      pageSize: 0,
      defaultFilterBackends: [],
      simpleJwtVersion: '5.2',
      accessTokenLifetime: 300,
      refreshTokenLifetime: 86_400,
      rotateRefreshTokens: false,
      blacklistAfterRotation: false,
      refreshTokenReuseInterval: 10,
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
      pwnedPasswords: {
        enabled: false,
        url: 'https://api.pwnedpasswords.com',
        timeout: 1,
        failOpen: true,
      },
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

  test('may also be an empty string', () => {
    expect(settings({ LEEWAY: '', LOGIN_FIELD: '', HIDE_USERS: '' })).toMatchObject({
      leeway: 0,
      loginField: 'email',
      hideUsers: true,
    })
  })

  test('is not an empty list, which is Django’s []', () => {
    const empty = settings({
      REQUIRED_FIELDS: '',
      TURNSTILE_REQUIRED_FOR: '',
      TURNSTILE_SECRET_KEY: 'secret-of-the-widget',
      CORS_ALLOW_METHODS: ' ',
      CORS_ALLOW_HEADERS: '',
      JWT_AUDIENCE: '',
      AUDIENCE: 'x',
    })
    expect(empty).toMatchObject({
      requiredFields: [],
      turnstile: { requiredFor: [] },
      cors: { allowMethods: [], allowHeaders: [] },
      audience: ['x'],
      drfJwt: { audience: [] },
    })
    expect(settings({ REQUIRED_FIELDS: [] }).requiredFields).toEqual([])
    expect(settings({ REQUIRED_FIELDS: ',' }).requiredFields).toEqual([])
  })

  test('is not an empty list that must have an entry, which is an error', () => {
    for (const name of ['AUTH_HEADER_TYPES', 'AUTH_TOKEN_CLASSES']) {
      for (const value of ['', ',', []]) {
        expect(settingsErrorOf({ [name]: value })).toContain('it must be a list of one or more')
      }
    }
  })

  test('may have a default that depends on another setting', () => {
    expect(settings({ LOGIN_FIELD: 'username' }).requiredFields).toEqual(['email'])
    const local = settings({ ENVIRONMENT: 'development', PUBLIC_URL: 'http://localhost:8787' })
    expect(local.cors.allowAllOrigins).toBe(true)
    expect(local.emailFrontendProtocol).toBe('http')
    expect(local.emailFrontendDomain).toBe('localhost:8787')
  })
})

describe('a value of wrangler.toml and the same value as a string mean the same', () => {
  test.each([true, 'true', 1, '1'])('%j is true', (value) => {
    expect(settings({ CHECK_SESSION: value }).checkSession).toBe(true)
  })

  test.each([false, 'false', 0, '0'])('%j is false', (value) => {
    expect(settings({ HIDE_USERS: value }).hideUsers).toBe(false)
  })

  test('lists, numbers and strings', () => {
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

  test.each([
    ['1/s', 1, 1],
    ['10/minute', 10, 60],
    [' 5/h', 5, 3600],
    ['100/day', 100, 86_400],
    ['2/months', 2, 60],
  ])('the rate %j is %i in %i seconds, as in REST framework', (value, times, period) => {
    expect(settings({ THROTTLE_LOGIN: value }).rates.logIn).toEqual({ times, period })
  })

  test('THROTTLE_ENABLED = false turns every rate off, and a wrong one is still an error', () => {
    const vars = { THROTTLE_ENABLED: false, THROTTLE_LOGIN: '10/minute' }
    expect(settings(vars).rates.logIn).toBeUndefined()
    expect(settingsErrorOf({ ...vars, THROTTLE_RESET: 'often' })).toContain(
      'THROTTLE_RESET is "often"',
    )
  })

  test.each(['email', 'username'])(
    'EMAIL_CHANGE_CONFIRMATION is for LOGIN_FIELD %s too',
    (field) => {
      const vars = { EMAIL_CHANGE_CONFIRMATION: true, LOGIN_FIELD: field }
      expect(settings(vars).emailChangeConfirmation).toBe(true)
    },
  )

  test('0 is a duration only where the setting allows it', () => {
    expect(
      settings({ REFRESH_TOKEN_REUSE_INTERVAL: 0, LEEWAY: '0' }).refreshTokenReuseInterval,
    ).toBe(0)
    expect(settingsErrorOf({ ACCESS_TOKEN_LIFETIME: 0 })).toContain('ACCESS_TOKEN_LIFETIME is 0')
  })
})
