// Settings for the fake Turnstile (test/fakes/turnstile.ts), and tokens like those of its widget.

import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, vi } from 'vitest'
import { client } from './api.ts'
import { newEmail, password } from './people.ts'
import { beforeRoundTrip, isDelivery } from './trips.ts'

export const turnstile = {
  TURNSTILE_SECRET_KEY: 'secret-of-the-widget',
  TURNSTILE_VERIFY_URL: 'https://turnstile.test/turnstile/v0/siteverify',
}

/** @param word how the fake misbehaves; with `-once`, the first time only */
export const newToken = (word = '') => `${word && `${word}-`}good-${crypto.randomUUID()}`

export const withToken = (token = newToken()) => ({ 'cf-turnstile-response': token })

/** The parameters of each verification of a token. */
export async function verificationsOf(token: string): Promise<Record<string, string>[]> {
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
export const mailingPaths = [
  '/auth/users/reset_password/',
  '/auth/users/reset_email/',
  '/auth/users/resend_activation/',
]
export const captchaRequired = { 'cf-turnstile-response': ['This field is required.'] }
export const captchaFailed = { 'cf-turnstile-response': ['The captcha was not passed. Try again.'] }

/** The lines that a file's tests log. They are not printed. */
export function captureLogs(): string[] {
  const lines: string[] = []
  beforeEach(() => {
    lines.length = 0
    for (const method of ['log', 'info', 'warn', 'error'] as const) {
      vi.spyOn(console, method).mockImplementation((...values) => {
        lines.push(JSON.stringify(values))
      })
    }
  })
  afterEach(() => vi.restoreAllMocks())
  return lines
}

/** A client whose round trips to D1 are counted. */
export function countedApi(vars: object = {}) {
  let trips = 0
  const DB = beforeRoundTrip(env.DB, (statements) => {
    if (!isDelivery(statements)) trips++
  })
  return { ...client({ DB, ...turnstile, ...vars }), trips: () => trips }
}

export const userOf = (email: string) =>
  env.DB.prepare('select id from users where email = ?').bind(email).first()
