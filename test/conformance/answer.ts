// The part of a response that is recorded and compared: what a client can tell apart. Ids, times, signatures and random values
// are replaced by their shape, and a JWT by its header and claims.

import { addedClaims, addedHeaders } from './differences.ts'

export interface Answer {
  status: number
  headers: Record<string, string>
  /** The body, if it is JSON in the compact form that Django writes; any other body is `text`, unchanged. */
  json?: unknown
  text?: string
}

interface Sent {
  status: number
  headers: Headers
  text: string
}

const compared = [
  'content-type',
  'content-language',
  'allow',
  'www-authenticate',
  'vary',
  'retry-after',
]

export function observe(sent: Sent, run: string): Answer {
  const answer: Answer = { status: sent.status, headers: {} }
  for (const [name, value] of [...sent.headers].sort()) {
    if (compared.includes(name) || name.startsWith('access-control-')) {
      answer.headers[name] = normalize(name, value)
    }
  }
  if (!sent.text) return answer

  const json = compactJson(sent.text)
  if (json !== undefined) return { ...answer, json: mask(json, run) }
  const text = sent.text.replaceAll(run, '<run>').replace(/"id": ?\d+/g, '"id": <integer>')
  return { ...answer, text }
}

/** Normalizes a header: white space in a list, and case and order in Vary. */
function normalize(name: string, value: string): string {
  if (name === 'vary') return value.toLowerCase().split(/, */).sort().join(', ')
  return value.split(/, */).join(', ')
}

/** Parses JSON that is as compact as DRF's JSONRenderer writes it. DRF escapes U+2028 and U+2029, which means the same. */
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
    return value.filter((item) => !isOther(item, run)).map((item) => mask(item, run))
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, key === 'id' ? shape(item) : mask(item, run)]),
  )
}

/** Whether an item of a list of users belongs to another scenario. */
const isOther = (item: unknown, run: string) =>
  typeof item === 'object' && item !== null && 'id' in item && !JSON.stringify(item).includes(run)

function maskText(text: string, run: string): unknown {
  if (/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/.test(text)) return describeJwt(text, run)
  if (/^[0-9a-f]{40}$/.test(text)) return '<40 hex>'
  return text
    .replaceAll(run, '<run>')
    .replace(/^(JSON|Multipart form) parse error - .*/, '$1 parse error - <what Python says>')
    .replace(/^https?:\/\/[^/]+(\/(?:.+\/)?auth\/)/, '<origin>$1')
}

/** The header and the claims with their names and order, and the lifetime in place of the times. */
function describeJwt(token: string, run: string): unknown {
  const [header, claims] = token.split('.').slice(0, 2).map(decode)
  const kept = Object.entries(claims ?? {}).filter(([name]) => !addedClaims.includes(name))
  const keptOfHeader = Object.entries(header ?? {}).filter(([name]) => !addedHeaders.includes(name))
  return {
    header: Object.fromEntries(keptOfHeader),
    claims: Object.fromEntries(kept.map(([name, value]) => [name, mask(shape(value), run)])),
    // Rounded to a minute: a token from a refresh may carry the time of the login.
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
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value)) return '<UUID>'
  return /^[0-9a-f]{32}$/i.test(value) ? '<32 hex>' : value
}
