// Settings with Turnstile's stand-in (test/stand-ins/turnstile.ts), and tokens as its widget makes them.

export const turnstile = {
  TURNSTILE_SECRET_KEY: 'secret-of-the-widget',
  TURNSTILE_VERIFY_URL: 'https://turnstile.test/turnstile/v0/siteverify',
}

/** `word` is an oddity of the stand-in's; with `-once`, the first time alone. */
export const newToken = (word = '') => `${word && `${word}-`}good-${crypto.randomUUID()}`

export const withToken = (token = newToken()) => ({ 'cf-turnstile-response': token })

/** What Turnstile was asked about a token. */
export async function asked(token: string): Promise<Record<string, string>[]> {
  const response = await fetch(`https://turnstile.test/_asked?response=${token}`)
  return response.json()
}
