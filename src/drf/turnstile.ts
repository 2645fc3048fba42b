// Cloudflare Turnstile: the token that its widget puts into a form shows that a person sent it
// (developers.cloudflare.com/turnstile/get-started/server-side-validation/). A token is good once: whatever
// becomes of the request, it is spent.

import type { Call } from '../context.ts'
import type { Settings } from '../settings.ts'
import { SettingsError } from '../variables.ts'
import { invalid, unavailable } from './errors.ts'
import { fields, text } from './fields.ts'
import { ipOf } from './throttling.ts'

const field = 'cf-turnstile-response'

/** Wants a token, where TURNSTILE_ON says so, before the other fields are looked at. @throws ApiError */
export async function challenge(c: Call, kind: 'sign-up' | 'reset') {
  if (!c.var.settings.turnstile.on.includes(kind)) return
  const { [field]: token } = await fields(c, { [field]: text({ max: 2048 }) })
  await check(c, token)
}

async function check(c: Call, token: string) {
  const { turnstile } = c.var.settings
  const verdict = await verdictOn(token, turnstile, ipOf(c))
  if (verdict === 'refused')
    throw invalid({ [field]: ['The challenge was not passed. Try again.'] })
  if (verdict === 'none' && !turnstile.failOpen) throw unavailable()
}

type Verdict = 'passed' | 'refused' | 'none'
type Turnstile = Settings['turnstile']

async function verdictOn(
  token: string,
  turnstile: Turnstile,
  ip: string | undefined,
): Promise<Verdict> {
  const question = new URLSearchParams({
    secret: turnstile.secretKey,
    response: token,
    // Asked again under the same key, a token that is spent already is still good.
    idempotency_key: crypto.randomUUID(),
    ...(ip && { remoteip: ip }),
  })
  const verdict = await ask(turnstile, question)
  return verdict === 'none' ? ask(turnstile, question) : verdict
}

async function ask({ verifyUrl, timeout }: Turnstile, question: URLSearchParams): Promise<Verdict> {
  try {
    const response = await fetch(verifyUrl, {
      method: 'POST',
      body: question,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeout * 1000),
    })
    const { success, 'error-codes': codes = [] } = (await response.json()) as Answer
    if (success === true && response.ok) return 'passed'
    if (codes.some((code) => code.endsWith('-input-secret'))) throw wrongSecret()
    const isVerdict = success === false && !codes.some((code) => troubles.includes(code))
    if (isVerdict) return 'refused'
    throw new Error(`${response.status}`)
  } catch (error) {
    if (error instanceof SettingsError) throw error
    // Not what it says: an answer may hold what was sent.
    const cause = error instanceof Error ? error.name : 'unknown'
    console.error({ message: 'no verdict came from Turnstile', cause })
    return 'none'
  }
}

interface Answer {
  success?: boolean
  'error-codes'?: string[]
}

/** Codes that say nothing of the token. */
const troubles = ['internal-error', 'bad-request']

const wrongSecret = () =>
  new SettingsError('TURNSTILE_SECRET_KEY is none that Turnstile knows; it wants your widget’s')
