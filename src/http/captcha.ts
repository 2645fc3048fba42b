// Cloudflare Turnstile: the token that its widget puts into a form shows that a person sent it
// (developers.cloudflare.com/turnstile/get-started/server-side-validation/). A token is good once: whatever
// becomes of the request, it is spent.

import * as v from 'valibot'
import type { Call } from '../context.ts'
import { SettingsError } from '../settings/env.ts'
import type { Settings } from '../settings/parse.ts'
import { captchaField, captchaRequired, invalid, unavailable } from './errors.ts'
import { fields, text } from './fields.ts'

/** Wants a token, where TURNSTILE_REQUIRED_FOR says so, before the other fields are looked at. @throws ApiError */
export async function requireCaptcha(c: Call, kind: 'sign-up' | 'reset') {
  if (!c.var.settings.turnstile.on.includes(kind)) return
  const { [captchaField]: token } = await fields(c, { [captchaField]: text({ maxLength: 2048 }) })
  await check(c, token)
}

/**
 * How many log-ins of a run need no token: as many as one likes for whom has sent one, or where none is wanted.
 * Looked at behind the other fields. @throws ApiError
 */
export async function captchaAtLogin(c: Call): Promise<number> {
  const { on, afterFailures } = c.var.settings.turnstile
  if (!on.includes('login')) return Infinity
  const sent = await fields(c, {
    [captchaField]: v.optional(text({ maxLength: 2048, allowBlank: true }), ''),
  })
  const { [captchaField]: token } = sent
  if (token !== '') {
    await check(c, token)
    return Infinity
  }
  if (afterFailures === 0) throw captchaRequired()
  return afterFailures
}

async function check(c: Call, token: string) {
  const { turnstile } = c.var.settings
  const verdict = await verify(token, turnstile, c.var.client.ip)
  if (verdict === 'invalid')
    throw invalid({ [captchaField]: ['The challenge was not passed. Try again.'] })
  if (verdict === 'unavailable' && !turnstile.failOpen) throw unavailable()
}

type Verdict = 'valid' | 'invalid' | 'unavailable'
type Turnstile = Settings['turnstile']

async function verify(
  token: string,
  turnstile: Turnstile,
  ip: string | undefined,
): Promise<Verdict> {
  // None of theirs, and not to be the reason that no verdict comes.
  if (/[^\x21-\x7e]/.test(token)) return 'invalid'
  const question = new URLSearchParams({
    secret: turnstile.secretKey,
    response: token,
    // Asked again under the same key, a token that is spent already is still good.
    idempotency_key: crypto.randomUUID(),
    ...(ip && { remoteip: ip }),
  })
  const verdict = await siteverify(turnstile, question)
  return verdict === 'unavailable' ? siteverify(turnstile, question) : verdict
}

async function siteverify(
  { verifyUrl, timeout }: Turnstile,
  question: URLSearchParams,
): Promise<Verdict> {
  try {
    const response = await fetch(verifyUrl, {
      method: 'POST',
      body: question,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeout * 1000),
    })
    const { success, 'error-codes': codes = [] } = (await response.json()) as Answer
    if (success === true && response.ok) return 'valid'
    if (codes.some((code) => code.endsWith('-input-secret'))) throw wrongSecret()
    const isVerdict = success === false && !isOwnTrouble(codes)
    if (isVerdict) return 'invalid'
    throw new Error(`${response.status}`)
  } catch (error) {
    if (error instanceof SettingsError) throw error
    // Not what it says: an answer may hold what was sent.
    const cause = error instanceof Error ? error.name : 'unknown'
    console.error({ message: 'no verdict came from Turnstile', cause })
    return 'unavailable'
  }
}

interface Answer {
  success?: boolean
  'error-codes'?: string[]
}

/**
 * Whether Turnstile speaks of itself and not of the token. Our request is well formed, so `bad-request` can only come
 * from a token that somebody made up: it must not pass by TURNSTILE_FAIL_OPEN.
 */
const isOwnTrouble = (codes: string[]) =>
  codes.includes('internal-error') && !codes.includes('bad-request')

const wrongSecret = () =>
  new SettingsError('Cloudflare rejected TURNSTILE_SECRET_KEY; it must be your widget’s')
