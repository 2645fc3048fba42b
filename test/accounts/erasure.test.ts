// All personal data of a user: the export has it, and deletion leaves none of it. Both are compared with every table of
// the schema, so that neither can miss a new one.

import { createExecutionContext, createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { is } from 'drizzle-orm'
import { getTableConfig, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as schema from '../../src/schema.ts'
import type { FieldName } from '../../src/user-model.ts'
import worker from '../../src/worker.ts'
import { loggedIn, logIn, makeStaff, password } from '../support/people.ts'

type Person = Awaited<ReturnType<typeof loggedIn>>

const drfJwt = { DRF_JWT: true, DRF_JWT_PACKAGE: 'drf-jwt', SECURITY_EMAILS: 'password_changed' }

const tables = Object.values(schema).flatMap((value: unknown) =>
  is(value, SQLiteTable) ? [getTableConfig(value)] : [],
)

/** Columns with the id, name or address of a user, by what they refer to or by their name. */
const mentions = tables.flatMap(({ name: table, columns, foreignKeys }) => {
  const toUsers = foreignKeys
    .map((key) => key.reference())
    .filter(({ foreignTable }) => foreignTable === schema.users)
    .flatMap(({ columns }) => columns.map(({ name }) => name))
  const called =
    /(^|_)(user|actor|owner|staff)(_id)?$|e?mail|recipient|address|phone|(user|first|last)_?name/
  return columns
    .filter(({ name }) => toUsers.includes(name) || (table !== 'users' && called.test(name)))
    .map(({ name }) => `${table}.${name}`)
})

/** Columns that no export shows: secrets that open an account, and values that say nothing about the user. */
const excluded: Record<string, string[]> = {
  auth_tokens: ['hash', 'nonce'],
  revoked_tokens: ['jti'],
  security_events: ['hour_bucket', 'request_id'],
  throttles: ['request_id'],
  mail_outbox: ['request_id'],
}

// A number that no column holds by chance.
const rareId = 734_105_911_337
let sequence: unknown

beforeEach(async () => {
  sequence = await env.DB.prepare("select seq from sqlite_sequence where name = 'users'").first(
    'seq',
  )
})
afterEach(() => setSequence(Number(sequence ?? 0)))

const setSequence = (seq: number) =>
  env.DB.prepare("update sqlite_sequence set seq = ? where name = 'users'").bind(seq).run()

/** A superuser that has a row in every table and has impersonated another user. */
async function userInEveryTable() {
  const bob = await loggedIn(drfJwt)
  await setSequence(rareId + Math.floor(Math.random() * 1e9))
  const ada = await loggedIn(drfJwt)
  const { api, email, id, access } = ada
  await makeStaff(id, { superuser: true })
  const headers = { 'user-agent': `Analytical Engine ${id}` }
  await logIn(api, { email }, { headers })
  await api.post('/auth/token/login/', { email, password }, { headers })
  const { token } = (await api.post('/api-token-auth/', { email, password }, { headers })).body
  await api.post('/auth/impersonate/', { user: bob.id }, { token, headers })
  await api.patch(
    '/auth/users/me/',
    { first_name: `Given-${id}`, last_name: `Family-${id}` },
    { token: access },
  )
  const write = (sql: string, ...values: unknown[]) => env.DB.prepare(sql).bind(...values)
  await env.DB.batch([
    write('update users set new_email = ?, username = ? where id = ?', `new.${email}`, email, id),
    write("insert into revoked_tokens values (?, ?, 'sliding', 8e15, 0)", `jti ${id}`, id),
    write("insert into throttles values (?, ?, 1, 8e15, 'r')", `login:${email}`, id),
    write(
      `insert into mail_outbox (id, kind, user_id, recipient, created_at, next_attempt_at, last_error)
        values (?, 'password_reset', ?, ?, ?, ?, ?)`,
      ...[
        `waiting.${id}`,
        id,
        email,
        Date.now(),
        Date.now() + 3_600_000,
        `no such mailbox: ${email}`,
      ],
    ),
  ])
  return { ada, bob }
}

/** The columns of D1 itself that contain any of these texts. */
async function findAnywhere(marks: string[]): Promise<string[]> {
  const { results: columns } = await env.DB.prepare(
    `select m.name as tbl, c.name as col from sqlite_master m join pragma_table_info(m.name) c
      where m.type = 'table' and m.name not glob '_cf_*' and m.name not glob 'sqlite_*'`,
  ).all<{ tbl: string; col: string }>()
  const counts = await env.DB.batch<{ found: number }>(
    columns.map(({ tbl, col }) =>
      env.DB.prepare(
        `select count(*) as found from "${tbl}" where exists (select 1 from json_each(?) mark
          where instr(lower(cast("${tbl}"."${col}" as text)), lower(mark.value)) > 0)`,
      ).bind(JSON.stringify(marks)),
    ),
  )
  return columns
    .filter((_, i) => (counts[i]?.results[0]?.found ?? 0) > 0)
    .map(({ tbl, col }) => `${tbl}.${col}`)
}

/** The texts that identify a user. The id is part of their names and user agents as well. */
async function marksOf({ id, email }: Person) {
  const ip = await env.DB.prepare('select ip from sessions where user_id = ?').bind(id).first('ip')
  return [String(id), email, String(ip)]
}

test('D1 has the tables of the schema, and rows that refer to a user are deleted with the user', async () => {
  const { results } = await env.DB.prepare(
    `select m.name as tbl, f."on_delete" as fate from sqlite_master m
      left join pragma_foreign_key_list(m.name) f on f."table" = 'users'
      where m.type = 'table' and m.name not glob '_cf_*' and m.name not glob 'sqlite_*'`,
  ).all<{ tbl: string; fate: string | null }>()
  const names = new Set(results.map(({ tbl }) => tbl).filter((name) => name !== 'd1_migrations'))
  expect([...names].sort()).toEqual(tables.map(({ name }) => name).sort())
  const fates = new Set(results.flatMap(({ fate }) => fate ?? []))
  expect([...fates]).toEqual(['CASCADE'])
})

describe('a user with a row in every table', () => {
  test('gets an export of every table and column, except secrets', async () => {
    const { ada } = await userInEveryTable()
    const { body } = await ada.api.get('/auth/users/me/export/', { token: ada.access })

    for (const { name, columns } of tables.filter((table) => hasPersonalData(table.name))) {
      const expected = columns
        .map((column) => column.name)
        .filter((column) => column !== 'user_id' && !excluded[name]?.includes(column))
      expect(body, name).toHaveProperty([name, 0])
      expect(Object.keys(body[name][0]).sort(), name).toEqual(expected.sort())
    }
    const own = tables.find(({ name }) => name === 'users')?.columns ?? []
    const shown = own
      .map(({ name }) => name)
      .filter((name) => schema.userModel.fields[name as FieldName]?.visibility !== 'never')
    expect(Object.keys(body.user).sort()).toEqual(shown.sort())
  })

  // The development mailbox has an address, but no owner.
  const hasPersonalData = (table: string) =>
    table !== 'dev_mailbox' && mentions.some((column) => column.startsWith(`${table}.`))

  test.each(['the owner', 'staff'])(
    'leaves personal data in no row after deletion by %s',
    async (deletedBy) => {
      const { ada, bob } = await userInEveryTable()
      const marks = await marksOf(ada)
      const before = await findAnywhere(marks)
      // A failure names a table with personal data for which `userInEveryTable` makes no row.
      expect(mentions.filter((column) => !before.includes(column))).toEqual([])
      const own = ['id', 'email', 'email_key', 'new_email', 'username', 'first_name', 'last_name']
      expect(before).toEqual(expect.arrayContaining(own.map((column) => `users.${column}`)))

      await makeStaff(bob.id, { superuser: true })
      const [deleter, path] = deletedBy === 'staff' ? [bob, `${ada.id}`] : [ada, 'me']
      const { status } = await deleter.api.delete(
        `/auth/users/${path}/`,
        { current_password: password },
        { token: deleter.access },
      )

      expect(status).toBe(204)
      // The events of other users have the id and the address of the user that acted. They remain until they expire.
      const acts = env.DB.prepare('delete from security_events where actor_id = ? and user_id = ?')
      expect((await acts.bind(ada.id, bob.id).run()).meta.changes).toBe(1)
      const left = await findAnywhere(marks)
      // In development only: mail as it was sent. In production it is in the user's own mailbox.
      expect(left.filter((column) => !column.startsWith('dev_mailbox.'))).toEqual([])
    },
  )

  test('is never sent mail that was queued before deletion', async () => {
    const { ada } = await userInEveryTable()
    const sent = (await ada.api.mail(ada.email)).length
    const later = async () => {
      const scheduledTime = new Date(Date.now() + 2 * 3_600_000)
      await worker.scheduled(
        createScheduledController({ scheduledTime }),
        env,
        createExecutionContext(),
      )
      return (await ada.api.mail(ada.email)).length
    }
    const goodbye = { current_password: password }
    await ada.api.delete('/auth/users/me/', goodbye, { token: ada.access })
    expect(await later()).toBe(sent)

    const { ada: another } = await userInEveryTable()
    const before = (await another.api.mail(another.email)).length
    await later()
    expect((await another.api.mail(another.email)).length).toBe(before + 1)
  })
})
