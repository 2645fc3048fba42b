// The SQL that several rooms share, on a real D1.

import { env } from 'cloudflare:workers'
import { and, eq, lt, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { beforeEach, describe, expect, test } from 'vitest'
import { authTokens, revokedTokens, users } from '../src/schema.ts'
import {
  batch,
  deleteOldest,
  deleteOverLimit,
  insertWhere,
  previousStatementWrote,
  userExists,
  userIs,
  valuesOf,
} from '../src/statements.ts'
import { person } from './support/people.ts'

const db = drizzle(env.DB)
const now = new Date('2027-01-31T12:00:00Z')

let id = 0
beforeEach(async () => {
  id = (await person()).id
})

const firstNameOf = (userId: number) =>
  db.select({ first_name: users.first_name }).from(users).where(eq(users.id, userId))
const rename = (userId: number, name: string) =>
  db.update(users).set({ first_name: name }).where(eq(users.id, userId))
const holds = (condition: ReturnType<typeof sql>) =>
  db.get<{ is: number }>(sql`select ${condition} as "is"`)

describe('a batch', () => {
  test('runs its statements in their order and gives each result by its name', async () => {
    const { before, renamed, after } = await batch(db, {
      before: firstNameOf(id),
      renamed: rename(id, 'Grace'),
      after: firstNameOf(id),
    })
    expect(before).toEqual([{ first_name: 'Ada' }])
    expect(renamed.meta.changes).toBe(1)
    expect(after).toEqual([{ first_name: 'Grace' }])
  })

  test('gives undefined for a statement that was left out, and a list for a list', async () => {
    const results = await batch(db, {
      leftOut: undefined,
      none: [],
      names: [firstNameOf(id), firstNameOf(-1)],
      last: db.select({ id: users.id }).from(users).where(eq(users.id, id)),
    })
    expect(results).toEqual({
      leftOut: undefined,
      none: [],
      names: [[{ first_name: 'Ada' }], []],
      last: [{ id }],
    })
  })

  test('writes nothing if one of its statements fails', async () => {
    const sent = batch(db, { renamed: rename(id, 'Grace'), failed: db.run(sql`select nothing`) })
    await expect(sent).rejects.toThrow()
    expect(await firstNameOf(id)).toEqual([{ first_name: 'Ada' }])
  })

  test.each([
    [0, 'Ada'],
    [1, 'Joan'],
  ])('shows whether the previous statement wrote a row: %i', async (rows, expected) => {
    await batch(db, {
      first: rename(rows === 1 ? id : -1, 'Grace'),
      second: db
        .update(users)
        .set({ first_name: 'Joan' })
        .where(and(eq(users.id, id), previousStatementWrote)),
    })
    expect(await firstNameOf(id)).toEqual([{ first_name: expected }])
  })
})

describe('a condition on a user', () => {
  test('holds for the user with that id alone', async () => {
    const other = (await person()).id
    await rename(other, 'Grace')
    const isGrace = eq(users.first_name, 'Grace')
    expect(await holds(userIs(id, isGrace))).toEqual({ is: 0 })
    expect(await holds(userIs(other, isGrace))).toEqual({ is: 1 })
    expect(await holds(userIs(sql`${id}`, undefined))).toEqual({ is: 1 })
    expect(await holds(userIs(-1, undefined))).toEqual({ is: 0 })
  })

  test('holds if any user meets it', async () => {
    expect(await holds(userExists(eq(users.id, id)))).toEqual({ is: 1 })
    expect(await holds(userExists(eq(users.id, -1)))).toEqual({ is: 0 })
  })
})

describe('an insert for the users that a condition selects', () => {
  const insert = (hash: string, userId: number) =>
    insertWhere(
      db,
      authTokens,
      { hash, userId: sql`users.id`, createdAt: now },
      eq(users.id, userId),
    )

  test('writes values, SQL, dates and defaults', async () => {
    const hash = crypto.randomUUID()
    await insert(hash, id)
    const rows = await db.select().from(authTokens).where(eq(authTokens.hash, hash))
    expect(rows).toEqual([{ hash, userId: id, nonce: null, createdAt: now }])
  })

  test('writes nothing where no user meets the condition', async () => {
    const { meta } = await insert(crypto.randomUUID(), -1)
    expect(meta.changes).toBe(0)
  })

  test('can ignore a conflict', async () => {
    const hash = crypto.randomUUID()
    await insert(hash, id)
    await expect(insert(hash, id)).rejects.toThrow()
    const { meta } = await insert(hash, id).onConflictDoNothing()
    expect(meta.changes).toBe(0)
  })
})

test('the values of a row are in the order of the columns, with their defaults', async () => {
  const row = { password: '!', status: 'active', dateJoined: now, first_name: 'Ada' } as const
  const columns = sql.raw(
    (
      await env.DB.prepare('select name from pragma_table_info(?)')
        .bind('users')
        .all<{ name: string }>()
    ).results
      .map(({ name }) => name)
      .join(', '),
  )
  const values = await db.get<Record<string, unknown>>(
    sql`with made (${columns}) as (select ${valuesOf(users, row)}) select * from made`,
  )
  expect(values).toMatchObject({
    id: null,
    password: '!',
    status: 'active',
    date_joined: now.getTime(),
    first_name: 'Ada',
    is_staff: 0,
    token_version: 1,
  })
})

test('the earliest rows that a condition selects are deleted first, up to a limit', async () => {
  const jtis = Array.from({ length: 4 }, () => crypto.randomUUID())
  const times = [3000, 1000, 2000, 9000]
  await db.insert(revokedTokens).values(
    jtis.map((jti, at) => ({
      jti,
      userId: id,
      tokenType: 'sliding' as const,
      expiresAt: new Date(times[at] ?? 0),
      revokedAt: now,
    })),
  )
  const expired = and(eq(revokedTokens.userId, id), lt(revokedTokens.expiresAt, new Date(5000)))
  const { meta } = await deleteOldest(db, revokedTokens, revokedTokens.expiresAt, expired, 2)
  expect(meta.changes).toBe(2)
  const left = await db
    .select({ jti: revokedTokens.jti })
    .from(revokedTokens)
    .where(eq(revokedTokens.userId, id))
  expect(left.map(({ jti }) => jti).toSorted()).toEqual([jtis[0], jtis[3]].toSorted())
})

describe('rows beyond the newest of each group', () => {
  const secondsAgo = (seconds: number) => new Date(now.getTime() - seconds * 1000)
  const insert = (...ages: number[]) =>
    db
      .insert(authTokens)
      .values(
        ages.map((age) => ({ hash: crypto.randomUUID(), userId: id, createdAt: secondsAgo(age) })),
      )
  const rows = { group: sql`user_id`, newest: sql`created_at`, keep: 2 }
  const timesOf = async () => {
    const found = await db.select().from(authTokens).where(eq(authTokens.userId, id))
    return found.map(({ createdAt }) => createdAt).toSorted((a, b) => Number(a) - Number(b))
  }

  test('are deleted for a user that got a row in the last two minutes', async () => {
    await insert(60, 90, 300, 400)
    await deleteOverLimit(db, authTokens, rows, now, 1)
    expect(await timesOf()).toEqual([400, 90, 60].map(secondsAgo))
    await deleteOverLimit(db, authTokens, rows, now, 10)
    expect(await timesOf()).toEqual([90, 60].map(secondsAgo))
  })

  test('are kept for a user that got none', async () => {
    await insert(200, 300, 400)
    await deleteOverLimit(db, authTokens, rows, now, 10)
    expect(await timesOf()).toHaveLength(3)
  })

  test('are only those that a condition selects', async () => {
    await insert(60, 300, 400)
    const isOld = { ...rows, keep: 0, where: sql`created_at < ${secondsAgo(350).getTime()}` }
    await deleteOverLimit(db, authTokens, isOld, now, 10)
    expect(await timesOf()).toEqual([300, 60].map(secondsAgo))
  })
})
