// Settings that are valid alone, and wrong together or in production.

import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { useHooks } from '../../src/hooks.ts'
import { settingsOf } from '../../src/settings.ts'

const settings = (vars: object) => settingsOf({ ...env, ...vars })

function settingsErrorOf(vars: object): string | undefined {
  try {
    settings(vars)
  } catch (error) {
    return `${error}`
  }
}

test('permissions accept the offered classes of REST framework', () => {
  expect(settings({}).permissions).toEqual({
    userCreate: 'AllowAny',
    userList: 'CurrentUserOrAdmin',
    userDelete: 'CurrentUserOrAdmin',
  })
  expect(settingsErrorOf({ PERMISSIONS_USER_CREATE: 'IsAuthenticated' })).toContain(
    'it must be one of AllowAny, IsAdminUser, Nobody',
  )
  expect(settingsErrorOf({ PERMISSIONS_USER_LIST: 'AllowAny' })).toContain(
    'it must be one of CurrentUserOrAdmin, IsAdminUser, Nobody',
  )
})

test('/register/ exists with REGISTER, unless DISABLED_ROUTES names it', () => {
  expect(settings({ REGISTER: true, REGISTER_TOKENS: 'jwt' }).disabledRoutes).toEqual([])
  expect(settings({ REGISTER: true, DISABLED_ROUTES: 'register' }).disabledRoutes).toEqual([
    'register',
  ])
})

test('D1_TIMEOUT must be at most 30 seconds', () => {
  expect(settings({ D1_TIMEOUT: '30s' }).d1Timeout).toBe(30)
  expect(settingsErrorOf({ D1_TIMEOUT: '1m' })).toContain('D1_TIMEOUT must be at most 30s')
})

test('PWNED_PASSWORDS_URL must be https, and its timeout short', () => {
  const error = 'PWNED_PASSWORDS_URL must be https and without a password'
  for (const url of ['http://pwned.example.com', 'https://me:secret@pwned.example.com', 'pwned']) {
    expect(settingsErrorOf({ PWNED_PASSWORDS_URL: url })).toContain(error)
  }
  const url = 'https://pwned.example.com/'
  expect(settings({ PWNED_PASSWORDS_URL: url }).pwnedPasswords.url).toBe(url.slice(0, -1))
  expect(settingsErrorOf({ PWNED_PASSWORDS_TIMEOUT: 11 })).toContain('must be at most 10s')
})

test('APP_URL must be the URL of a page, without a password, and https in production', () => {
  const required = {
    ENVIRONMENT: 'production',
    RESEND_API_KEY: 're_of_the_tests',
    ARGON2_MEMORY_COST: 19_456,
    ARGON2_TIME_COST: 2,
  }
  for (const url of [
    'app.example.com',
    '/app',
    'javascript:alert(1)',
    'ftp://app.example.com',
    'https://me:secret@app.example.com',
    'https://app.example.com/a b',
    'https://',
  ]) {
    expect(settingsErrorOf({ APP_URL: url }), url).toContain('APP_URL is "')
  }
  const local = 'http://192.168.0.9:5173/'
  expect(settings({ APP_URL: local }).appUrl).toBe(local)
  expect(settingsErrorOf({ ...required, APP_URL: local })).toContain(
    `APP_URL is "${local}"; it must be https`,
  )
  const routed = 'https://app.example.com/books?from=mail#/log-in'
  expect(settings({ ...required, APP_URL: routed }).appUrl).toBe(routed)
  expect(settings({ APP_URL: 'https://App.example.com' }).appUrl).toBe('https://app.example.com/')
  expect(settings({}).appUrl).toBe('')
})

test('disabled pages require pages of the deployer', () => {
  const off = { DISABLED_ROUTES: 'pages', SEND_ACTIVATION_EMAIL: true }
  const pages = {
    ACTIVATION_URL: 'activate/{uid}/{token}',
    PASSWORD_RESET_CONFIRM_URL: 'reset/{uid}/{token}',
  }
  for (const name of Object.keys(pages)) {
    expect(settingsErrorOf(off)).toContain(`${name} is missing; it must be a page of yours`)
  }
  expect(settingsErrorOf({ ...off, ...pages })).toBeUndefined()
  const neither = { DISABLED_ROUTES: ['pages', 'password'], SEND_ACTIVATION_EMAIL: false }
  expect(settingsErrorOf(neither)).toBeUndefined()
  expect(settings(neither).disabledRoutes).toEqual(['password', 'pages', 'register'])
})

test('the cookies of drf-jwt must be ones that browsers accept, and send only to us', () => {
  const https = { PUBLIC_URL: 'https://auth.example.com' }
  const production = {
    ...https,
    ENVIRONMENT: 'production',
    RESEND_API_KEY: 're_x',
    ARGON2_MEMORY_COST: 19_456,
    ARGON2_TIME_COST: 2,
  }
  for (const [vars, error] of [
    [{ JWT_AUTH_COOKIE_DOMAIN: 'else.com' }, 'it must be PUBLIC_URL’s host or a domain above it'],
    [{ JWT_AUTH_COOKIE_DOMAIN: 'ample.com' }, 'it must be PUBLIC_URL’s host or a domain above it'],
    [{ JWT_AUTH_COOKIE_PATH: 'auth' }, 'JWT_AUTH_COOKIE_PATH is "auth"; it must be a path'],
    [{ JWT_AUTH_COOKIE_PATH: '/;x' }, 'JWT_AUTH_COOKIE_PATH is "/;x"; it must be a path'],
    [{ ...production, JWT_AUTH_COOKIE_SECURE: false }, 'JWT_AUTH_COOKIE_SECURE must be true'],
    [{ JWT_AUTH_COOKIE_SECURE: false, JWT_AUTH_COOKIE_SAMESITE: 'None' }, 'SAMESITE is None'],
    [{ JWT_AUTH_COOKIE: '__Host-jwt', JWT_AUTH_COOKIE_PATH: '/auth/' }, '__Host-'],
    [{ JWT_AUTH_COOKIE: '__Host-jwt', JWT_AUTH_COOKIE_DOMAIN: 'example.com' }, '__Host-'],
    [{ JWT_AUTH_COOKIE: '__Secure-jwt', JWT_AUTH_COOKIE_SECURE: false }, '__Secure-'],
  ] as const) {
    expect(settingsErrorOf({ ...https, ...vars })).toContain(error)
  }
  for (const domain of ['auth.example.com', '.example.com', 'Example.com']) {
    expect(settingsErrorOf({ ...https, JWT_AUTH_COOKIE_DOMAIN: domain })).toBeUndefined()
  }
  expect(settingsErrorOf({ ...production, JWT_AUTH_COOKIE: '__Host-jwt' })).toBeUndefined()
})

test('names of hooks must not already mean something else', () => {
  const reserved = {
    claims: ['exp', 'jti', 'sid', 'user_id', 'email', 'is_staff', 'act'],
    loginResponse: ['access', 'refresh', 'token', 'password'],
    extraUserFields: ['id', 'email', 'first_name', 'date_joined'],
  }
  for (const [hook, names] of Object.entries(reserved)) {
    for (const name of names) {
      useHooks({ [hook]: { [name]: () => 1 } })
      expect(settingsErrorOf({})).toContain(`"${name}" already has a meaning; choose another name`)
    }
  }
  useHooks({ claims: { uid: () => 1 } })
  expect(settingsErrorOf({})).toBeUndefined()
  expect(settingsErrorOf({ USER_ID_CLAIM: 'uid' })).toContain('hooks: the claim "uid" already has')
  useHooks({})
})

test('with USE_I18N LANGUAGE_CODE must be a language of Gatehouse', () => {
  expect(settings({ USE_I18N: true, LANGUAGE_CODE: 'es-MX' }).language).toBe('es')
  expect(settings({ USE_I18N: true }).language).toBe('en')
  expect(settings({ LANGUAGE_CODE: 'de' }).language).toBe('en')
  expect(settingsErrorOf({ USE_I18N: true, LANGUAGE_CODE: 'de' })).toContain(
    'LANGUAGE_CODE is "de"; it must be one of en, es',
  )
})

test('AUTH_COOKIES requires origins by name, https for SameSite=None, and unused names', () => {
  const on = { AUTH_COOKIES: true }
  const credentials = { CORS_ALLOW_CREDENTIALS: true, CORS_ALLOW_ALL_ORIGINS: true }
  const http = { PUBLIC_URL: 'http://localhost:8787' }
  for (const [vars, error] of [
    [
      credentials,
      'AUTH_COOKIES with CORS_ALLOW_CREDENTIALS requires CORS_ALLOW_ALL_ORIGINS to be false',
    ],
    [{ ...http, AUTH_COOKIE_SAMESITE: 'None' }, 'AUTH_COOKIE_SAMESITE is None; it requires'],
    [{ JWT_AUTH_COOKIE: '__Host-access' }, 'JWT_AUTH_COOKIE is "__Host-access", which'],
    [{ ...http, JWT_AUTH_COOKIE: 'refresh' }, 'JWT_AUTH_COOKIE is "refresh", which'],
    [
      { DRF_JWT_PACKAGE: 'drf-jwt', JWT_IMPERSONATION_COOKIE: '__Host-refresh' },
      'JWT_IMPERSONATION_COOKIE is "__Host-refresh", which',
    ],
  ] as const) {
    expect(settingsErrorOf({ ...on, ...vars })).toContain(error)
    expect(settingsErrorOf(vars)).toBeUndefined()
  }
  for (const vars of [
    { ...credentials, CORS_ALLOW_ALL_ORIGINS: false },
    { CORS_ALLOW_ALL_ORIGINS: true },
    { AUTH_COOKIE_SAMESITE: 'None' },
    { JWT_AUTH_COOKIE: 'access' },
  ]) {
    expect(settingsErrorOf({ ...on, ...vars })).toBeUndefined()
  }
  expect(settingsErrorOf({ AUTH_COOKIE_SAMESITE: 'lax' })).toContain('one of Lax, Strict, None')
})

test('a USER_ID_CLAIM that drf-jwt uses, and keys that no route accepts, are errors', () => {
  const USER_ID_CLAIM = 'username'
  expect(settingsErrorOf({ DRF_JWT: true, USER_ID_CLAIM })).toContain(
    'USER_ID_CLAIM must not be "username" with DRF_JWT',
  )
  expect(settingsErrorOf({ USER_ID_CLAIM })).toBeUndefined()

  const keys = { REGISTER: true, REGISTER_TOKENS: 'authtoken', DISABLED_ROUTES: 'authtoken' }
  expect(settingsErrorOf(keys)).toContain('REGISTER_TOKENS must not be authtoken')
  expect(settingsErrorOf({ ...keys, REGISTER: false })).toBeUndefined()
  expect(settingsErrorOf({ ...keys, REGISTER_TOKENS: 'jwt' })).toBeUndefined()
})
