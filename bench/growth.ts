// `npm run bench -- --growth`: how the cost of a request grows from ten thousand users to a million, each with a session and a
// security event; and how long the cron takes to delete a million expired rows.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Case,
  djangoCases,
  emailOf,
  get,
  logIn,
  password,
  post,
  type RequestName,
  send,
  times,
} from './cases.ts'
import { configuration, type Fact } from './configuration.ts'
import { type CleanUp, summarizeGrowth } from './report-growth.ts'
import { writeResults } from './results.ts'
import { type Amount, measureAll } from './rounds.ts'
import { cpuOf, type Server } from './servers/server.ts'
import { startTwo } from './servers/workers.ts'

const [small, large] = ['small', 'large'] as const
const smallest = 10_000

const settings = {
  DEFAULT_PAGINATION_CLASS: 'PageNumberPagination',
  PAGE_SIZE: 50,
  DEFAULT_FILTER_BACKENDS: 'SearchFilter,OrderingFilter',
  D1_TIMEOUT: '30s', // a search of a million users may be slow, and must not be sent twice
}

export async function measureGrowth(users: number, amount: Amount, write: boolean) {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'))
  const servers = await startTwo(folder, [small, large], settings)
  try {
    const more = Object.entries(settings).map(([name, value]) => `${name}=${value}`)
    const sizes: Fact[] = [
      ['users', `${smallest} and ${users}, each with a session and an event`],
      ['settings of the growth', more.join(', ')],
    ]
    const facts = configuration(amount, sizes)
    console.log(facts.map(([name, value]) => `${name}: ${value}`).join('\n'))
    await fill(servers.small, smallest)
    await fill(servers.large, users)
    const cases = [
      ...casesOf(small, servers.small.server, smallest),
      ...casesOf(large, servers.large.server, users),
    ]
    const samples = await measureAll(cases, amount)
    const cleanUp = await measureCleanUp(servers.large)
    const requests = [...new Set(cases.map(({ request }) => request))]
    const text = summarizeGrowth(requests, samples, cleanUp)
    console.log(`\n${text}`)
    if (write) writeResults('growth', facts, text, { rounds: Object.fromEntries(samples), cleanUp })
  } finally {
    await servers.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

type Sized = Awaited<ReturnType<typeof startTwo>>['small']

/** One user signs up, and SQL makes the others with the same hash. */
async function fill({ server, database }: Sized, users: number) {
  const first = { email: emailOf(0), password, first_name: 'Ada', last_name: 'Lovelace' }
  await send(
    server,
    post('/auth/users/', () => first),
  )
  const now = Date.now()
  const step = 100_000
  for (let from = 1; from < users; from += step) {
    const numbers = `with recursive n (i) as (select ${from} union all
      select i + 1 from n where i + 1 < ${Math.min(from + step, users)})`
    const made = [
      `${numbers} insert into users (email, email_key, password, status, date_joined, first_name, last_name)
        select 'user' || i || '@example.com', 'user' || i || '@example.com', (select password from users where id = 1),
          'active', ${now}, 'Ada', 'Lovelace' from n`,
      `${numbers} insert into sessions (id, user_id, created_at, refreshed_at, user_agent, ip, network)
        select lower(hex(randomblob(16))), i + 1, ${now} - i % 1000, ${now} - i % 1000, 'bench', '192.0.2.1', '192.0.2.1'
        from n`,
      `${numbers} insert into security_events (user_id, type, created_at, user_agent, ip)
        select i + 1, 'login', ${now} - i % 1000, 'bench', '192.0.2.1' from n`,
    ]
    for (const statement of made) await database.prepare(statement).run()
  }
  await database.prepare('update users set is_staff = 1 where id = 1').run()
}

const ownRequests: RequestName[] = ['me', 'refresh', 'login', 'sign-up']

function casesOf(system: string, server: Server, users: number): Case[] {
  // Users from all parts of the table, so that not all pages of it are in memory.
  const emailAt = (at: number) => emailOf(Math.floor((at / 10) * users))
  const reads = (path: string, connections: number, email: (at: number) => string) => async () =>
    Promise.all(
      times(connections, async (at) => {
        const { access } = await logIn(server, email(at))
        return get(path, { authorization: `Bearer ${access}` })
      }),
    )
  const staff = () => emailOf(0)
  const others = {
    'own sessions': reads('/auth/sessions/', 10, emailAt),
    'own events': reads('/auth/users/me/events/', 10, emailAt),
    'staff: first page': reads('/auth/users/', 1, staff),
    'staff: search': reads(`/auth/users/?search=user${smallest - 1}@`, 1, staff),
  }
  return [
    ...djangoCases(system, server, { only: ownRequests, emailAt }),
    ...Object.entries(others).map(([request, prepare]) => ({ system, request, server, prepare })),
  ]
}

/** Lets every session and event expire, and runs the cron for each minute of an hour: a run looks at a sixtieth of the sessions. */
async function measureCleanUp({ server, database, runCron }: Sized): Promise<CleanUp> {
  const long = 400 * 24 * 3_600_000
  await database
    .prepare(
      `update sessions set created_at = created_at - ${long}, refreshed_at = refreshed_at - ${long}`,
    )
    .run()
  await database.prepare(`update security_events set created_at = created_at - ${long}`).run()
  const count = async () => {
    const counted =
      'select (select count(*) from sessions) + (select count(*) from security_events) as n'
    return (await database.prepare(counted).first<{ n: number }>())?.n ?? 0
  }
  const rows = await count()
  const before = cpuOf(server.pid)
  const started = Date.now()
  const times: number[] = []
  for (let minute = 0; minute < 60; minute++) {
    const start = performance.now()
    await runCron(new Date(started + minute * 60_000))
    times.push((performance.now() - start) / 1000)
  }
  const after = cpuOf(server.pid)
  return {
    rows: rows - (await count()),
    runs: times.length,
    seconds: times.reduce((sum, time) => sum + time, 0),
    longest: Math.max(...times),
    cpuSeconds: before === undefined || after === undefined ? undefined : (after - before) / 1000,
  }
}
