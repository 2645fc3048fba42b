// A fake Pwned Passwords: a server that tests reach over HTTP at https://pwned.test (vitest.config.ts routes it). Each test
// uses its own name, under which it stores the response and reads the requests.
//
//   PUT /<name>                  stores the lines that each range returns; `?oddity=` names a faulty response instead
//   GET /<name>/range/<prefix>   returns them
//   GET /<name>                  the requests: URLs, headers and bodies

import type { IncomingMessage, ServerResponse } from 'node:http'
import { serving } from './serving.ts'

export interface Asked {
  method: string
  url: string
  headers: Record<string, string>
  body: string
}

interface Service {
  lines: string
  oddity: string
  asked: Asked[]
}

/** vitest's globalSetup. */
export default function setup() {
  const services = new Map<string, Service>()
  return serving('PWNED_STAND_IN', (request, response) => answer(request, response, services))
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  services: Map<string, Service>,
) {
  const url = new URL(request.url ?? '/', 'https://pwned.test')
  const [, name = '', ...path] = url.pathname.split('/')
  const service = services.get(name) ?? { lines: '', oddity: '', asked: [] }
  services.set(name, service)
  const chunks: Uint8Array[] = []
  for await (const chunk of request) chunks.push(chunk)
  const body = Buffer.concat(chunks).toString('utf8')

  if (request.method === 'PUT') {
    Object.assign(service, { lines: body, oddity: url.searchParams.get('oddity') ?? '' })
    response.writeHead(204).end()
    return
  }
  if (path.length === 0) return response.writeHead(200).end(JSON.stringify(service.asked))

  const headers = request.headers as Record<string, string>
  service.asked.push({ method: request.method ?? '', url: request.url ?? '', headers, body })
  const oddity = oddities[service.oddity]
  if (oddity) return oddity(response, service.lines)
  response.writeHead(200, { 'content-type': 'text/plain' }).end(service.lines)
}

const oddities: Record<string, (response: ServerResponse, lines: string) => void> = {
  hangs: () => {},
  'hangs midway': (response, lines) => response.writeHead(200).write(lines),
  'hangs up': (response) => response.destroy(),
  breaks: (response, lines) => response.writeHead(500).end(lines),
  refuses: (response, lines) => response.writeHead(429, { 'retry-after': '2' }).end(lines),
  redirects: (response) => response.writeHead(302, { location: '/elsewhere' }).end(),
  garbles: (response, lines) => response.writeHead(200).end(`<h1>Passwords</h1>\r\n${lines}`),
  'says nothing': (response) => response.writeHead(200).end(),
  floods: (response, lines) => response.writeHead(200).end(`${lines}\r\n`.repeat(30_000)),
}
