// Plays a scenario against one side, Django or the Worker. Later requests use the values that this side returned: its ids,
// its tokens, the links in its mail.

import { decodeJwt } from 'jose'
import { type Answer, observe } from './answer.ts'
import { forge } from './forge.ts'
import type { Forgery, Scenario, Step } from './scenario.ts'

export interface Mail {
  kind: string
  to: string
  uid?: string | null
  token?: string | null
}

export interface Side {
  send(method: string, path: string, headers: Headers, body: string | undefined): Promise<Response>
  /** All emails so far, oldest first. */
  mail(): Promise<Mail[]>
}

export interface Played {
  answers: Answer[]
  /** `kind to address` for the addresses of this run, sorted. */
  mail: string[]
}

/** A new part for the addresses of a scenario. It has letters only: digits could be similar to a password of digits. */
export function newRun(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => letters[byte % 16]).join(
    '',
  )
}

const letters = 'bcdfghjklmnpqrst'

type Captured = Map<string, unknown>

export async function play(scenario: Scenario, side: Side, run: string): Promise<Played> {
  const captured: Captured = new Map([['run', run]])
  const answers: Answer[] = []
  for (const step of scenario.steps) {
    answers.push(observe(await send(step, side, captured), run))
  }
  return { answers, mail: await mailOf(side, run) }
}

/** The emails of a scenario. */
export async function mailOf(side: Side, run: string): Promise<string[]> {
  const mails = await side.mail()
  return mails
    .filter(({ to }) => to.includes(run))
    .map(({ kind, to }) => `${kind} to ${to.replaceAll(run, '<run>')}`)
    .sort()
}

async function send(step: Step, side: Side, captured: Captured) {
  captured.set('hex', crypto.randomUUID().replaceAll('-', ''))
  if (step.forged) {
    captured.set('forged', await forge(expand(withSession(step.forged, captured), captured)))
  }

  const { body, type } = bodyOf(step, captured)
  const headers = new Headers(type ? { 'content-type': type } : {})
  if (step.as) headers.set('authorization', expand(`Bearer <${step.as}>`, captured))
  for (const [name, value] of Object.entries(step.headers ?? {})) {
    headers.set(name, String(expand(value, captured)))
  }

  const before = step.mail ? (await mailTo(side, step.mail, captured)).length : 0
  const response = await side.send(step.method, String(expand(step.path, captured)), headers, body)
  const text = await response.text()

  for (const [name, key] of Object.entries(step.capture ?? {})) {
    const value = valueAt(text, key)
    captured.set(name, value).set(`${name}.text`, String(value))
  }
  if (step.mail) {
    const mail = await newMail(side, step.mail, before, captured)
    captured.set(`${step.mail.as}.uid`, mail?.uid ?? 'no-mail-came')
    captured.set(`${step.mail.as}.token`, mail?.token ?? 'no-mail-came')
  }
  return { status: response.status, headers: response.headers, text }
}

/**
 * The Worker refuses an access token without a session. So a forged access token names the session that the side issued, if
 * it issued one.
 */
function withSession(forgery: Forgery, captured: Captured): Forgery {
  const { claims } = forgery
  const sid = sessionIn(captured.get('ann.access'))
  if (sid === undefined || typeof claims !== 'object' || claims === null) return forgery
  const { token_type } = claims as { token_type?: unknown }
  const isForAccess = token_type !== 'refresh' && token_type !== 'sliding'
  return isForAccess && !Array.isArray(claims)
    ? { ...forgery, claims: { ...claims, sid } }
    : forgery
}

const sessionIn = (token: unknown) =>
  typeof token === 'string' && token.includes('.') ? decodeJwt(token).sid : undefined

const boundary = 'conformance-boundary'

function bodyOf(step: Step, captured: Captured): { body?: string; type?: string } {
  if (step.raw !== undefined) {
    return { body: String(expand(step.raw, captured)), type: 'application/json' }
  }
  if (step.json !== undefined) {
    return { body: JSON.stringify(expand(step.json, captured)), type: 'application/json' }
  }
  if (step.form) {
    const body = new URLSearchParams(expand(step.form, captured)).toString()
    return { body, type: 'application/x-www-form-urlencoded' }
  }
  if (!step.multipart) return {}
  const parts = Object.entries(expand(step.multipart, captured)).map(
    ([name, value]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  )
  return {
    body: `${parts.join('')}--${boundary}--\r\n`,
    type: `multipart/form-data; boundary=${boundary}`,
  }
}

/** Replaces `<name>` with the captured value. A value that is only `<name>` keeps the type of the captured one. */
function expand<T>(value: T, captured: Captured): T {
  if (typeof value === 'string') return expandText(value, captured) as T
  if (Array.isArray(value)) return value.map((item) => expand(item, captured)) as T
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, item]) => [key, expand(item, captured)])
  return Object.fromEntries(entries) as T
}

function expandText(text: string, captured: Captured): unknown {
  const found = [...text.matchAll(placeholders)]
  if (found.length === 1 && found[0]?.[0] === text) return textFor(found[0][1], captured)
  return text.replace(placeholders, (_, name: string) => String(textFor(name, captured)))
}

const placeholders = /<(run|hex|forged|[a-z]+\.[a-z.]+)>/g

/** If nothing was captured, the scenario goes on with a text that makes the sides differ. */
const textFor = (name = '', captured: Captured) => captured.get(name) ?? `no-${name}`

function valueAt(text: string, key: string): unknown {
  try {
    return JSON.parse(text)[key]
  } catch {
    return undefined
  }
}

async function mailTo(side: Side, expected: { kind: string; to: string }, captured: Captured) {
  const to = expand(expected.to, captured)
  return (await side.mail()).filter((mail) => mail.kind === expected.kind && mail.to === to)
}

/** Waits up to two seconds for an email: we send after the response. */
async function newMail(
  side: Side,
  expected: { kind: string; to: string },
  before: number,
  captured: Captured,
) {
  for (let attempt = 0; attempt < 40; attempt++) {
    const mails = await mailTo(side, expected, captured)
    if (mails.length > before) return mails.at(-1)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return undefined
}
