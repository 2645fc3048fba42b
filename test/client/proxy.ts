// A proxy between a client and Gatehouse. It counts requests, and does to them what networks and servers do: it loses a request
// or its answer, is slow, or answers in Gatehouse's place.

import { once } from 'node:events'
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { portOf } from '../cli/running.ts'

export type Fault =
  /** The request does not arrive. */
  | 'lost request'
  /** Gatehouse has answered, and the answer does not arrive. */
  | 'lost answer'
  /** The connection breaks in the middle of the answer. */
  | 'broken answer'
  | OwnAnswer
  /** Milliseconds to wait before the answer is sent. */
  | { delay: number }

interface OwnAnswer {
  status: number
  headers?: Record<string, string>
  body?: unknown
}

const expired: OwnAnswer = {
  status: 401,
  body: { detail: 'Given token not valid for any token type', code: 'token_not_valid' },
}

export interface Seen {
  method: string
  path: string
  /** As the client got it; 0 for none. */
  status: number
  authorization: string | undefined
  body: string
}

/** A page of the proxy's own: its type and content. */
export type Page = (
  headers: IncomingHttpHeaders,
) => Promise<[type: string, content: string, status?: number]>

/** @param pages by path, what the proxy answers itself */
export async function startProxy(target: string, pages: Record<string, Page> = {}) {
  const faults = new Map<string, Fault[]>()
  const seen: Seen[] = []
  const refused = new Set<string>()

  async function answer(request: IncomingMessage, response: ServerResponse) {
    const { method = '', url: path = '', headers } = request
    const body = await textOf(request)
    if (method === 'OPTIONS') return send(response, await forward(target, request, body))
    const entry: Seen = { method, path, status: 0, authorization: headers.authorization, body }
    seen.push(entry)
    const fault = refused.has(headers.authorization ?? '') ? expired : faults.get(path)?.shift()
    if (fault === 'lost request') return request.socket.destroy()
    const outcome = await outcomeOf(fault, request, body)
    if (fault === 'lost answer') return request.socket.destroy()
    if (fault === 'broken answer') return sendPart(response, outcome)
    entry.status = outcome.status
    return send(response, outcome)
  }

  async function outcomeOf(fault: Fault | undefined, request: IncomingMessage, body: string) {
    const { url = '', headers } = request
    const page = pages[url]
    if (page) return pageAnswer(await page(headers), headers.origin)
    if (typeof fault !== 'object') return forward(target, request, body)
    if ('status' in fault) return ownAnswer(fault, headers.origin)
    const outcome = await forward(target, request, body)
    await setTimeout(fault.delay)
    return outcome
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error))
  })
  server.listen(0, '127.0.0.1').unref()
  await once(server, 'listening')
  return {
    url: `http://localhost:${portOf(server)}`,
    /** The requests since the last `forget`, except preflights. */
    seen: (path: string) => seen.filter((entry) => entry.path === path),
    /** Breaks the next requests of a path, one fault each. */
    break(path: string, ...next: Fault[]) {
      faults.set(path, next)
    },
    /** Answers 401 to an access token, as Gatehouse does after its expiry. */
    refuse(token = '') {
      refused.add(`Bearer ${token}`)
    },
    forget() {
      faults.clear()
      seen.length = 0
    },
    stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const part of request.setEncoding('utf8')) text += part
  return text
}

interface Outcome {
  status: number
  headers: [string, string][]
  body: Buffer
}

const send = (response: ServerResponse, { status, headers, body }: Outcome) =>
  response.writeHead(status, headers.flat()).end(body)

function sendPart(response: ServerResponse, { status, body }: Outcome) {
  response.writeHead(status, { 'content-length': body.length })
  response.write(body.subarray(0, 10), () => response.destroy())
}

async function forward(target: string, request: IncomingMessage, body: string): Promise<Outcome> {
  const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers
  const response = await fetch(target + request.url, {
    method: request.method ?? 'GET',
    headers: headers as Record<string, string>,
    redirect: 'manual',
    ...(body === '' ? {} : { body }),
  })
  const kept = [...response.headers].filter(
    ([name]) => !['content-encoding', 'content-length', 'transfer-encoding'].includes(name),
  )
  return { status: response.status, headers: kept, body: Buffer.from(await response.arrayBuffer()) }
}

const pageAnswer = ([type, body, status = 200]: Awaited<ReturnType<Page>>, origin?: string) =>
  ownAnswer({ status, headers: { 'content-type': type }, body }, origin)

function ownAnswer({ status, headers, body = {} }: OwnAnswer, origin: string | undefined): Outcome {
  const all = {
    'content-type': 'application/json',
    ...(origin !== undefined && {
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
    }),
    ...headers,
  }
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return { status, headers: Object.entries(all), body: Buffer.from(text) }
}
