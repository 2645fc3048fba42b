// For tests that start a server: a free port, and waiting until it answers.

import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { newProject } from './project.ts'

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server)
  server.close()
  return port
}

export const portOf = (server: Server) => (server.address() as AddressInfo).port

/** Waits until a process has printed this. */
export async function waitForOutput(child: ChildProcess, sentence: string) {
  let output = ''
  for await (const text of child.stdout?.setEncoding('utf8').iterator({ destroyOnReturn: false }) ??
    []) {
    output += text
    if (output.includes(sentence)) return
  }
  assert.fail(`it ended without printing "${sentence}":\n${output}`)
}

/** `npm run dev` with a database of its own. */
export async function startGatehouse(settings: Record<string, unknown> = {}) {
  const port = await freePort()
  const vars = Object.entries(settings).flatMap(([name, value]) => ['--var', `${name}:${value}`])
  const project = newProject()
  const dev = project.start('dev', ['--port', String(port), ...vars])
  let log = ''
  dev.stderr.setEncoding('utf8').on('data', (text) => {
    log += text
  })
  await waitForOutput(dev, `answers at http://localhost:${port}`)
  dev.stdout.on('data', (text) => {
    log += text
  })
  // If a test fails before it stops the Worker, its process must still end; `dev` then ends with it.
  const handles = [dev, dev.stdout, dev.stderr] as unknown as Pick<Socket, 'ref' | 'unref'>[]
  for (const handle of handles) handle.unref()
  const url = `http://localhost:${port}`
  return {
    url,
    project,
    /** Runs the cron as if the time were `at`, in milliseconds. */
    async scheduled(at: number) {
      const { status } = await fetch(`${url}/cdn-cgi/handler/scheduled?cron=*&time=${at}`)
      assert.equal(status, 200)
    },
    /** The id of its process, which started all others. */
    pid: dev.pid,
    /** Ends it, and returns everything that it printed. */
    async stop() {
      for (const handle of handles) handle.ref()
      dev.kill('SIGINT')
      await once(dev, 'close')
      return log
    },
  }
}
