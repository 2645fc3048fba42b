// Counts the answers that the tests checked against the OpenAPI document, and prints their number. With RECORD_EXAMPLES=true it
// writes the most frequent answer of each operation and status to src/openapi/examples.json.
//
//   POST /   { 'createUser 201': { '{"id":1}': 3 } }: how often an operation gave which answer

import { writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { serving } from './serving.ts'

export type AnswerCounts = Record<string, Record<string, number>>

/** vitest's globalSetup. */
export default async function setup() {
  const seen: AnswerCounts = {}
  const stop = await serving('ANSWERS_STAND_IN', (request, response) =>
    add(request, response, seen),
  )
  return () => {
    const numbers = Object.values(seen).flatMap((answers) => Object.values(answers))
    const total = numbers.reduce((sum, number) => sum + number, 0).toLocaleString('en')
    const kinds = Object.keys(seen).length
    console.log(`OpenAPI: ${total} answers (${kinds} kinds) are as the document has them`)
    if (process.env.RECORD_EXAMPLES)
      writeFileSync(file, `${JSON.stringify(examplesOf(seen), undefined, 2)}\n`)
    stop()
  }
}

const file = 'src/openapi/examples.json'

async function add(request: IncomingMessage, response: ServerResponse, seen: AnswerCounts) {
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) body += chunk
  for (const [kind, answers] of Object.entries(JSON.parse(body) as AnswerCounts)) {
    const known = seen[kind] ?? {}
    seen[kind] = known
    for (const [text, count] of Object.entries(answers)) {
      const example = normal(text)
      known[example] = (known[example] ?? 0) + count
    }
  }
  response.writeHead(204).end()
}

/** By operation and status. Errors that operations share have their examples in src/openapi/errors.ts. */
function examplesOf(seen: AnswerCounts) {
  const examples: Record<string, Record<string, unknown>> = {}
  for (const [kind, answers] of Object.entries(seen).sort(byName)) {
    const [id = '', status = ''] = kind.split(' ')
    if (!isOwn(Number(status))) continue
    const [text] = Object.entries(answers).sort(byFrequency)[0] ?? []
    if (text && /^[{[]/.test(text) && !isSpecial(text)) {
      examples[id] = { ...examples[id], [status]: JSON.parse(text) }
    }
  }
  return examples
}

const isOwn = (status: number) => status < 405 && status !== 404

const byName = ([one]: [string, unknown], [other]: [string, unknown]) => (one < other ? -1 : 1)
/** Errors that depend on cookies or on a trusted server, which most deployments do not have. */
const isSpecial = (text: string) => /CSRF Failed|X-Gatehouse/.test(text)

/** Answers that say little, or that a client seldom gets, come last. */
const isPoor = (text: string) => text === '[]' || text.includes('bad_authorization_header')

/** A list comes before its pages, from which src/openapi/examples.ts makes it. */
const isPage = (text: string) => text.startsWith('{"count"')

const byFrequency = ([one, count]: [string, number], [other, more]: [string, number]) =>
  Number(isSpecial(one)) - Number(isSpecial(other)) ||
  Number(isPoor(one)) - Number(isPoor(other)) ||
  Number(isPage(one)) - Number(isPage(other)) ||
  more - count ||
  (one < other ? -1 : 1)

const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJ0b2tlbl90eXBlIjoiYWNjZXNzIn0.c2lnbmF0dXJl'

/** The same text for answers that differ in names, times and tokens alone. */
const normal = (text: string): string =>
  text
    .replace(/[\w-]{10,}\.[\w-]{20,}\.[\w-]{10,}/g, jwt)
    .replace(/"[^"@\s]+@[a-z.-]+"/g, '"ada@example.com"')
    .replace(/"\d{4}-\d{2}-\d{2}T[\d:.]+Z"/g, '"2026-11-05T09:30:00.000000Z"')
    .replace(
      /"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"/g,
      '"0b6f2a56-6f3c-4c0e-9a39-5d1f1c1f4a10"',
    )
    .replace(
      /"[0-9a-f]{32,}"/g,
      (hex) => `"${'4f0c2a9b7d1e8356'.repeat(4).slice(0, hex.length - 2)}"`,
    )
    .replaceAll('https://auth.test/', 'https://auth.example.com/')
    .replace(/"2001:db8:[0-9a-f:]+"/g, '"2001:db8::1"')
    .replace(/"device":\{[^}]*\}/g, '"device":{"browser":"Firefox","os":"Linux","type":"desktop"}')
    .replace(/"first_name":"[^"]*"/g, '"first_name":"Ada"')
    .replace(/"last_name":"[^"]*"/g, '"last_name":"Lovelace"')
    .replace(/"username":"[^"]*"/g, '"username":"ada"')
    .replace(/- (null|https:[^ ]*) does not match/g, '- https://evil.example.com does not match')
    .replace(/"(id|iat|pk|actor)":\d+/g, '"$1":1')
