// The settings whose values are secret: `wrangler secret put` stores them, and wrangler.toml never holds them. VERIFYING_KEY
// is public.

export const secretNames = [
  'SECRET_KEY',
  'SECRET_KEY_FALLBACKS',
  'SIGNING_KEY',
  'SIGNING_KEYS',
  'RESEND_API_KEY',
  'TURNSTILE_SECRET_KEY',
  'TRUSTED_SERVER_SECRET',
]
