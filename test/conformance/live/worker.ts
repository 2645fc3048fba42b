// The Worker under `wrangler dev`, with its own local D1, and its development mailbox.

import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { insertAdmin } from '../admin.ts'
import type { Mail, Side } from '../play.ts'
import { type Stack, type Variant, workerVars } from '../variants.ts'
import { freePort, root, run, type Server, serve } from './processes.ts'

const wrangler = [process.execPath, join(root, 'node_modules/wrangler/bin/wrangler.js')]

export const secretKey = 'c2VjcmV0LWtleS1vZi1jb25mb3JtYW5jZS0wMTIzNDU2Nzg5'

/** Creates a D1 with the tables and the superuser. Each Worker gets a copy of it. */
export async function makeDatabase(folder: string): Promise<string> {
  const state = await makeEmptyDatabase(folder)
  const seed = join(folder, 'admin.sql')
  await writeFile(seed, insertAdmin)
  await d1(folder, ['execute', 'DB', '--local', '--persist-to', state, '--file', seed])
  return state
}

export async function makeEmptyDatabase(folder: string): Promise<string> {
  const state = join(folder, 'database')
  await d1(folder, ['migrations', 'apply', 'DB', '--local', '--persist-to', state])
  return state
}

const d1 = (folder: string, words: string[]) =>
  run([...wrangler, 'd1', ...words], {
    ...{ cwd: root, log: join(folder, 'database.log'), env: { CI: 'true' } },
  })

export async function startWorker(
  stack: Stack,
  variant: Variant,
  database: string,
  folder: string,
): Promise<Side & Server> {
  const port = await freePort()
  const { prefix = '' } = variant
  const state = d1Of(folder)
  await mkdir(state, { recursive: true })
  await cp(database, state, { recursive: true })

  const vars = {
    ...workerVars(variant, stack),
    ENVIRONMENT: 'development',
    PUBLIC_URL: `http://localhost:${port}`,
    SECRET_KEY: secretKey,
    RESEND_API_KEY: '',
  }
  const words = [
    'dev',
    '--port',
    String(port),
    '--persist-to',
    state,
    '--show-interactive-dev-session=false',
  ]
  const server = await serve(
    [
      ...wrangler,
      ...words,
      ...Object.entries(vars).flatMap(([key, value]) => ['--var', `${key}:${value}`]),
    ],
    { port, ready: `${prefix}/healthz`, cwd: root, log: join(folder, 'worker.log') },
  )
  return {
    ...server,
    send: (method, path, headers, body) =>
      fetch(server.origin + prefix + path, {
        method,
        headers,
        body: body ?? null,
        redirect: 'manual',
      }),
    mail: () => mailOf(server.origin + prefix),
  }
}

export const d1Of = (folder: string) => join(folder, 'worker')

async function mailOf(base: string): Promise<Mail[]> {
  const headers = { accept: 'application/json' }
  const answer = await fetch(`${base}/dev/mailbox/`, { headers })
  return answer.ok ? ((await answer.json()) as { results: Mail[] }).results.toReversed() : []
}
