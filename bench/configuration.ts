// What a run measured, and on what: printed before the run, and written with its results.

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { readConfiguration } from '../cli/configuration.ts'
import { connections } from './cases.ts'
import { settings } from './servers/workers.ts'

export type Fact = [name: string, value: string]

/** @param others facts of systems that only this run knows */
export function configuration(
  { rounds, seconds }: { rounds: number; seconds: number },
  others: Fact[] = [],
): Fact[] {
  const { vars } = readConfiguration()
  const changed = Object.entries(settings).map(([name, value]) => `${name}=${value}`)
  const [memory, time] = [vars.ARGON2_MEMORY_COST ?? 19_456, vars.ARGON2_TIME_COST ?? 2]
  return [
    ['commit', commit()],
    ['machine', machine()],
    ['load before the run', loadavg()[0]?.toFixed(2) ?? ''],
    ['Node', process.version],
    ['workerd', versionOf('node_modules/workerd')],
    ['autocannon', versionOf('bench/node_modules/autocannon')],
    ['rounds', `${rounds} of ${seconds} s, in random order, after one that warms up`],
    ['connections', `${connections.light}; login and sign-up ${connections.hashing}`],
    ['Gatehouse', `wrangler.toml as shipped, but ${changed.join(', ')}`],
    ['Gatehouse hashes with', `argon2id, ${memory} KiB, ${time} passes, in WebAssembly`],
    ['better-auth', `${versionOf('bench/node_modules/better-auth')}, rate limits off`],
    ['better-auth hashes with', 'scrypt, N 16384, r 16, p 1: its default'],
    ...others,
  ]
}

export const machine = () => `${cpus().length} cores, ${cpus()[0]?.model}, ${gib(totalmem())} GiB`

/** The commit, and whether files differ from it. */
export function commit(): string {
  const git = (...words: string[]) => execFileSync('git', words, { encoding: 'utf8' }).trim()
  const changed = git(
    'status',
    '--porcelain',
    '--',
    'src',
    'bench',
    'wrangler.toml',
    ':!bench/results',
  )
  return git('rev-parse', '--short', 'HEAD') + (changed ? ', with changes' : '')
}

export const versionOf = (folder: string): string =>
  JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')).version

const gib = (bytes: number) => (bytes / 2 ** 30).toFixed(1)
