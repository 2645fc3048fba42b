// Django under gunicorn, and its mail.

import { readFile, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Mail, Side } from '../play.ts'
import type { Names } from '../record.ts'
import { peerSettings, type Stack, signingKey, type Variant } from '../variants.ts'
import { freePort, run, type Server, serve } from './processes.ts'

const project = join(import.meta.dirname, '../django')
const cacheHome = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache')
const cache = { PEER_CACHE: join(cacheHome, 'gatehouse-conformance') }

export interface Django extends Side, Server {
  versions: Record<string, string>
  /** The settings and endpoints of its packages. */
  names: Names
}

export const installDjango = (folder: string) =>
  run([join(project, 'install')], { log: join(folder, 'install.log'), env: cache })

export async function startDjango(stack: Stack, variant: Variant, folder: string): Promise<Django> {
  const port = await freePort()
  const { prefix = '' } = variant
  const state = stateOf(folder)
  const server = await serve([join(project, 'run')], {
    port,
    ready: '/',
    log: join(folder, 'django.log'),
    env: { ...environmentOf(stack, variant, folder), PEER_PORT: String(port) },
  })
  return {
    ...server,
    versions: JSON.parse(await readFile(join(state, 'versions.json'), 'utf8')),
    names: JSON.parse(await readFile(join(state, 'names.json'), 'utf8')),
    send: (method, path, headers, body) =>
      fetch(server.origin + prefix + path, {
        method,
        headers,
        body: body ?? null,
        redirect: 'manual',
      }),
    mail: () => mailOf(join(state, 'mail.jsonl')),
  }
}

const stateOf = (folder: string) => join(folder, 'django')

export const databaseOf = (folder: string) => join(stateOf(folder), 'db.sqlite3')

const environmentOf = (stack: Stack, variant: Variant, folder: string) => ({
  ...cache,
  PEER_STACK: stack,
  PEER_STATE: stateOf(folder),
  PEER_LOGIN: variant.login,
  PEER_PK: variant.pk ?? 'id',
  PEER_PREFIX: variant.prefix ?? '',
  PEER_SECRET: signingKey,
  PEER_SETTINGS: peerSettings(variant, stack),
})

/** Runs a Python program beside the Django that has its state in that folder. */
export async function runInDjango(
  stack: Stack,
  variant: Variant,
  folder: string,
  words: string[],
): Promise<void> {
  const env = environmentOf(stack, variant, folder)
  await run([join(project, 'run'), ...words], { log: join(folder, 'python.log'), env })
}

/** Decodes tokens with PyJWT alone, which that stack's Simple JWT uses. */
export async function decodeByPyJwt(
  stack: Stack,
  tokens: object[],
  folder: string,
): Promise<Decoded[]> {
  const [given, found] = [join(folder, 'tokens.json'), join(folder, 'decoded.json')]
  await writeFile(given, JSON.stringify(tokens))
  const options = { log: join(folder, 'decode.log'), env: { ...cache, PEER_STACK: stack } }
  await run([join(project, 'run'), 'decode.py', given, found], options)
  return JSON.parse(await readFile(found, 'utf8'))
}

/** The claims of a token, or the name of PyJWT's exception. */
export interface Decoded {
  claims?: Record<string, unknown>
  error?: string
}

async function mailOf(file: string): Promise<Mail[]> {
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n').filter(Boolean)
  return lines.map((line) => JSON.parse(line)).map((mail) => ({ ...mail, to: mail.to.join() }))
}
