// Every setting, read once per env object: Django's names outside, camelCase inside, durations in seconds.
// What is wrong or missing is told by name, all of it at once, and never a secret's value.

export type Settings = ReturnType<typeof parse>

/** What is wrong with the variables, a sentence for each. */
export class SettingsError extends Error {
  override name = 'SettingsError'
}

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
  const read = reader(env)
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
    ) as readonly string[],
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
  if (!development && settings.signingKey.startsWith('django-insecure-')) {
    read.complain('SIGNING_KEY is one of Django’s insecure defaults; it wants 32 random bytes')
  }
  if (settings.rotateRefreshTokens && settings.refreshReuseGrace > settings.refreshTokenLifetime) {
    read.complain('REFRESH_REUSE_GRACE is longer than REFRESH_TOKEN_LIFETIME; it wants seconds')
  }
  read.finish()
  return settings
}

type Options = { secret?: boolean; some?: boolean; orNone?: boolean }

/** Reads variables by name and collects what is wrong with them; `finish` throws it all at once. */
function reader(env: Record<string, unknown>) {
  const complaints: string[] = []
  const names: string[] = []
  const complain = (sentence: string) => complaints.push(sentence)

  function raw(name: string): unknown {
    names.push(name)
    const value = env[name]
    return value === '' ? undefined : value
  }
  function wrong<T>(name: string, got: unknown, wants: string, fallback: T): T {
    complain(`${name} is ${JSON.stringify(got)}; it wants ${wants}`)
    return fallback
  }
  function text(name: string, fallback: string, { secret }: Options = {}): string {
    const value = raw(name) ?? fallback
    if (typeof value === 'string') return value
    if (typeof value === 'number') return String(value)
    return wrong(name, secret ? '…' : value, 'a text', fallback)
  }
  function list(name: string, fallback: string[], { secret, some }: Options = {}): string[] {
    const value = raw(name) ?? fallback
    const items = typeof value === 'string' ? value.split(',').map((item) => item.trim()) : value
    if (!Array.isArray(items) || !items.every((item) => typeof item === 'string')) {
      return wrong(name, secret ? '…' : value, 'a list, as "a,b"', fallback)
    }
    if (some && items.length === 0) return wrong(name, value, 'at least one entry', fallback)
    return items.filter((item) => item !== '')
  }
  function origins(name: string): string[] {
    return list(name, []).map((origin) =>
      isOrigin(origin) ? origin : wrong(name, origin, 'origins, as "https://app.example.com"', ''),
    )
  }

  return {
    complain,
    text,
    list,
    origins,
    boolean(name: string, fallback: boolean): boolean {
      const value = raw(name) ?? fallback
      if (value === true || value === 1 || value === 'true' || value === '1') return true
      if (value === false || value === 0 || value === 'false' || value === '0') return false
      return wrong(name, value, 'true or false', fallback)
    },
    choice<const T extends string>(name: string, choices: readonly T[], fallback: T): T {
      const value = String(raw(name) ?? fallback)
      const found = choices.find((choice) => choice === value)
      return found ?? wrong(name, value, `one of ${choices.join(', ')}`, fallback)
    },
    integer(name: string, fallback: number, least: number, most: number): number {
      const value = Number(raw(name) ?? fallback)
      if (Number.isInteger(value) && value >= least && value <= most) return value
      return wrong(name, env[name], `a whole number from ${least} to ${most}`, fallback)
    },
    /** Seconds, or `5m`, `12h`, `1d`, `2w`; 0 only where `orNone`. */
    duration(name: string, fallback: number, { orNone }: Options = {}): number {
      const value = raw(name) ?? fallback
      const seconds = secondsIn(String(value))
      if (seconds !== undefined && (seconds > 0 || orNone)) return seconds
      return wrong(name, value, 'a duration, as 300, "5m", "12h" or "1d"', fallback)
    },
    secret(name: string, leastBytes: number): string {
      const value = raw(name)
      if (typeof value !== 'string') {
        complain(`${name} is missing; it wants ${leastBytes} random bytes or more`)
        return ''
      }
      const bytes = new TextEncoder().encode(value).length
      if (bytes < leastBytes) {
        complain(`${name} has ${bytes} bytes; it wants ${leastBytes} random bytes or more`)
      }
      return value
    },
    origin(name: string): string {
      const value = raw(name)
      if (typeof value === 'string' && isOrigin(value.replace(/\/$/, ''))) {
        return value.replace(/\/$/, '')
      }
      const example = 'the origin that clients reach, as "https://auth.example.com"'
      complain(
        value === undefined
          ? `${name} is missing; it wants ${example} (to develop: npm run dev)`
          : `${name} is ${JSON.stringify(value)}; it wants ${example}`,
      )
      return 'http://localhost'
    },
    linkPath(name: string): string {
      const value = text(name, '')
      if (value === '' || (value.includes('{uid}') && value.includes('{token}'))) return value
      return wrong(name, value, 'a path with {uid} and {token}, as "activate/{uid}/{token}"', '')
    },
    patterns(name: string): RegExp[] {
      return list(name, []).flatMap((source) => {
        try {
          return [new RegExp(`^(?:${source})`)]
        } catch {
          return wrong(name, source, 'regular expressions', [])
        }
      })
    },
    finish() {
      warnOfNearMisses(env, names)
      if (complaints.length > 0) throw new SettingsError(`${complaints.join('. ')}.`)
    },
  }
}

/** An origin is scheme and host with nothing behind, as browsers send it; `null` and `file://` count. */
function isOrigin(value: string): boolean {
  if (value === 'null' || value === 'file://') return true
  return URL.canParse(value) && /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s]+$/i.test(value)
}

const units: Record<string, number> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

function secondsIn(value: string): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*([smhdw]?)$/.exec(value.trim()) ?? []
  const factor = units[unit ?? '']
  return amount === undefined || factor === undefined ? undefined : Number(amount) * factor
}

function warnOfNearMisses(env: Record<string, unknown>, names: string[]) {
  for (const [name, value] of Object.entries(env)) {
    if (typeof value === 'object' && !Array.isArray(value)) continue
    const meant = names.find((known) => known !== name && distance(known, name) <= 2)
    if (meant && !names.includes(name)) {
      console.warn(`The variable ${name} is not a setting of Gatehouse. Is ${meant} meant?`)
    }
  }
}

/** Levenshtein's, without regard to case and underscores. */
function distance(one: string, other: string): number {
  const a = one.replaceAll('_', '').toLowerCase()
  const b = other.replaceAll('_', '').toLowerCase()
  if (Math.abs(a.length - b.length) > 2) return 3
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
