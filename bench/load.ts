// One measurement: autocannon sends one kind of request for some seconds.

import type { Measured } from './report.ts'
import { cpuOf, type Server } from './servers/server.ts'

/** What one connection sends. It may change from answer to answer: a refresh sends the token of the answer before. */
export interface Chain {
  method: 'GET' | 'POST'
  path: string
  headers: Record<string, string>
  /** The next body; undefined for none. */
  body?: () => string
  onAnswer?: (body: string, headers: Record<string, string | string[]>) => void
}

/** @throws Error if an answer is not 2xx: a failure is faster than what is measured */
export async function measure(server: Server, chains: Chain[], seconds: number): Promise<Measured> {
  const { default: autocannon } = await import('autocannon')
  const waiting = [...chains]
  const before = cpuOf(server.pid)
  const result = await autocannon({
    url: server.origin,
    connections: chains.length,
    duration: seconds,
    setupClient(client) {
      const chain = waiting.shift()
      if (!chain) throw new Error('autocannon opened more connections than it should')
      client.setRequests([requestOf(chain)])
    },
  })
  const after = cpuOf(server.pid)
  const answers = result['2xx']
  if (result.non2xx + result.errors + result.timeouts > 0 || answers === 0) {
    throw new Error(
      `${chains[0]?.path}: ${answers} answers, ${result.non2xx} not 2xx, ${result.errors} errors`,
    )
  }
  return {
    rate: answers / result.duration,
    cpu:
      before === undefined || after === undefined ? undefined : ((after - before) * 1000) / answers,
    p50: result.latency.p50,
    p99: result.latency.p99,
  }
}

function requestOf({ method, path, headers, body, onAnswer }: Chain) {
  return {
    method,
    path,
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    ...(body && {
      body: body(),
      setupRequest: <T extends object>(request: T) => ({ ...request, body: body() }),
    }),
    ...(onAnswer && {
      onResponse: (
        status: number,
        text: string,
        _: object,
        answered: Record<string, string | string[]>,
      ) => {
        if (status < 300) onAnswer(text, answered)
      },
    }),
  }
}
