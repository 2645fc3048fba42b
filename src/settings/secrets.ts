// The settings whose values are secret. They are stored by `wrangler secret put`, and are never in wrangler.toml.
// VERIFYING_KEY is public, so it is not among them.

export const secretNames = [
  'SECRET_KEY',
  'SECRET_KEY_FALLBACKS',
  'SIGNING_KEY',
  'SIGNING_KEYS',
  'RESEND_API_KEY',
  'TURNSTILE_SECRET_KEY',
  'TRUSTED_SERVER_SECRET',
]
