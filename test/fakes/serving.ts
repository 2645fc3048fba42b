// Starts a fake server before the tests, and stops it after them.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<unknown>

/** For Vitest's globalSetup: starts a server, sets `variable` to its URL, and returns the function that stops it. */
export async function serving(variable: string, answer: Answer): Promise<() => void> {
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  process.env[variable] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return () => {
    server.close()
    server.closeAllConnections()
  }
}
