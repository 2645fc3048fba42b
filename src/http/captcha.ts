// The captcha, Cloudflare Turnstile. Its widget puts a token into a form, and Turnstile says whether a person sent it
// (developers.cloudflare.com/turnstile/get-started/server-side-validation/). Verifying a token spends it, even if the
// request is rejected later.

import * as v from 'valibot'
import type { Call } from '../context.ts'
import { SettingsError } from '../settings/env.ts'
import type { Settings } from '../settings/parse.ts'
import { captchaField, captchaRequired, invalid, unavailable } from './errors.ts'
import { fields, text } from './fields.ts'

/**
 * Requires a captcha token if TURNSTILE_REQUIRED_FOR names this kind of request. Runs before the other fields are
 * checked. @throws ApiError 400, or 503 without a verdict
 */
export async function requireCaptcha(c: Call, kind: 'sign-up' | 'reset') {
  if (!c.var.settings.turnstile.requiredFor.includes(kind)) return
  const { [captchaField]: token } = await fields(c, { [captchaField]: text({ maxLength: 2048 }) })
  await checkToken(c, token)
}

/**
 * Runs after the other fields are checked.
 * @returns the login attempts allowed without a captcha token; `Infinity` if one was sent or none is required
 * @throws ApiError 400, or 503 without a verdict
 */
export async function captchaAtLogin(c: Call): Promise<number> {
  const { requiredFor, afterFailures } = c.var.settings.turnstile
  if (!requiredFor.includes('login')) return Infinity
  const sent = await fields(c, {
    [captchaField]: v.optional(text({ maxLength: 2048, allowBlank: true }), ''),
  })
  const { [captchaField]: token } = sent
  if (token !== '') {
    await checkToken(c, token)
    return Infinity
  }
  if (afterFailures === 0) throw captchaRequired()
  return afterFailures
}

async function checkToken(c: Call, token: string) {
  const { turnstile } = c.var.settings
  const verdict = await verify(token, turnstile, c.var.client.ip)
  if (verdict === 'invalid') {
    throw invalid({ [captchaField]: ['The captcha was not passed. Try again.'] })
  }
  if (verdict === 'unavailable' && !turnstile.failOpen) throw unavailable()
}

/** What Turnstile says of a token; `unavailable` if it says nothing. */
type Verdict = 'valid' | 'invalid' | 'unavailable'
type Turnstile = Settings['turnstile']

async function verify(
  token: string,
  turnstile: Turnstile,
  ip: string | undefined,
): Promise<Verdict> {
  // Not a Turnstile token. It is rejected here, so that it cannot cause a failure that lets the request through.
  if (/[^\x21-\x7e]/.test(token)) return 'invalid'
  const parameters = new URLSearchParams({
    secret: turnstile.secretKey,
    response: token,
    // The second attempt has the same key, so the token that the first one spent is still valid.
    idempotency_key: crypto.randomUUID(),
    ...(ip && { remoteip: ip }),
  })
  const verdict = await siteverify(turnstile, parameters)
  return verdict === 'unavailable' ? siteverify(turnstile, parameters) : verdict
}

async function siteverify(
  { verifyUrl, timeout }: Turnstile,
  parameters: URLSearchParams,
): Promise<Verdict> {
  try {
    const response = await fetch(verifyUrl, {
      method: 'POST',
      body: parameters,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeout * 1000),
    })
    const { success, 'error-codes': codes = [] } = (await response.json()) as SiteverifyResponse
    if (success === true && response.ok) return 'valid'
    if (codes.some((code) => code.endsWith('-input-secret'))) throw wrongSecret()
    if (success === false && !isTurnstileFault(codes)) return 'invalid'
    throw new Error(`${response.status}`)
  } catch (error) {
    if (error instanceof SettingsError) throw error
    // The error's message is not logged: it may contain what the client sent.
    const cause = error instanceof Error ? error.name : 'unknown'
    console.error({ message: 'turnstile unavailable', cause })
    return 'unavailable'
  }
}

interface SiteverifyResponse {
  success?: boolean
  'error-codes'?: string[]
}

/**
 * Whether the error is Turnstile's own and not the token's. Our request is well formed, so only a made-up token causes
 * `bad-request`: TURNSTILE_FAIL_OPEN must not let it through.
 */
const isTurnstileFault = (codes: string[]) =>
  codes.includes('internal-error') && !codes.includes('bad-request')

const wrongSecret = () =>
  new SettingsError('Cloudflare rejected TURNSTILE_SECRET_KEY; it must be your widget’s')
