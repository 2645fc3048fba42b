// Settings for the fake Turnstile (test/fakes/turnstile.ts), and tokens like those of its widget.

import { env } from 'cloudflare:workers'
import { client } from './api.ts'
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

export const mailingPaths = [
  '/auth/users/reset_password/',
  '/auth/users/reset_email/',
  '/auth/users/resend_activation/',
]
export const captchaRequired = { 'cf-turnstile-response': ['This field is required.'] }
export const captchaFailed = { 'cf-turnstile-response': ['The captcha was not passed. Try again.'] }

/** A client whose round trips to D1 are counted. */
export function countedApi(vars: object = {}) {
  let trips = 0
  const DB = beforeRoundTrip(env.DB, (statements) => {
    if (!isDelivery(statements)) trips++
  })
  return { ...client({ DB, ...turnstile, ...vars }), trips: () => trips }
}
