// The packages of bench/package.json, by its lockfile, into bench/node_modules.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fail } from '../cli/fail.ts'

export function installDependencies() {
  if (existsSync('bench/node_modules/autocannon')) return
  const install = ['ci', '--prefix', 'bench', '--no-audit', '--no-fund']
  const shell = process.platform === 'win32'
  const { status } = spawnSync('npm', install, { stdio: 'inherit', shell })
  if (status !== 0) fail('The packages of bench/package.json are not installed.')
}
