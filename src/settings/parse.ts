// Every setting, read once per env object: Django's names outside, camelCase inside, durations in seconds.
// The defaults are Django's.

import { languageFor } from '../i18n/translations.ts'
import { type FieldName, userModel } from '../user-model.ts'
import { authCookies, cookiePath } from './cookies.ts'
import { dummyPasswordHash } from './dummy-hash.ts'
import type { readEnv } from './env.ts'
import { adviceOnPattern } from './patterns.ts'
import { pwnedPasswords } from './pwned-passwords.ts'
import { rates } from './rates.ts'
import { type RouteGroup, routeGroups } from './route-groups.ts'
import { algorithms, tokenClasses } from './simple-jwt.ts'
import { trustedServerSecrets } from './trusted-servers.ts'
import { turnstile } from './turnstile.ts'
import { urlPrefix as readUrlPrefix } from './urls.ts'

export type Settings = ReturnType<typeof parse>

/** What REQUIRED_FIELDS may name. */
const writableNames = Object.keys(userModel).filter(
  (name) => userModel[name as FieldName].writable === true,
)

export function parse(read: ReturnType<typeof readEnv>) {
  const development =
    read.choice('ENVIRONMENT', ['production', 'development'], 'production') === 'development'
  const loginField = read.choice('LOGIN_FIELD', ['email', 'username'], 'email')
  const byEmail = loginField === 'email'
  const publicUrl = read.origin('PUBLIC_URL')
  const urlPrefix = readUrlPrefix(read)
  // What must be switched on is switched off until then.
  const switchedOff: RouteGroup[] = read.boolean('REGISTER', false) ? [] : ['register']
  const drfJwtWire = read.choice(
    'DRF_JWT_PACKAGE',
    ['djangorestframework-jwt', 'drf-jwt'],
    'djangorestframework-jwt',
  )
  const isFork = drfJwtWire === 'drf-jwt'
  const drfJwtCookie = read.text('JWT_AUTH_COOKIE', '')
  const impersonationCookie = isFork ? read.text('JWT_IMPERSONATION_COOKIE', '') : ''
  const leeway = read.duration('LEEWAY', 0, { allowZero: true })
  const audience = read.list('AUDIENCE', [])
  const issuer = read.text('ISSUER', '')
  const useI18n = read.boolean('USE_I18N', false)
  const languageCode = read.text('LANGUAGE_CODE', 'en-us')
  const signingKeys = read.text('SIGNING_KEYS', '', { secret: true })
  const throttleEnabled = read.boolean('THROTTLE_ENABLED', true)
  return {
    development,
    publicUrl,
    urlPrefix,
    maxBodySize: read.integer('DATA_UPLOAD_MAX_MEMORY_SIZE', 1024 * 1024, 1024, 2 * 1000 * 1000),
    maxFormFields: read.integer('DATA_UPLOAD_MAX_NUMBER_FIELDS', 1000, 1, 10_000),
    throttleEnabled,
    rates: rates(read, throttleEnabled),
    d1Timeout: read.duration('D1_TIMEOUT', 5),

    useI18n,
    languageCode,
    /** Of mail, and of who asks for none that there is. */
    language: (useI18n && languageFor(languageCode)) || 'en',

    disabledRoutes: [...read.names('DISABLED_ROUTES', routeGroups), ...switchedOff],

    secretKey: read.secret('SECRET_KEY', 32),
    secretKeyFallbacks: read.secrets('SECRET_KEY_FALLBACKS', 32),
    signingKey: read.secret('SIGNING_KEY', development ? 1 : 32, { allowZero: signingKeys !== '' }),
    signingKeys,
    trustedServerSecrets: trustedServerSecrets(read),

    // Djoser
    loginField,
    requiredFields: read.list(
      'REQUIRED_FIELDS',
      byEmail
        ? ['first_name', 'last_name'].filter((name) => writableNames.includes(name))
        : ['email'],
      { choices: [...writableNames, ...(byEmail ? [] : ['email'])] },
    ),
    signupRoles: read.list('SIGNUP_ROLES', []),
    hideUsers: read.boolean('HIDE_USERS', true),
    permissions: {
      userCreate: read.choice(
        'PERMISSIONS_USER_CREATE',
        ['AllowAny', 'IsAdminUser', 'Nobody'],
        'AllowAny',
      ),
      userList: read.choice('PERMISSIONS_USER_LIST', ownOrAll, 'CurrentUserOrAdmin'),
      userDelete: read.choice('PERMISSIONS_USER_DELETE', ownOrAll, 'CurrentUserOrAdmin'),
    },
    sendActivationEmail: read.boolean('SEND_ACTIVATION_EMAIL', false),
    /** How long an account waits for its activation before it is deleted; 0: for good. */
    pendingUserRetention: read.duration('PENDING_USER_RETENTION', 3 * 24 * 60 * 60, {
      allowZero: true,
    }),
    sendConfirmationEmail: read.boolean('SEND_CONFIRMATION_EMAIL', false),
    passwordChangedEmailConfirmation: read.boolean('PASSWORD_CHANGED_EMAIL_CONFIRMATION', false),
    userCreatePasswordRetype: read.boolean('USER_CREATE_PASSWORD_RETYPE', false),
    setPasswordRetype: read.boolean('SET_PASSWORD_RETYPE', false),
    passwordResetConfirmRetype: read.boolean('PASSWORD_RESET_CONFIRM_RETYPE', false),
    setUsernameRetype: read.boolean('SET_USERNAME_RETYPE', false),
    usernameResetConfirmRetype: read.boolean('USERNAME_RESET_CONFIRM_RETYPE', false),
    usernameChangedEmailConfirmation: read.boolean('USERNAME_CHANGED_EMAIL_CONFIRMATION', false),
    emailChangeConfirmation: read.boolean('EMAIL_CHANGE_CONFIRMATION', false),
    emailChangeConfirmUrl: read.linkPath('EMAIL_CHANGE_CONFIRM_URL'),
    // As in Djoser, either one switches both.
    showEmailNotFound: [
      read.boolean('PASSWORD_RESET_SHOW_EMAIL_NOT_FOUND', false),
      read.boolean('USERNAME_RESET_SHOW_EMAIL_NOT_FOUND', false),
    ].includes(true),
    logoutOnPasswordChange: read.boolean('LOGOUT_ON_PASSWORD_CHANGE', false),
    passwordResetTimeout: read.duration('PASSWORD_RESET_TIMEOUT', 3 * 24 * 60 * 60),
    activationUrl: read.linkPath('ACTIVATION_URL'),
    passwordResetConfirmUrl: read.linkPath('PASSWORD_RESET_CONFIRM_URL'),
    usernameResetConfirmUrl: read.linkPath('USERNAME_RESET_CONFIRM_URL'),

    // Mail
    emailFrontendDomain: read.text('EMAIL_FRONTEND_DOMAIN', new URL(publicUrl).host),
    emailFrontendProtocol: read.choice(
      'EMAIL_FRONTEND_PROTOCOL',
      ['https', 'http'],
      publicUrl.startsWith('http:') ? 'http' : 'https',
    ),
    /** The deployer's app, which our pages and mails lead to; empty where there is none. */
    appUrl: read.pageUrl('APP_URL'),
    siteName: read.text('EMAIL_FRONTEND_SITE_NAME', new URL(publicUrl).host),
    defaultFromEmail: read.text('DEFAULT_FROM_EMAIL', 'webmaster@localhost'),
    /** What else a user is told of by mail. */
    securityEmails: read.names('SECURITY_EMAILS', [
      'refresh_reused',
      'password_changed',
      'email_changed',
      'new_device',
    ]),
    securityEventsRetention: read.duration('SECURITY_EVENTS_RETENTION', 90 * 24 * 60 * 60),
    mailCooldown: read.duration('MAIL_COOLDOWN', 60),
    /** To an address, of each kind that anybody can ask for; 0: as many as are asked for. */
    mailDailyLimit: read.integer('MAIL_DAILY_LIMIT', 20, 0, 10_000),
    /** Of sign-ups, by the whole site; 0: as many as there are. */
    mailHourlyLimit: read.integer('MAIL_HOURLY_LIMIT', 0, 0, 1_000_000),
    resendApiKey: read.text('RESEND_API_KEY', '', { secret: true }),
    resendBaseUrl: read.text('RESEND_BASE_URL', 'https://api.resend.com'),
    resendTimeout: read.duration('RESEND_TIMEOUT', 10),

    // /register/
    registerTokens: read.choice('REGISTER_TOKENS', ['jwt', 'authtoken'], 'jwt'),
    registerErrorStatus: ({ 200: 200, 400: 400, 403: 403, 422: 422 } as const)[
      read.choice('REGISTER_ERROR_STATUS', ['200', '400', '403', '422'], '200')
    ],

    // REST framework; a page size of 0 is none.
    defaultPaginationClass: read.choice(
      'DEFAULT_PAGINATION_CLASS',
      ['None', 'PageNumberPagination', 'LimitOffsetPagination'],
      'None',
    ),
    pageSize: read.integer('PAGE_SIZE', 0, 0, 1000),
    defaultFilterBackends: read.names('DEFAULT_FILTER_BACKENDS', [
      'SearchFilter',
      'OrderingFilter',
    ]),
    searchParam: read.text('SEARCH_PARAM', 'search'),
    orderingParam: read.text('ORDERING_PARAM', 'ordering'),
    nonFieldErrorsKey: read.text('NON_FIELD_ERRORS_KEY', 'non_field_errors'),

    // Simple JWT
    algorithm: read.choice('ALGORITHM', algorithms, 'HS256'),
    verifyingKey: read.text('VERIFYING_KEY', '', { secret: true }),
    simpleJwtVersion: read.choice('SIMPLE_JWT_VERSION', ['5.2', '5.5'], '5.2'),
    accessTokenLifetime: read.duration('ACCESS_TOKEN_LIFETIME', 5 * 60),
    refreshTokenLifetime: read.duration('REFRESH_TOKEN_LIFETIME', 24 * 60 * 60),
    rotateRefreshTokens: read.boolean('ROTATE_REFRESH_TOKENS', false),
    blacklistAfterRotation: read.boolean('BLACKLIST_AFTER_ROTATION', false),
    refreshTokenReuseInterval: read.duration('REFRESH_TOKEN_REUSE_INTERVAL', 10, {
      allowZero: true,
    }),
    /** 0: as many as one likes. */
    maxSessions: read.integer('MAX_SESSIONS', 0, 0, 10_000),
    sessionMaxLifetime: read.duration('SESSION_MAX_LIFETIME', 0, { allowZero: true }),
    checkSession: read.boolean('CHECK_SESSION', false),
    checkRevokeToken: read.boolean('CHECK_REVOKE_TOKEN', false),
    updateLastLogin: read.boolean('UPDATE_LAST_LOGIN', false),
    ...{ leeway, audience, issuer },
    authHeaderTypes: read.list('AUTH_HEADER_TYPES', ['Bearer'], { nonEmpty: true }),
    jwkUrl: read.text('JWK_URL', ''),
    authHeaderName: read.headerName('AUTH_HEADER_NAME', 'HTTP_AUTHORIZATION'),
    userIdClaim: read.text('USER_ID_CLAIM', 'user_id'),
    userIdField: read.choice('USER_ID_FIELD', ['id', loginField], 'id'),
    tokenTypeClaim: read.text('TOKEN_TYPE_CLAIM', 'token_type'),
    /** Empty: tokens have no id, and none is asked for. */
    jtiClaim: read.text('JTI_CLAIM', 'jti').replace(/^none$/i, ''),
    revokeTokenClaim: read.text('REVOKE_TOKEN_CLAIM', 'hash_password'),
    /** In the order in which they are tried, by the type of their tokens. */
    authTokenClasses: read
      .list('AUTH_TOKEN_CLASSES', ['AccessToken'], {
        nonEmpty: true,
        choices: Object.keys(tokenClasses),
      })
      .map((name) => tokenClasses[name] ?? 'access'),
    slidingTokenLifetime: read.duration('SLIDING_TOKEN_LIFETIME', 5 * 60),
    slidingTokenRefreshLifetime: read.duration('SLIDING_TOKEN_REFRESH_LIFETIME', 24 * 60 * 60),
    slidingTokenRefreshExpClaim: read.text('SLIDING_TOKEN_REFRESH_EXP_CLAIM', 'refresh_exp'),
    checkUserIsActive: read.boolean('CHECK_USER_IS_ACTIVE', true),

    // Passwords; the floor in production is OWASP's.
    argon2: {
      memory: read.integer('ARGON2_MEMORY_COST', 19_456, development ? 8 : 19_456, 65_536),
      time: read.integer('ARGON2_TIME_COST', 2, development ? 1 : 2, 10),
    },
    dummyPasswordHash: dummyPasswordHash(read),
    pwnedPasswords: pwnedPasswords(read),

    // drf-jwt, of either maker; keys and algorithm are Simple JWT's
    drfJwt: {
      enabled: read.boolean('DRF_JWT', false),
      packageName: drfJwtWire,
      lifetime: read.duration('JWT_EXPIRATION_DELTA', 5 * 60),
      allowRefresh: read.boolean('JWT_ALLOW_REFRESH', isFork),
      refreshLifetime: read.duration('JWT_REFRESH_EXPIRATION_DELTA', 7 * 24 * 60 * 60),
      prefix: read.text('JWT_AUTH_HEADER_PREFIX', isFork ? 'Bearer' : 'JWT'),
      cookie: drfJwtCookie,
      impersonationCookie,
      cookieDomain: read.text('JWT_AUTH_COOKIE_DOMAIN', ''),
      cookiePath: read.text(
        'JWT_AUTH_COOKIE_PATH',
        cookiePath(urlPrefix, [drfJwtCookie, impersonationCookie]),
      ),
      cookieSecure: read.boolean('JWT_AUTH_COOKIE_SECURE', publicUrl.startsWith('https:')),
      cookieSameSite: read.choice('JWT_AUTH_COOKIE_SAMESITE', ['Lax', 'Strict', 'None'], 'Lax'),
      leeway: read.duration('JWT_LEEWAY', leeway, { allowZero: true }),
      audience: read.list('JWT_AUDIENCE', audience),
      issuer: read.text('JWT_ISSUER', issuer),
      namesById: read.boolean('JWT_PAYLOAD_INCLUDE_USER_ID', true),
    },

    authCookies: authCookies(read, publicUrl),

    turnstile: turnstile(read),

    // django-cors-headers
    cors: {
      allowedOrigins: read.origins('CORS_ALLOWED_ORIGINS'),
      allowedOriginRegexes: read.patterns('CORS_ALLOWED_ORIGIN_REGEXES', adviceOnPattern),
      allowAllOrigins: read.boolean('CORS_ALLOW_ALL_ORIGINS', development),
      allowCredentials: read.boolean('CORS_ALLOW_CREDENTIALS', false),
      allowMethods: read.list('CORS_ALLOW_METHODS', [
        ...['DELETE', 'GET', 'OPTIONS', 'PATCH', 'POST', 'PUT'],
      ]),
      allowHeaders: read.list('CORS_ALLOW_HEADERS', [
        ...['accept', 'authorization', 'content-type', 'user-agent', 'x-csrftoken'],
        'x-requested-with',
      ]),
      exposeHeaders: read.list('CORS_EXPOSE_HEADERS', []),
      preflightMaxAge: read.integer('CORS_PREFLIGHT_MAX_AGE', 86_400, 0, 31_536_000),
    },
  }
}

const ownOrAll = ['CurrentUserOrAdmin', 'IsAdminUser', 'Nobody'] as const
