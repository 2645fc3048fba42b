// The rows of the database. A snapshot has all of them, so that a test can restore them. The state has the values that a
// test compares.

import { createExecutionContext, createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import worker from '../../src/worker.ts'

const tables = [
  'users',
  'sessions',
  'auth_tokens',
  'revoked_tokens',
  'security_events',
  'mail_outbox',
  'dev_mailbox',
  'throttles',
]

export type Snapshot = Awaited<ReturnType<typeof snapshot>>

export async function snapshot() {
  const results = await env.DB.batch<Record<string, unknown>>(
    tables.map((table) => env.DB.prepare(`select * from ${table}`)),
  )
  return tables.map((table, index) => ({ table, rows: results[index]?.results ?? [] }))
}

export const emptyDatabase = () => env.DB.batch(deletions())

export function restore(snapshot: Snapshot) {
  const inserts = snapshot.flatMap(({ table, rows }) =>
    rows.map((row) => {
      const placeholders = Object.keys(row).map(() => '?')
      const sql = `insert into ${table} (${Object.keys(row).join()}) values (${placeholders.join()})`
      return env.DB.prepare(sql).bind(...Object.values(row))
    }),
  )
  return env.DB.batch([...deletions(), ...inserts])
}

const deletions = () =>
  ['users', 'revoked_tokens', 'dev_mailbox', 'throttles'].map((table) =>
    env.DB.prepare(`delete from ${table}`),
  )

// Random values and times are not compared. An address is compared up to its first dot.
const beforeFirstDot = (column: string) => `substr(${column}, 1, instr(${column}, '.') - 1)`
const owner = (table: string) =>
  `(select ${beforeFirstDot('email')} from users where users.id = ${table}.user_id) as owner`
const queries = [
  `select ${beforeFirstDot('email')} as name, substr(username, 1, 4), ${beforeFirstDot('new_email')}, first_name, status,
    token_version, link_version, disabled_from, last_login is null as unseen, substr(password, 1, 31) as cost from users`,
  `select ${owner('sessions')}, refresh_counter, last_used_at is null as unused, revoke_reason from sessions`,
  `select ${owner('auth_tokens')} from auth_tokens`,
  `select ${owner('revoked_tokens')}, token_type from revoked_tokens`,
  `select ${owner('security_events')}, type, detail, count, session_id is null as no_session,
    actor_id is null as no_actor from security_events`,
  `select ${owner('mail_outbox')}, kind, ${beforeFirstDot('recipient')} as recipient from mail_outbox`,
]

/** The state after a request. It shows whether a write was lost or made twice. */
export const state = () => rowsOf(queries)

/** The attempts that were counted. Each request that is answered with 503 counts. */
export const attempts = () =>
  rowsOf([
    `select ${owner('throttles')}, substr(key, 1, 6) as scope, count, request_id is null as refunded
      from throttles`,
  ])

async function rowsOf(queries: string[]): Promise<string> {
  const results = await env.DB.batch(queries.map((query) => env.DB.prepare(query)))
  return results
    .map(({ results }) => results.map((row) => JSON.stringify(row)).sort())
    .map((rows) => rows.join('\n'))
    .join('\n\n')
}

/** The emails in the mailbox, after the cron has sent what is queued. */
export async function mailbox(): Promise<string[]> {
  const waiting = env.DB.prepare('select 1 from mail_outbox where next_attempt_at is not null')
  if ((await waiting.first()) !== null) {
    const scheduledTime = new Date(Date.now() + 120_000)
    await worker.scheduled(
      createScheduledController({ scheduledTime }),
      env,
      createExecutionContext(),
    )
  }
  const { results } = await env.DB.prepare('select kind, recipient from dev_mailbox').all()
  return results
    .map(({ kind, recipient }) => `${kind} to ${String(recipient).split('.')[0]}`)
    .sort()
}
