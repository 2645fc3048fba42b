// Django under gunicorn, and its mail.

import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Mail, Side } from '../play.ts'
import type { Names } from '../record.ts'
import { peerSettings, type Stack, signingKey, type VariantName, variants } from '../variants.ts'
import { freePort, run, type Server, serve } from './processes.ts'

const project = join(import.meta.dirname, '../django')
const cacheHome = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache')
const cache = { PEER_CACHE: join(cacheHome, 'gatehouse-conformance') }

export interface Django extends Side, Server {
  versions: Record<string, string>
  /** Settings and endpoints of its packages. */
  names: Names
}

export const installDjango = (folder: string) =>
  run([join(project, 'install')], { log: join(folder, 'install.log'), env: cache })

export async function startDjango(
  stack: Stack,
  name: VariantName,
  folder: string,
): Promise<Django> {
  const port = await freePort()
  const state = join(folder, 'django')
  const server = await serve([join(project, 'run')], {
    port,
    ready: '/',
    log: join(folder, 'django.log'),
    env: {
      ...cache,
      PEER_PORT: String(port),
      PEER_STACK: stack,
      PEER_STATE: state,
      PEER_LOGIN: variants[name].login,
      PEER_SECRET: signingKey,
      PEER_SETTINGS: peerSettings(variants[name], stack),
    },
  })
  return {
    ...server,
    versions: JSON.parse(await readFile(join(state, 'versions.json'), 'utf8')),
    names: JSON.parse(await readFile(join(state, 'names.json'), 'utf8')),
    send: (method, path, headers, body) =>
      fetch(server.origin + path, { method, headers, body: body ?? null, redirect: 'manual' }),
    mail: () => mailOf(join(state, 'mail.jsonl')),
  }
}

async function mailOf(file: string): Promise<Mail[]> {
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n').filter(Boolean)
  return lines.map((line) => JSON.parse(line)).map((mail) => ({ ...mail, to: mail.to.join() }))
}
