// An example of examples/, copied into a folder of its own, where npm installs it with the tarball of this repository.

import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { after } from 'node:test'
import { freePort } from '../../cli/running.ts'
import {
  edit,
  machines,
  npmInstall,
  readJson,
  start,
  stop,
  succeed,
  workshop,
} from '../../package/workshop.ts'

const PATH = machines.newer

export type Example = Awaited<ReturnType<typeof installExample>>

export async function installExample(name: string, tarball: string) {
  const folder = join(workshop, name)
  cpSync(join('examples', name), folder, {
    recursive: true,
    filter: (path) => !/node_modules|\.next|\.nuxt|\.output|\.expo/.test(path),
  })
  const version = readJson(join(folder, 'package.json')).dependencies['gatehouse-auth']
  edit(join(folder, 'package.json'), [
    `"gatehouse-auth": "${version}"`,
    `"gatehouse-auth": "file:${tarball}"`,
  ])
  await npmInstall(folder)

  return {
    folder,
    run: (command: string[], env: Record<string, string> = {}) =>
      succeed(command, { cwd: folder, PATH, env: { ...quiet, ...env } }),
    /** Starts its server. @returns the URL */
    async start(env: Record<string, string>, ...parameters: string[]) {
      const port = await freePort()
      const own = { ...quiet, ...env, PORT: String(port), HOST: '127.0.0.1' }
      const command = ['npm', 'start', ...(parameters.length > 0 ? ['--', ...parameters] : [])]
      const server = start(command, { cwd: folder, PATH, env: own })
      after(() => stop(server))
      const url = `http://localhost:${port}`
      for (let tries = 0; tries < 300 && !(await fetch(url).catch(() => undefined)); tries++) {
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      return url
    },
  }
}

const quiet = {
  CI: '1',
  NEXT_TELEMETRY_DISABLED: '1',
  NUXT_TELEMETRY_DISABLED: '1',
  EXPO_OFFLINE: '1',
}
