// `npm run bench`: Gatehouse, bare Workers, better-auth and Django under the same load on this machine, in interleaved
// rounds. It prints the configuration, then ratios, and writes both to bench/results/. README.md says how to read them.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import {
  bareCases,
  type Case,
  djangoCases,
  emailOf,
  logIn,
  type RequestName,
  signUpUsers,
} from './cases.ts'
import { betterAuthCases, prepareBetterAuth } from './cases-better-auth.ts'
import { configuration, type Fact } from './configuration.ts'
import { measureGrowth } from './growth.ts'
import { measureImport } from './import.ts'
import { installDependencies } from './install.ts'
import { summarize } from './report.ts'
import { writeResults } from './results.ts'
import { measureAll } from './rounds.ts'
import { checkSameAnswers } from './same-answers.ts'
import { type Django, startDjango } from './servers/django.ts'
import { startWorkers, type Workers } from './servers/workers.ts'
import { cityNamed, measureWorld } from './world/run.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    only: { type: 'string' },
    write: { type: 'boolean', default: false },
    growth: { type: 'boolean', default: false },
    users: { type: 'string', default: '1000000' },
    import: { type: 'boolean', default: false },
    bare: { type: 'boolean', default: false },
    world: { type: 'boolean', default: false },
    primary: { type: 'string', default: 'Frankfurt' },
  },
})
const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)]

/** Simple JWT publishes no keys. */
const djangoRequests: RequestName[] = ['verify', 'me', 'refresh', 'login', 'sign-up']

async function main() {
  installDependencies()
  if (values.growth) return measureGrowth(Number(values.users), { rounds, seconds }, values.write)
  if (values.import) return measureImport(Number(values.users), values.bare, values.write)
  if (values.world) return measureWorld(cityNamed(values.primary), values.write)
  return compareSystems()
}

async function compareSystems() {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'))
  const [workers, django] = await Promise.all([startWorkers(folder), startDjango(folder)])
  try {
    const cases = await prepareCases(workers, django)
    await checkSameAnswers(cases)
    const missing: Fact[] = [['Django', 'left out: a Debian package is missing']]
    const facts = configuration({ rounds, seconds }, django?.facts ?? missing)
    console.log(facts.map(([name, value]) => `${name}: ${value}`).join('\n'))

    const samples = await measureAll(cases.filter(isWanted), { rounds, seconds })
    const text = summarize(samples)
    console.log(`\n${text}`)
    if (values.write) writeResults('systems', facts, text, { rounds: Object.fromEntries(samples) })
  } finally {
    await Promise.all([workers.stop(), django?.stop()])
    rmSync(folder, { recursive: true, force: true })
  }
}

async function prepareCases(workers: Workers, django: Django | undefined): Promise<Case[]> {
  const { bare, floor, gatehouse, database } = workers
  await signUpUsers(gatehouse)
  await prepareBetterAuth(workers)
  if (django) await signUpUsers(django)
  await logIn(gatehouse, emailOf(0))
  const row = await database
    .prepare('SELECT id, user_id FROM sessions')
    .first<{ id: string; user_id: number }>()
  if (!row) throw new Error('The login left no session')
  return [
    ...bareCases(bare, row.user_id, row.id),
    ...djangoCases('floor', floor, {
      issuer: gatehouse,
      only: ['verify', 'jwks', 'me', 'refresh'],
    }),
    ...djangoCases('gatehouse', gatehouse),
    ...betterAuthCases(workers),
    ...(django ? djangoCases('django', django, { only: djangoRequests }) : []),
  ]
}

const isWanted = ({ system }: Case) => !values.only || values.only.split(',').includes(system)

await main()
