// Every setting, read once per env object: Django's names outside, camelCase inside, durations in seconds.
// The defaults are Django's.

import { writableNames } from './accounts/profile.ts'
import { readVariables } from './variables.ts'

export type Settings = ReturnType<typeof parse>

const parsed = new WeakMap<object, Settings>()

/** @throws SettingsError naming each variable, what it got and what it wants. */
export function settingsOf(env: object): Settings {
  const known = parsed.get(env)
  if (known) return known
  const settings = parse(env as Record<string, unknown>)
  parsed.set(env, settings)
  return settings
}

function parse(env: Record<string, unknown>) {
  const read = readVariables(env)
  const development =
    read.choice('ENVIRONMENT', ['production', 'development'], 'production') === 'development'
  const loginField = read.choice('LOGIN_FIELD', ['email', 'username'], 'email')
  const byEmail = loginField === 'email'
  const publicUrl = read.origin('PUBLIC_URL')
  const settings = {
    development,
    publicUrl,
    maxBodySize: read.integer('DATA_UPLOAD_MAX_MEMORY_SIZE', 1024 * 1024, 1024, 2 * 1000 * 1000),
    throttleEnabled: read.boolean('THROTTLE_ENABLED', true),

    secretKey: read.secret('SECRET_KEY', 32),
    secretKeyFallbacks: read.list('SECRET_KEY_FALLBACKS', [], { secret: true }),
    signingKey: read.secret('SIGNING_KEY', development ? 1 : 32),

    // Djoser
    loginField,
    requiredFields: read.list(
      'REQUIRED_FIELDS',
      byEmail ? ['first_name', 'last_name'] : ['email'],
      { from: [...writableNames, ...(byEmail ? [] : ['email'])] },
    ),
    signupRoles: read.list('SIGNUP_ROLES', []),
    hideUsers: read.boolean('HIDE_USERS', true),
    sendActivationEmail: read.boolean('SEND_ACTIVATION_EMAIL', false),
    sendConfirmationEmail: read.boolean('SEND_CONFIRMATION_EMAIL', false),
    passwordChangedEmailConfirmation: read.boolean('PASSWORD_CHANGED_EMAIL_CONFIRMATION', false),
    userCreatePasswordRetype: read.boolean('USER_CREATE_PASSWORD_RETYPE', false),
    setPasswordRetype: read.boolean('SET_PASSWORD_RETYPE', false),
    passwordResetConfirmRetype: read.boolean('PASSWORD_RESET_CONFIRM_RETYPE', false),
    logoutOnPasswordChange: read.boolean('LOGOUT_ON_PASSWORD_CHANGE', false),
    passwordResetTimeout: read.duration('PASSWORD_RESET_TIMEOUT', 3 * 24 * 60 * 60),
    activationUrl: read.linkPath('ACTIVATION_URL'),
    passwordResetConfirmUrl: read.linkPath('PASSWORD_RESET_CONFIRM_URL'),

    // Mail
    emailFrontendDomain: read.text('EMAIL_FRONTEND_DOMAIN', new URL(publicUrl).host),
    emailFrontendProtocol: read.choice(
      'EMAIL_FRONTEND_PROTOCOL',
      ['https', 'http'],
      publicUrl.startsWith('http:') ? 'http' : 'https',
    ),
    siteName: read.text('EMAIL_FRONTEND_SITE_NAME', new URL(publicUrl).host),
    defaultFromEmail: read.text('DEFAULT_FROM_EMAIL', 'webmaster@localhost'),
    mailInterval: read.duration('MAIL_INTERVAL', 60),
    resendApiKey: read.text('RESEND_API_KEY', '', { secret: true }),
    resendBaseUrl: read.text('RESEND_BASE_URL', 'https://api.resend.com'),
    resendTimeout: read.duration('RESEND_TIMEOUT', 10),

    // Simple JWT
    simpleJwtWire: read.choice('SIMPLE_JWT_WIRE', ['5.2', '5.5'], '5.2'),
    accessTokenLifetime: read.duration('ACCESS_TOKEN_LIFETIME', 5 * 60),
    refreshTokenLifetime: read.duration('REFRESH_TOKEN_LIFETIME', 24 * 60 * 60),
    rotateRefreshTokens: read.boolean('ROTATE_REFRESH_TOKENS', false),
    blacklistAfterRotation: read.boolean('BLACKLIST_AFTER_ROTATION', false),
    refreshReuseGrace: read.duration('REFRESH_REUSE_GRACE', 10, { orNone: true }),
    sessionMaxLifetime: read.duration('SESSION_MAX_LIFETIME', 0, { orNone: true }),
    checkSession: read.boolean('CHECK_SESSION', false),
    checkRevokeToken: read.boolean('CHECK_REVOKE_TOKEN', false),
    updateLastLogin: read.boolean('UPDATE_LAST_LOGIN', false),
    leeway: read.duration('LEEWAY', 0, { orNone: true }),
    audience: read.list('AUDIENCE', []),
    issuer: read.text('ISSUER', ''),
    authHeaderTypes: read.list('AUTH_HEADER_TYPES', ['Bearer'], { some: true }),
    userIdClaim: read.text('USER_ID_CLAIM', 'user_id'),

    // Passwords; the floor in production is OWASP's.
    argon2: {
      memory: read.integer('ARGON2_MEMORY_COST', 19_456, development ? 8 : 19_456, 65_536),
      time: read.integer('ARGON2_TIME_COST', 2, development ? 1 : 2, 10),
    },

    // django-cors-headers
    cors: {
      allowedOrigins: read.origins('CORS_ALLOWED_ORIGINS'),
      allowedOriginRegexes: read.patterns('CORS_ALLOWED_ORIGIN_REGEXES'),
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

  if (!development && settings.resendApiKey === '') {
    read.complain('RESEND_API_KEY is missing; it wants a key of resend.com, which sends the mail')
  }
  if (/[^\x21-\x7e]/.test(settings.resendApiKey)) {
    read.complain('RESEND_API_KEY holds a character that no key has; it wants a key of resend.com')
  }
  if (!development && settings.signingKey.startsWith('django-insecure-')) {
    read.complain('SIGNING_KEY is one of Django’s insecure defaults; it wants 32 random bytes')
  }
  if (settings.rotateRefreshTokens && settings.refreshReuseGrace > settings.refreshTokenLifetime) {
    read.complain('REFRESH_REUSE_GRACE is longer than REFRESH_TOKEN_LIFETIME; it wants seconds')
  }
  read.finish()
  return settings
}
