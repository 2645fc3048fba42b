// A fake Resend: a server that tests reach over HTTP at http://resend.test (vitest.config.ts routes it). It keeps idempotency
// keys as Resend does. The recipient's local part, up to a `+`, chooses the response (`rate-limited+ada@example.com`).
// GET /_received?key=<Idempotency-Key> returns the requests.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { serving } from './serving.ts'

export interface Received {
  key: string
  authorization: string
  body: { from: string; to: string[]; subject: string; text: string; html: string }
  /** The id of the accepted email. */
  id?: string
}

interface Answer {
  status: number
  name: string
  headers?: Record<string, string>
}

const answers: Record<string, Answer> = {
  'rate-limited': { status: 429, name: 'rate_limit_exceeded', headers: { 'retry-after': '7' } },
  'rate-limited-silently': { status: 429, name: 'rate_limit_exceeded' },
  'over-daily-quota': {
    status: 429,
    name: 'daily_quota_exceeded',
    headers: { 'retry-after': '1' },
  },
  'over-monthly-quota': { status: 429, name: 'monthly_quota_exceeded' },
  concurrent: { status: 409, name: 'concurrent_idempotent_requests' },
  'used-key': { status: 409, name: 'invalid_idempotent_request' },
  broken: { status: 500, name: 'internal_server_error' },
  refused: { status: 422, name: 'validation_error' },
  forbidden: { status: 403, name: 'validation_error' },
  suspicious: { status: 451, name: 'security_error' },
}

/** Responses that come from a proxy in between or from a broken connection, not from Resend. */
const oddities: Record<string, (response: ServerResponse) => void> = {
  hangs: () => {},
  'hangs-midway': (response) => response.writeHead(200).write('{"id":'),
  'hangs-up-midway': (response) =>
    response.writeHead(200).write('{"id":', () => response.destroy()),
  'bad-gateway': (response) => response.writeHead(502).end('<h1>Bad Gateway</h1>'),
  unavailable: (response) =>
    response.writeHead(503, { 'retry-after': '30' }).end('{"message":"no"}'),
  nothing: (response) => response.writeHead(500).end('null'),
  teapot: (response) => response.writeHead(418).end('I am a teapot'),
  garbled: (response) => response.writeHead(200).end('not JSON'),
  chatty: (response) =>
    response.writeHead(422).end('{"statusCode":422,"name":"To: chatty@example.com","message":"x"}'),
}

/** vitest's globalSetup. */
export default function setup() {
  const received: Received[] = []
  return serving('RESEND_STAND_IN', (request, response) => answer(request, response, received))
}

async function answer(request: IncomingMessage, response: ServerResponse, received: Received[]) {
  const url = new URL(request.url ?? '/', 'http://resend.test')
  if (request.method === 'GET' && url.pathname === '/_received') {
    const key = url.searchParams.get('key')
    return reply(
      response,
      200,
      received.filter((mail) => mail.key === key),
    )
  }
  if (request.method !== 'POST' || url.pathname !== '/emails') return refuse(response, notFound)

  const mail = await read(request)
  if (!mail.authorization.startsWith('Bearer re_')) return refuse(response, invalidKey)
  if (!mail.body.from || !mail.body.subject || !mail.body.to?.[0]) return refuse(response, missing)

  const earlier = received.filter((other) => other.key === mail.key)
  received.push(mail)
  const local = mail.body.to[0].split(/[+@]/)[0] ?? ''
  const accepted = earlier.find((other) => other.id)
  if (accepted) {
    const same = JSON.stringify(accepted.body) === JSON.stringify(mail.body)
    return same ? reply(response, 200, { id: accepted.id }) : refuse(response, usedKey)
  }

  const oddity = oddities[local]
  if (oddity) return oddity(response)
  // `once-broken@…` is refused once, and accepted at the second attempt.
  const error = answers[earlier.length > 0 ? local : local.replace(/^once-/, '')]
  if (error) return refuse(response, error)

  mail.id = crypto.randomUUID()
  return reply(response, 200, { id: mail.id })
}

const notFound = { status: 404, name: 'not_found' }
const invalidKey = { status: 401, name: 'invalid_api_key' }
const missing = { status: 422, name: 'missing_required_field' }
const usedKey = { status: 409, name: 'invalid_idempotent_request' }

async function read(request: IncomingMessage): Promise<Received> {
  const chunks: Uint8Array[] = []
  for await (const chunk of request) chunks.push(chunk)
  return {
    key: String(request.headers['idempotency-key'] ?? ''),
    authorization: request.headers.authorization ?? '',
    body: JSON.parse(Buffer.concat(chunks).toString('utf8')),
  }
}

/** Resend's messages name people and keys, so these do too. A test can check that we log neither. */
function refuse(response: ServerResponse, { status, name, headers }: Answer) {
  const message = `${name}: you can only send to ada@example.com with re_secret`
  reply(response, status, { statusCode: status, name, message }, headers)
}

function reply(response: ServerResponse, status: number, body: unknown, headers = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}
