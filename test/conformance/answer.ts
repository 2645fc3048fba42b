// What is kept of an answer: what a client can tell apart. Ids, times, signatures and random values are
// masked by their shape, a JWT is taken apart.

import { addedClaims, addedHeaders } from './differences.ts'

export interface Answer {
  status: number
  headers: Record<string, string>
  /** The body, if it is JSON in the compact form that Django writes; what is not, to the letter. */
  json?: unknown
  text?: string
}

interface Sent {
  status: number
  headers: Headers
  text: string
}

const compared = [
  ...['content-type', 'content-language', 'allow', 'www-authenticate', 'vary', 'retry-after'],
]

export function observe(sent: Sent, run: string): Answer {
  const answer: Answer = { status: sent.status, headers: {} }
  for (const [name, value] of [...sent.headers].sort()) {
    if (compared.includes(name) || name.startsWith('access-control-')) {
      answer.headers[name] = inOneForm(name, value)
    }
  }
  if (!sent.text) return answer

  const json = compactJson(sent.text)
  if (json !== undefined) return { ...answer, json: mask(json, run) }
  const text = sent.text.replaceAll(run, '<run>').replace(/"id": ?\d+/g, '"id": <integer>')
  return { ...answer, text }
}

/** Of a list, white space means nothing; of the names in Vary, neither case nor order does. */
function inOneForm(name: string, value: string): string {
  if (name === 'vary') return value.toLowerCase().split(/, */).sort().join(', ')
  return value.split(/, */).join(', ')
}

/** Compact, as DRF's JSONRenderer writes it; it escapes U+2028 and U+2029, which means the same. */
function compactJson(text: string): unknown {
  try {
    const json: unknown = JSON.parse(text)
    const compact = JSON.stringify(json)
    const escaped = compact.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
    return text === compact || text === escaped ? json : undefined
  } catch {
    return undefined
  }
}

function mask(value: unknown, run: string): unknown {
  if (typeof value === 'string') return maskText(value, run)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value))
    return value.filter((item) => !isStranger(item, run)).map((item) => mask(item, run))
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, key === 'id' ? shape(item) : mask(item, run)]),
  )
}

/** In a list of users, those that other scenarios made. */
const isStranger = (item: unknown, run: string) =>
  typeof item === 'object' && item !== null && 'id' in item && !JSON.stringify(item).includes(run)

function maskText(text: string, run: string): unknown {
  if (/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/.test(text)) return takeApart(text, run)
  if (/^[0-9a-f]{40}$/.test(text)) return '<40 hex>'
  return text
    .replaceAll(run, '<run>')
    .replace(/^(JSON|Multipart form) parse error - .*/, '$1 parse error - <what Python says>')
    .replace(/^https?:\/\/[^/]+(\/(?:.+\/)?auth\/)/, '<origin>$1')
}

/** Header and claims, names and order as they are; of the times, how long it lives. */
function takeApart(token: string, run: string): unknown {
  const [header, claims] = token.split('.').slice(0, 2).map(decode)
  const kept = Object.entries(claims ?? {}).filter(([name]) => !addedClaims.includes(name))
  const keptOfHeader = Object.entries(header ?? {}).filter(([name]) => !addedHeaders.includes(name))
  return {
    header: Object.fromEntries(keptOfHeader),
    claims: Object.fromEntries(kept.map(([name, value]) => [name, mask(shape(value), run)])),
    // To the minute: what a refresh answers may carry the time of the log-in.
    lifetime: Math.round((Number(claims?.exp) - Number(claims?.iat)) / 60) * 60,
  }
}

function decode(part: string): Record<string, unknown> {
  return JSON.parse(atob(part.replaceAll('-', '+').replaceAll('_', '/')))
}

function shape(value: unknown): unknown {
  if (Number.isInteger(value)) return '<integer>'
  if (typeof value !== 'string') return value
  if (/^\d+$/.test(value)) return '<digits>'
  return /^[0-9a-f]{32}$/i.test(value) ? '<32 hex>' : value
}
