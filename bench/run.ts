// `npm run bench`: Gatehouse, bare Workers, better-auth and Django under the same load on this machine, in interleaved
// rounds. It prints the configuration, then ratios, and writes both to bench/results/. README.md says how to read them.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { bareCases, type Case, djangoCases, logIn, type RequestName, signUpUsers } from './cases.ts'
import { betterAuthCases, prepareBetterAuth } from './cases-better-auth.ts'
import { configuration, type Fact } from './configuration.ts'
import { installDependencies } from './install.ts'
import { measure } from './load.ts'
import { type Samples, sampleOf, summarize, writeResults } from './report.ts'
import { checkSameAnswers } from './same-answers.ts'
import { type Django, startDjango } from './servers/django.ts'
import { startWorkers, type Workers } from './servers/workers.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    only: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
})
const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)]

/** Simple JWT publishes no keys. */
const djangoRequests: RequestName[] = ['verify', 'me', 'refresh', 'login', 'sign-up']

async function main() {
  installDependencies()
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'))
  const [workers, django] = await Promise.all([startWorkers(folder), startDjango(folder)])
  try {
    const cases = await prepareCases(workers, django)
    await checkSameAnswers(cases)
    const missing: Fact[] = [['Django', 'left out: a Debian package is missing']]
    const facts = configuration({ rounds, seconds }, django?.facts ?? missing)
    console.log(facts.map(([name, value]) => `${name}: ${value}`).join('\n'))

    const samples = await measureAll(cases.filter(isWanted))
    console.log(`\n${summarize(samples)}`)
    if (values.write) writeResults(facts, samples)
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
  await logIn(gatehouse, 0)
  const row = await database
    .prepare('SELECT id, user_id FROM sessions')
    .first<{ id: string; user_id: number }>()
  if (!row) throw new Error('The login left no session')
  return [
    ...bareCases(bare, row.user_id, row.id),
    ...djangoCases('floor', floor, gatehouse, ['verify', 'jwks', 'me', 'refresh']),
    ...djangoCases('gatehouse', gatehouse, gatehouse),
    ...betterAuthCases(workers),
    ...(django ? djangoCases('django', django, django, djangoRequests) : []),
  ]
}

const isWanted = ({ system }: Case) => !values.only || values.only.split(',').includes(system)

/** The first round warms up the isolates, and does not count. */
async function measureAll(cases: Case[]): Promise<Samples> {
  const samples: Samples = new Map()
  for (let round = 0; round <= rounds; round++) {
    for (const each of shuffled(cases)) {
      const measured = await measure(each.server, await each.prepare(), seconds)
      if (round > 0) sampleOf(samples, each).push(measured)
    }
    console.log(round === 0 ? 'warmed up' : `round ${round} of ${rounds}`)
  }
  return samples
}

/** A new order each round, so that no case always follows the same other. */
function shuffled<T>(all: T[]): T[] {
  const rest = [...all]
  return all.map(() => rest.splice(Math.floor(Math.random() * rest.length), 1)[0] as T)
}

await main()
