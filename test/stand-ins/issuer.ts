// Another issuer for the tests: a server of its own, met over HTTP at https://issuer.test (vitest.config.ts
// leads there). A test puts a key set under a name and counts how often it was asked for.
//
//   PUT /sets/<name>     keeps a set; GET answers it, and GET /aged/<name> to be kept for a quarter of an hour
//   GET /counts/<name>   how often it was asked for
//   GET /redirects/<name>, /hangs/<name>, /breaks/<name>, /garbles/<name>

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Asked {
  set: string
  count: number
}

/** vitest's globalSetup: starts it before the tests, and returns how to end it. */
export default async function setup(): Promise<() => void> {
  const names = new Map<string, Asked>()
  const server = createServer((request, response) => {
    answer(request, response, names).catch((error: unknown) => response.destroy(error as Error))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  process.env.ISSUER_STAND_IN = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return () => {
    server.close()
    server.closeAllConnections()
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  names: Map<string, Asked>,
) {
  const [, what = '', name = ''] = (request.url ?? '').split('/')
  const known = names.get(name) ?? { set: '{"keys":[]}', count: 0 }
  names.set(name, known)
  if (request.method === 'PUT') {
    const chunks: Uint8Array[] = []
    for await (const chunk of request) chunks.push(chunk)
    known.set = Buffer.concat(chunks).toString('utf8')
    response.writeHead(204).end()
    return
  }
  if (what === 'counts') {
    response.writeHead(200).end(String(known.count))
    return
  }
  known.count++
  const oddity = oddities[what]
  if (oddity) return oddity(response, name)
  const age = what === 'aged' ? { 'cache-control': 'public, max-age=1000', age: '100' } : {}
  response.writeHead(200, { 'content-type': 'application/json', ...age }).end(known.set)
}

const oddities: Record<string, (response: ServerResponse, name: string) => void> = {
  redirects: (response, name) => response.writeHead(302, { location: `/sets/${name}` }).end(),
  hangs: () => {},
  breaks: (response) => response.writeHead(500).end('{"keys":[]}'),
  garbles: (response) => response.writeHead(200).end('<h1>keys</h1>'),
}
