// A fake issuer: a server that tests reach over HTTP at https://issuer.test (vitest.config.ts routes it). A test stores a key
// set under a name, and counts the requests for it.
//
//   PUT /sets/<name>     stores a set; GET returns it, and GET /aged/<name> returns it with 900 seconds left to cache
//   GET /counts/<name>   the number of requests for it
//   GET /redirects/<name>, /hangs/<name>, /breaks/<name>, /garbles/<name>

import type { IncomingMessage, ServerResponse } from 'node:http'
import { serving } from './serving.ts'

interface Asked {
  set: string
  count: number
}

/** vitest's globalSetup. */
export default function setup() {
  const names = new Map<string, Asked>()
  return serving('ISSUER_STAND_IN', (request, response) => answer(request, response, names))
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
