// Settings with Turnstile's stand-in (test/fakes/turnstile.ts), and tokens as its widget makes them.

import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, vi } from 'vitest'
import { client } from './api.ts'
import { newEmail, password } from './people.ts'
import { gated, isDelivery } from './trips.ts'

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

export const newPerson = () => ({
  email: newEmail(),
  password,
  first_name: 'Ada',
  last_name: 'Lovelace',
})
export const signUp = '/auth/users/'
export const mailed = [
  '/auth/users/reset_password/',
  '/auth/users/reset_email/',
  '/auth/users/resend_activation/',
]
export const missing = { 'cf-turnstile-response': ['This field is required.'] }
export const refused = { 'cf-turnstile-response': ['The captcha was not passed. Try again.'] }

/** What a file's tests log, which is not shown. */
export function heard(): string[] {
  const lines: string[] = []
  beforeEach(() => {
    lines.length = 0
    for (const method of ['log', 'info', 'warn', 'error'] as const) {
      vi.spyOn(console, method).mockImplementation((...said) => {
        lines.push(JSON.stringify(said))
      })
    }
  })
  afterEach(() => vi.restoreAllMocks())
  return lines
}

/** A client whose trips to D1 are counted. */
export function countedApi(vars: object = {}) {
  let trips = 0
  const DB = gated(env.DB, (statements) => {
    if (!isDelivery(statements)) trips++
  })
  return { ...client({ DB, ...turnstile, ...vars }), trips: () => trips }
}

export const userOf = (email: string) =>
  env.DB.prepare('select id from users where email = ?').bind(email).first()
