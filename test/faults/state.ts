// What stands in the database: all of it, to be put back, and what of it a test compares.

import { createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import worker from '../../src/worker.ts'

const tables = [
  ...['users', 'sessions', 'auth_tokens', 'revoked_tokens'],
  ...['security_events', 'mail_outbox', 'dev_mailbox', 'throttles'],
]

export type Everything = Awaited<ReturnType<typeof everything>>

export async function everything() {
  const results = await env.DB.batch<Record<string, unknown>>(
    tables.map((table) => env.DB.prepare(`select * from ${table}`)),
  )
  return tables.map((table, index) => ({ table, rows: results[index]?.results ?? [] }))
}

export const nobody = () => env.DB.batch(emptied())

export function restore(all: Everything) {
  const inserts = all.flatMap(({ table, rows }) =>
    rows.map((row) => {
      const places = Object.keys(row).map(() => '?')
      const sql = `insert into ${table} (${Object.keys(row).join()}) values (${places.join()})`
      return env.DB.prepare(sql).bind(...Object.values(row))
    }),
  )
  return env.DB.batch([...emptied(), ...inserts])
}

const emptied = () =>
  ['users', 'revoked_tokens', 'dev_mailbox', 'throttles'].map((table) =>
    env.DB.prepare(`delete from ${table}`),
  )

// Whatever is random or a time is left out; an address is told by what stands before its first dot.
const name = (column: string) => `substr(${column}, 1, instr(${column}, '.') - 1)`
const whose = (table: string) =>
  `(select ${name('email')} from users where users.id = ${table}.user_id) as whose`
const questions = [
  `select ${name('email')} as name, substr(username, 1, 4), ${name('new_email')}, first_name, status,
    token_version, link_version, disabled_from, last_login is null as unseen, substr(password, 1, 31) as cost from users`,
  `select ${whose('sessions')}, refresh_counter, last_used_at is null as unused, revoke_reason from sessions`,
  `select ${whose('auth_tokens')} from auth_tokens`,
  `select ${whose('revoked_tokens')}, token_type from revoked_tokens`,
  `select ${whose('security_events')}, type, detail, count, session_id is null as no_session,
    actor_id is null as no_actor from security_events`,
  `select ${whose('mail_outbox')}, kind, ${name('recipient')} as recipient from mail_outbox`,
]

/** What is to be so once, neither lost nor doubled. */
export const state = () => answersTo(questions)

/** How often something was tried: of what was answered 503 each time that it is asked for counts. */
export const turns = () =>
  answersTo([
    `select ${whose('throttles')}, substr(key, 1, 6) as scope, count, request_id is null as given_back
      from throttles`,
  ])

async function answersTo(questions: string[]): Promise<string> {
  const results = await env.DB.batch(questions.map((question) => env.DB.prepare(question)))
  return results
    .map(({ results }) => results.map((row) => JSON.stringify(row)).sort())
    .map((rows) => rows.join('\n'))
    .join('\n\n')
}

/** What has arrived once the cron has done what waits. */
export async function mailbox(): Promise<string[]> {
  const waiting = env.DB.prepare('select 1 from mail_outbox where next_attempt_at is not null')
  if ((await waiting.first()) !== null) {
    const scheduledTime = new Date(Date.now() + 120_000)
    await worker.scheduled(createScheduledController({ scheduledTime }), env)
  }
  const { results } = await env.DB.prepare('select kind, recipient from dev_mailbox').all()
  return results
    .map(({ kind, recipient }) => `${kind} to ${String(recipient).split('.')[0]}`)
    .sort()
}
