// Django under gunicorn, from Debian's packages. Where they are missing, the run leaves it out.

import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { freePort, run, serve, stop } from '../../test/conformance/live/processes.ts'
import type { Fact } from '../configuration.ts'
import type { Server } from './server.ts'

const python = '/usr/bin/python3'
const project = 'bench/django'
const threads = 4

export interface Django extends Server {
  facts: Fact[]
  stop: () => Promise<void>
}

/**
 * @param more variables of its environment
 * @returns undefined if a package is missing
 */
export async function startDjango(
  folder: string,
  more: Record<string, string> = {},
): Promise<Django | undefined> {
  const { status, stdout } = spawnSync(python, ['bench/django/versions.py'], { encoding: 'utf8' })
  if (status !== 0) return undefined
  const [versions = '', hasher = ''] = stdout.trim().split('\n')

  const state = join(folder, 'django')
  mkdirSync(state)
  const env = {
    BENCH_STATE: state,
    DJANGO_SETTINGS_MODULE: 'project.settings',
    PYTHONDONTWRITEBYTECODE: '1',
    ...more,
  }
  const [cwd, log] = [project, join(folder, 'django.log')]
  await run([python, '-m', 'django', 'migrate', '--run-syncdb', '-v', '0'], { cwd, log, env })
  const workers = cpus().length
  const port = await freePort()
  const gunicorn = [
    ...['-m', 'gunicorn', '--bind', `127.0.0.1:${port}`, '--log-level', 'warning'],
    // Only this kind of worker keeps connections open, and the other systems do so too.
    ...['--worker-class', 'gthread', '--keep-alive', '60'],
    ...['--workers', String(workers), '--threads', String(threads), 'project.wsgi'],
  ]
  const options = { port, ready: '/auth/users/me/', cwd, log, env }
  const { child, origin } = await serve([python, ...gunicorn], options)
  return {
    origin,
    pid: child.pid,
    facts: [
      ['Django', versions],
      ['Django runs in', `gunicorn, ${workers} workers of ${threads} threads, on SQLite`],
      ['Django hashes with', hasher],
    ],
    stop: () => stop(child),
  }
}
