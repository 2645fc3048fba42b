// A batch names one user at most, so that users can be in several databases (docs/decisions/040). Every endpoint gets a
// request that makes it do its work. The users that the values of each batch belong to are counted.

import { createExecutionContext, createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import worker from '../../src/worker.ts'
import { notPortable } from '../support/portable-sql.ts'
import { endpoints } from './endpoints.ts'
import { moreRequests } from './more-requests.ts'
import { prepareRequest } from './prepare.ts'
import { ownersOfValues, type Recorded, recordD1, usersOf } from './recording.ts'
import { setUp } from './setup.ts'
import { emptyDatabase, restore } from './state.ts'

/** Requests with a batch that names two users, and the reason. */
const exceptions: Record<string, string> = {
  'DELETE /auth/sessions/ (of another user)':
    'The caller’s id is compared with the owner’s. No row of the caller is read.',
  'DELETE /auth/sessions/:id/ (by staff)': 'The same. The session’s id does not name its owner.',
  'GET /auth/users/me/ (by an impersonation token)':
    'The actor is read with the user. A round trip of its own would slow every such request.',
  'POST /auth/users/reset_password/ (to a shared address)':
    'Each account with the address gets its email, and the daily limit counts the address.',
  'POST /auth/users/set_email/ (to a taken address)': 'An address is unique among all users.',
}

/** Statements that name no user and read users. */
const ofAllUsers: Record<string, RegExp> = {
  'the list of users': /^select .* from "users" order by/s,
  'a page of the list': /^select "users_listed"/,
  'the delivery of mail': /^update "mail_outbox" set "attempts"/,
}

const userTables = /"?\b(users|sessions|auth_tokens|revoked_tokens|security_events|mail_outbox)\b"?/

const all = [...endpoints, ...moreRequests].map((endpoint) => {
  const { route, variant } = endpoint
  return [variant ? `${route} (${variant})` : route, endpoint] as const
})

test.for(all)('%s', { timeout: 60_000 }, async ([title, endpoint]) => {
  const { before, send } = await prepareRequest(endpoint)
  await restore(before)
  const batches: Recorded[][] = []
  const early = await ownersOfValues()
  const { status } = await send(recordD1(batches))
  expect(endpoint.errorStatus ?? Math.min(status, 399)).toBe(status)

  const owners = new Map([...(await ownersOfValues()), ...early])
  const counts = batches.map((batch) => usersOf(batch, owners).size)
  expect(Math.max(0, ...counts) > 1, `${counts} users`).toBe(title in exceptions)

  const unnamed = batches.filter((_, at) => counts[at] === 0).map(textOf)
  expect(unnamed.filter((text) => userTables.test(text) && !isOfAllUsers(text))).toEqual([])
  expect(batches.flat().flatMap(({ text }) => notPortable(text))).toEqual([])
})

const textOf = (batch: Recorded[]) => batch.map(({ text }) => text).join('; ')

const used = new Set<string>()
function isOfAllUsers(text: string): boolean {
  const [found] = Object.entries(ofAllUsers).find(([, pattern]) => pattern.test(text)) ?? []
  if (found) used.add(found)
  return found !== undefined
}

test('every exception belongs to a request', () => {
  const titles = all.map(([title]) => title)
  expect(Object.keys(exceptions).filter((title) => !titles.includes(title))).toEqual([])
  expect([...used].sort()).toEqual(Object.keys(ofAllUsers).sort())
})

describe('the checks', () => {
  const [ada, root] = [1, 2]
  const owners = new Map([
    ['1', new Set([ada])],
    ['a@b.c', new Set([ada])],
    ['2', new Set([root])],
  ])
  const event = 'insert into "security_events" ("user_id", "detail", "actor_id") select '

  test.each([
    ['update users set a = ? where id = ?', [2, 1], 2],
    ['update users set a = ? where email = ? and id = ?', [3, 'a@b.c', 1], 1],
    [`${event}users.id, coalesce(?, ?), ? from users where id = ?`, ['', '', 2, 1], 1],
    [`${event}users.id, coalesce(?, ?), ? from users where id = ?`, ['', 2, 2, 1], 2],
    [`${event}users.id, ?, null from users where id = ?`, [2, 1], 2],
  ])('%s with %o names %i users', (text, values, count) => {
    expect(usersOf([{ text, values }], owners).size).toBe(count)
  })

  test.each([
    "update users set at = unixepoch('now')",
    "select strftime('%s', 'now')",
    'insert into t values (current_timestamp)',
    'update users set a = hex(randomblob(8))',
    'select random()',
    'select last_insert_rowid()',
    'select seq from sqlite_sequence',
    'begin immediate',
    'select 1 from users where exists (select 1 from users caller where caller.id = ?)',
    'select 1 from sessions join "users" as "owner" on true',
  ])('%s is reported', (text) => {
    expect(notPortable(text)).toHaveLength(1)
  })

  test.each([
    "select 'random() of current_time' from users where id = ?",
    'select "created_at" from "users" order by "date"',
    'select 1 from users named where named.username = ?',
  ])('%s is not reported', (text) => {
    expect(notPortable(text)).toEqual([])
  })
})

test('the cron reads no clock of the database, and each of its steps has a limit', async () => {
  await emptyDatabase()
  await setUp({})
  await env.DB.prepare('update mail_outbox set sent_at = null, next_attempt_at = created_at').run()
  const batches: Recorded[][] = []
  const scheduledTime = new Date(Date.now() + 200 * 86_400_000)
  await worker.scheduled(
    createScheduledController({ scheduledTime }),
    {
      ...env,
      DB: recordD1(batches),
    },
    createExecutionContext(),
  )

  const texts = batches.flat().map(({ text }) => text)
  expect(texts.length).toBeGreaterThan(8)
  expect(texts.flatMap(notPortable)).toEqual([])
  const isOneRow = /"dev_mailbox"|"pulse"|^update "mail_outbox" .*"id" = \?|"id" in \(\?/s
  expect(texts.filter((text) => !/\blimit\b/.test(text) && !isOneRow.test(text))).toEqual([])
})

test('the unique columns of `users` are the login names, and the random UUID', async () => {
  const { results } = await env.DB.prepare('pragma index_list(users)').all<{
    name: string
    unique: number
  }>()
  const unique = results.filter((index) => index.unique === 1).map(({ name }) => name)
  const names = ['email_key', 'username', 'uuid']
  expect(unique.sort()).toEqual(names.map((name) => `users_${name}_unique`))
})
