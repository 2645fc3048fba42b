// The cron of each minute deletes rows that are not needed any more, with a limit for each run, from every table.

import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import * as crons from './support/cron.ts'
import { beforeRoundTrip, interceptD1 } from './support/trips.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const now = Math.floor(Date.now() / hour) * hour

/** Runs the cron as of a time, and counts its calls to D1. */
async function cron(at: number, vars: Record<string, unknown> = {}) {
  let calls = 0
  const DB = beforeRoundTrip(env.DB, () => void calls++)
  await crons.cron(at, { DB, ...vars })
  return calls
}

/** Inserts rows, numbered by `n`. */
const insert = (table: string, columns: string, values: string, rows: number) =>
  env.DB.prepare(
    `with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ${rows})
      insert into ${table} (${columns}) select ${values} from numbers`,
  ).run()

const count = async (table: string) =>
  Number(await env.DB.prepare(`select count(*) as count from ${table}`).first('count'))

const empty = (tables: string[]) =>
  env.DB.batch(tables.map((table) => env.DB.prepare(`delete from ${table}`)))

/** A user that the rows belong to. */
async function newUser() {
  await insert('users', 'id, password, status, date_joined', "90000 + n, '!', 'active', 0", 1)
  return 90_001
}

const everyTable = [
  ...['users', 'sessions', 'revoked_tokens', 'throttles'],
  ...['security_events', 'mail_outbox', 'dev_mailbox'],
]

test('a backlog of 300,000 rows is deleted within an hour, with limited work each minute', async () => {
  await empty(everyTable)
  const id = await newUser()
  const old = now - 100 * day
  const rows = 60_000
  await insert('throttles', 'key, count, blocked_until', `'login:' || n, 1, ${old}`, rows)
  const mail = 'id, kind, user_id, recipient, created_at'
  await insert('mail_outbox', mail, `n, 'activation', ${id}, 'a@example.com', ${old}`, rows)
  const event = 'user_id, type, created_at'
  await insert('security_events', event, `${id}, 'login', ${old}`, rows)
  const token = 'jti, token_type, expires_at, revoked_at'
  await insert('revoked_tokens', token, `n, 'sliding', ${old}, 0`, rows)
  const session = 'id, user_id, created_at, refreshed_at'
  const hex = 'lower(hex(randomblob(16)))'
  await insert('sessions', session, `${hex}, ${id}, ${old}, ${old}`, rows)

  const calls: number[] = []
  for (let at = 0; at < 60; at++) calls.push(await cron(now + at * minute))

  const left = await Promise.all(everyTable.slice(1).map(count))
  expect(left).toEqual([0, 0, 0, 0, 0, 0])
  expect(await count('users')).toBe(1)
  expect(Math.max(...calls)).toBeLessThan(1000) // what D1 allows an invocation
  expect(calls.at(-1)).toBeLessThan(20)
}, 120_000)

test('a minute with nothing to delete reads few rows, however many there are', async () => {
  await empty(everyTable)
  const id = await newUser()
  const rows = 6_000
  await insert('throttles', 'key, count, blocked_until', `'login:' || n, 1, ${now - hour}`, rows)
  await insert('throttles', 'key, count, blocked_until', `'reset:' || n, 1, ${now + hour}`, rows)
  const mail = 'id, kind, user_id, recipient, created_at'
  await insert('mail_outbox', mail, `n, 'activation', ${id}, 'a@example.com', ${now - day}`, rows)
  const event = 'user_id, type, created_at'
  await insert('security_events', event, `${id}, 'login', ${now - day}`, rows)
  const token = 'jti, token_type, expires_at, revoked_at'
  await insert('revoked_tokens', token, `n, 'sliding', ${now + day}, 0`, rows)
  const session = 'id, user_id, created_at, refreshed_at'
  const hex = 'lower(hex(randomblob(16)))'
  await insert('sessions', session, `${hex}, ${id}, ${now - 9 * day}, ${now - hour}`, rows)

  let read = 0
  const DB = interceptD1(env.DB, async (_, run) => {
    const answer = (await run()) as D1Result
    read += answer.meta?.rows_read ?? 0
    return answer
  })
  await crons.cron(now, { DB })

  expect(read).toBeGreaterThan(100) // a sixtieth of the sessions
  expect(read).toBeLessThan(1000)
})

test('after a missed minute the next one deletes what is left', async () => {
  await empty(everyTable)
  await insert('throttles', 'key, count, blocked_until', `'login:' || n, 1, ${now - 2 * day}`, 5)
  await cron(now + 17 * minute)
  expect(await count('throttles')).toBe(0)
})

test('an expired session is deleted within the hour, whatever its id', async () => {
  await empty(everyTable)
  const id = await newUser()
  const old = now - 3 * day
  const columns = 'id, user_id, created_at, refreshed_at'
  await insert('sessions', columns, `printf('%08x', n * 16777215), ${id}, ${old}, ${old}`, 256)
  await insert('sessions', columns, `'x' || n, ${id}, ${old}, ${now}`, 2)
  await insert('sessions', columns, `' odd' || n, ${id}, ${old}, ${old}`, 1)

  await crons.hourOfCrons(now)

  expect(await count('sessions')).toBe(2)
})

test('the row of a rate is deleted after its period, that of a login when its streak is reset', async () => {
  await empty(everyTable)
  const row = (key: string, count: number, endsAt: number) =>
    insert('throttles', 'key, count, blocked_until', `'${key}', ${count}, ${endsAt}`, 1)
  await row('signUp:a', 10, now - minute)
  await row('reset:a', 1, now - 9 * minute)
  await row('resend:a', 1, now + minute)
  await row('login:few, lately', 9, now - 2 * hour)
  await row('login:few, long ago', 9, now - 3 * hour - minute)
  await row('login:many, long ago', 10, now - 3 * hour - minute)
  await row('login:many, yesterday', 10, now - day - minute)

  await cron(now)

  const { results } = await env.DB.prepare('select key from throttles order by key').all()
  const kept = ['login:few, lately', 'login:many, long ago', 'resend:a']
  expect(results.map(({ key }) => key)).toEqual(kept)
})

test('the mailbox of development keeps its newest 1,000 emails', async () => {
  await empty(everyTable)
  const columns = 'id, kind, recipient, subject, text, html, created_at'
  await insert('dev_mailbox', columns, "n, '', '', '', '', '', n", 1200)
  await cron(now)
  expect(await count('dev_mailbox')).toBe(1000)
  const { results } = await env.DB.prepare('select min(created_at) as first from dev_mailbox').all()
  expect(results).toEqual([{ first: 201 }])
})

describe('for an account that got rows lately', () => {
  test('the newest 500 events of each type are kept', async () => {
    await empty(everyTable)
    const id = await newUser()
    const event = 'user_id, type, created_at'
    await insert('security_events', event, `${id}, 'password_changed', ${now - day} + n`, 3)
    await insert('security_events', event, `${id}, 'login', ${now - minute} + n`, 1700)

    await cron(now)

    const { results } = await env.DB.prepare(
      'select type, count(*) as count, min(created_at) as first from security_events group by type',
    ).all()
    expect(results).toEqual([
      { type: 'login', count: 500, first: now - minute + 1201 },
      { type: 'password_changed', count: 3, first: now - day + 1 },
    ])
  })

  test('the newest 100 revoked sessions and all active ones are kept', async () => {
    await empty(everyTable)
    const id = await newUser()
    const columns = 'id, user_id, created_at, refreshed_at, revoked_at'
    const times = `${now - minute} + n, ${now - minute} + n`
    await insert('sessions', columns, `'ended' || n, ${id}, ${times}, ${now}`, 1300)
    await insert('sessions', columns, `'lives' || n, ${id}, ${times}, null`, 300)

    await cron(now)

    const { results } = await env.DB.prepare(
      `select revoked_at is null as lives, count(*) as count, min(created_at) as first
        from sessions group by lives order by lives`,
    ).all()
    expect(results).toEqual([
      { lives: 0, count: 100, first: now - minute + 1201 },
      { lives: 1, count: 300, first: now - minute + 1 },
    ])
  })
})
