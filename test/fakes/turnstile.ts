// A fake siteverify of Turnstile: a server that tests reach over HTTP at https://turnstile.test (vitest.config.ts routes it).
// It knows Cloudflare's test secrets, and the secret of one widget. The tokens of that widget are made by `newToken`, and
// each is valid once. A word at the start of a token names a faulty response. GET /_asked?response=<token> returns the
// requests for a token.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { serving } from './serving.ts'

const zeros = '0'.repeat(31)

/** For each secret, the error code for every token; '' for none. */
const bySecret: Record<string, string> = {
  'secret-of-the-widget': 'look',
  [`1x${zeros}AA`]: '',
  [`2x${zeros}AA`]: 'invalid-input-response',
  [`3x${zeros}AA`]: 'timeout-or-duplicate',
}

type Asked = Record<string, string>

/** Responses that come from a proxy in between or from a broken connection, not from siteverify. */
const oddities: Record<string, (response: ServerResponse) => void> = {
  hangs: () => {},
  breaks: (response) => response.writeHead(500).end('{"success":true,"error-codes":[]}'),
  garbles: (response) => response.writeHead(200).end('<h1>siteverify</h1>'),
  nothing: (response) => response.writeHead(200).end('null'),
  undecided: (response) => response.writeHead(200).end('{"success":"yes"}'),
  redirects: (response) => response.writeHead(307, { location: '/elsewhere' }).end(),
  internal: (response) => refuse(response, 'internal-error'),
  malformed: (response) => refuse(response, 'bad-request'),
  confused: (response) => refuse(response, 'internal-error', 'bad-request'),
}

/** vitest's globalSetup. */
export default function setup() {
  const asked: Asked[] = []
  const spent = new Map<string, string>()
  return serving('TURNSTILE_STAND_IN', (request, response) =>
    answer(request, response, asked, spent),
  )
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  asked: Asked[],
  spent: Map<string, string>,
) {
  const url = new URL(request.url ?? '/', 'https://turnstile.test')
  if (url.pathname === '/_asked') {
    const token = url.searchParams.get('response')
    const questions = asked.filter((question) => question.response === token)
    return reply(response, 200, questions)
  }
  if (url.pathname === '/elsewhere') return accept(response)
  if (url.pathname !== '/turnstile/v0/siteverify') return reply(response, 404, {})

  const question = await read(request)
  asked.push(question)
  const { secret = '', response: token = '', idempotency_key: key = '' } = question
  const code = bySecret[secret] ?? 'invalid-input-secret'
  if (code !== 'look') return code === '' ? accept(response) : refuse(response, code)

  const wrong = wrongWith(token, spent.get(token) ?? key, key)
  if (wrong) return refuse(response, wrong)
  // A request without a response has arrived all the same.
  spent.set(token, key || crypto.randomUUID())
  const [, word = '', isOnce] = /^([a-z]+)(-once)?-good-/.exec(token) ?? []
  const isFirst = asked.filter((other) => other.response === token).length === 1
  const oddity = isOnce && !isFirst ? undefined : oddities[word]
  return oddity ? oddity(response) : accept(response)
}

/** `spentBy` is the idempotency key of the first request for this token. Without a key, each request counts as another. */
function wrongWith(token: string, spentBy: string, key: string): string | undefined {
  const isGood = /^([a-z-]+-)?good-[\w-]+$/.test(token) && token.length <= 2048
  if (!isGood) return 'invalid-input-response'
  return token.startsWith('expired-') || spentBy !== key ? 'timeout-or-duplicate' : undefined
}

async function read(request: IncomingMessage): Promise<Asked> {
  const chunks: Uint8Array[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString('utf8')))
}

const accept = (response: ServerResponse) =>
  reply(response, 200, {
    success: true,
    'error-codes': [],
    challenge_ts: new Date().toISOString(),
    hostname: 'app.example.com',
    action: 'sign-up',
  })

const refuse = (response: ServerResponse, ...codes: string[]) =>
  reply(response, 200, { success: false, 'error-codes': codes })

function reply(response: ServerResponse, status: number, body: unknown) {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
