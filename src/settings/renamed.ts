// Names and values of settings that Gatehouse does not read any more. Without an error, Gatehouse would silently use the
// default. So each is an error that gives the new name or value.

export const renamedNames: Record<string, string> = {
  DRF_JWT_WIRE: 'DRF_JWT_PACKAGE',
  MAIL_INTERVAL: 'MAIL_COOLDOWN',
  PWNED_PASSWORDS_ON_FAILURE: 'PWNED_PASSWORDS_FAIL_OPEN',
  REFRESH_REUSE_GRACE: 'REFRESH_TOKEN_REUSE_INTERVAL',
  SIMPLE_JWT_WIRE: 'SIMPLE_JWT_VERSION',
  TURNSTILE_ON: 'TURNSTILE_REQUIRED_FOR',
  UNKNOWN_USER_HASH: 'DUMMY_PASSWORD_HASH',
}

/** The new values of these settings and of DISABLED_ROUTES, by the old ones. */
const values: Record<string, string> = {
  jpadilla: 'djangorestframework-jwt',
  styria: 'drf-jwt',
  allow: 'true',
  refuse: 'false',
  'log-in': 'login',
  forms: 'pages',
}

/** A sentence for each old name or value. */
export const renamedSettings = (env: Record<string, unknown>): string[] => [
  ...Object.entries(renamedNames)
    .filter(([old]) => env[old] !== undefined)
    .map(([old, name]) => `${old} is now ${name}`),
  ...[...Object.entries(renamedNames).flat(), 'DISABLED_ROUTES'].flatMap((name) =>
    String(env[name])
      .split(/[\s,]+/)
      .filter((value) => Object.hasOwn(values, value))
      .map((value) => `${name}: "${value}" is now "${values[value]}"`),
  ),
]
