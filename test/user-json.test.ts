// A user as one column of JSON is the user that Drizzle reads column by column.

import { env } from 'cloudflare:workers'
import { eq, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { expect, test } from 'vitest'
import { users } from '../src/schema.ts'
import { batch, written } from '../src/statements.ts'
import { userFromJson, userJson } from '../src/user-json.ts'
import { person } from './support/people.ts'

const db = drizzle(env.DB)

const unusual = {
  first_name: `O'Neill "Ada" \\ \u2028 \u{1f426}`,
  last_name: '[null, 1]',
  isStaff: true,
  lastLogin: new Date(1_795_944_539_007),
  pendingUntil: null,
  linkVersion: Number.MAX_SAFE_INTEGER,
}

test('a user as JSON equals the user column by column', async () => {
  const { id } = await person()
  await db.update(users).set(unusual).where(eq(users.id, id))

  const [byColumn] = await db.select().from(users).where(eq(users.id, id))
  const { found } = await batch(db, {
    found: written(
      db,
      sql`select ${userJson()} as user from users where id = ${id}`,
      ({ user }: { user: string }) => userFromJson(user),
    ),
  })

  expect(byColumn).toMatchObject(unusual)
  expect(found).toEqual([byColumn])
})
