// `npm run bench -- --world`: how long each request takes from six cities, with the database in one of them; and the rows that each
// request reads and writes.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fail } from '../../cli/fail.ts'
import { get, password, post } from '../cases.ts'
import { commit, type Fact, versionOf } from '../configuration.ts'
import { writeResults } from '../results.ts'
import { startDjango } from '../servers/django.ts'
import { type PlacedWorkers, startPlaced } from '../servers/placed.ts'
import type { Report } from '../workers/journey.ts'
import { betterAuthReports, cachedReports } from './better-auth.ts'
import { djangoQueries, type Queries } from './django.ts'
import { gatehouseReports, staffEmail } from './gatehouse.ts'
import { assumed, type City, cities, distance } from './places.ts'
import { type Answer, type Answers, type RowsOf, summarizeWorld } from './report.ts'
import type { RequestName } from './requests.ts'
import { type Traveller, traveller } from './traveller.ts'

export function cityNamed(name: string): City {
  const found = cities.find((city) => city === name)
  return found ?? fail(`--primary must be one of: ${cities.join(', ')}.`)
}

export async function measureWorld(primary: City, write: boolean) {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'))
  const django = await startDjango(folder, { BENCH_COUNTS_QUERIES: '1' })
  const workers = await startPlaced(folder)
  try {
    const facts = factsOf(primary, django?.facts)
    console.log(facts.map(([name, value]) => `${name}: ${value}`).join('\n'))
    await makeStaff(workers, primary)
    await traveller(workers.betterAuth.origin, primary, primary, 'first').send(get('/migrate'))
    const { answers, rows } = await visitCities(workers, primary)
    if (django) answers.Django = fromCities(await djangoQueries(django.origin), primary)
    const text = summarizeWorld(answers, rows)
    console.log(`\n${text}`)
    if (write) writeResults('world', facts, text, { primary, answers, rows })
  } finally {
    await Promise.all([workers.stop(), django?.stop()])
    rmSync(folder, { recursive: true, force: true })
  }
}

const factsOf = (primary: City, django: Fact[] | undefined): Fact[] => [
  ['commit', commit()],
  ['primary', `in ${primary}`],
  ['a client to its own city and back', `${assumed.lastMile} ms`],
  ['a call to D1 in the same city', `${assumed.d1} ms`],
  ['a query of Django', `${assumed.query} ms`],
  ['better-auth', versionOf('bench/node_modules/better-auth')],
  ...(django ?? [['Django', 'left out: a Debian package is missing']]).slice(0, 1),
]

/** A staff user of each Gatehouse. */
async function makeStaff({ gatehouse, gatehouseReplicas }: PlacedWorkers, primary: City) {
  const user = { email: staffEmail, first_name: 'Grace', last_name: 'Hopper', password }
  for (const { origin, database } of [gatehouse, gatehouseReplicas]) {
    await traveller(origin, primary, primary, 'staff').send(post('/auth/users/', () => user))
    await database.prepare("update users set is_staff = 1, status = 'active'").run()
  }
}

async function visitCities(workers: PlacedWorkers, primary: City) {
  await visit(workers, (origin) => traveller(origin, primary, primary, 'first'))
  const visits: [City, Visit][] = []
  for (const city of cities) {
    visits.push([city, await visit(workers, (origin) => traveller(origin, city, primary, city))])
  }
  const systems = Object.keys(visits[0]?.[1] ?? {}) as (keyof Visit)[]
  const answers: Answers = Object.fromEntries(
    systems.map((system) => [
      system,
      answersOf(visits.map(([city, reports]) => [city, reports[system]])),
    ]),
  )
  const [, last] = visits.at(-1) ?? []
  return { answers, rows: last ? rowsOf(last) : {} }
}

type Reports = Partial<Record<RequestName, Report>>
type Visit = Awaited<ReturnType<typeof visit>>

/** The requests of a user in one city. The first visit does what each system does once, and does not count. */
async function visit(workers: PlacedWorkers, clientOf: (origin: string) => Traveller) {
  const client = ({ origin }: { origin: string }) => clientOf(origin)
  const { gatehouse, gatehouseReplicas, betterAuth, betterAuthWritten, mails } = workers
  const reports = (own: Reports) => own
  return {
    Gatehouse: reports(await gatehouseReports(client(gatehouse), mails)),
    'Gatehouse, replicas': reports(await gatehouseReports(client(gatehouseReplicas), mails)),
    'better-auth': await betterAuthReports(client(betterAuth), client(betterAuthWritten)),
    'better-auth, cached': await cachedReports(client(workers.betterAuthCached)),
  }
}

/** @throws Error if the calls to D1 are not the same in each city */
function answersOf(visits: [City, Reports][]): Partial<Record<RequestName, Answer>> {
  const names = Object.keys(visits[0]?.[1] ?? {}) as RequestName[]
  return Object.fromEntries(
    names.map((name) => {
      const reports = visits.flatMap(([city, { [name]: report }]) =>
        report ? [{ city, report, ...tripsOf(report) }] : [],
      )
      const [{ near = 0, far = 0 } = {}] = reports
      if (reports.some((each) => each.near !== near || each.far !== far)) {
        throw new Error(`${name}: ${JSON.stringify(reports, null, 1)}`)
      }
      const milliseconds = reports.map(({ city, report }) => [
        city,
        report.milliseconds + assumed.lastMile,
      ])
      return [name, { near, far, milliseconds: Object.fromEntries(milliseconds) }]
    }),
  )
}

const tripsOf = ({ trips }: Report) => {
  const before = trips.filter(({ isAfterAnswer }) => !isAfterAnswer)
  const near = before.filter(({ to }) => to === 'replica').length
  return { near, far: before.length - near }
}

function rowsOf({ Gatehouse: plain, 'Gatehouse, replicas': replicas }: Visit): RowsOf {
  const names = Object.keys(plain) as RequestName[]
  const rows = names.map((name) => {
    const [one, other] = [sumOf(plain[name]), sumOf(replicas[name])]
    const near = { readWithReplicas: other.read, writtenWithReplicas: other.written }
    return [name, { ...one, ...near }]
  })
  return Object.fromEntries(rows)
}

const sumOf = (report: Report | undefined) => ({
  read: report?.trips.reduce((sum, { rowsRead }) => sum + rowsRead, 0) ?? 0,
  written: report?.trips.reduce((sum, { rowsWritten }) => sum + rowsWritten, 0) ?? 0,
})

function fromCities(queries: Queries, primary: City): Answers[string] {
  const inCity = (count: number) => (city: City) => [
    city,
    distance(city, primary) + assumed.lastMile + count * assumed.query,
  ]
  return Object.fromEntries(
    Object.entries(queries).map(([name, count]) => [
      name,
      { near: count, far: 0, milliseconds: Object.fromEntries(cities.map(inCity(count))) },
    ]),
  )
}
