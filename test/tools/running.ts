// What tests need that start a server: a port, and to know when it answers.

import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server)
  server.close()
  return port
}

export const portOf = (server: Server) => (server.address() as AddressInfo).port

/** Waits until a process has said it. */
export async function saying(child: ChildProcess, sentence: string) {
  let output = ''
  for await (const text of child.stdout?.setEncoding('utf8').iterator({ destroyOnReturn: false }) ??
    []) {
    output += text
    if (output.includes(sentence)) return
  }
  assert.fail(`it ended without saying "${sentence}":\n${output}`)
}
