// src/tables.ts
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { users } from '../../src/schema.ts'

export const invitations = sqliteTable('app_invitations', {
  code: text('code').primaryKey(),
  usedBy: integer('used_by').references(() => users.id, { onDelete: 'cascade' }),
})

export const devices = sqliteTable('app_devices', {
  id: text('id').primaryKey(),
  userId: integer('user_id')
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' }),
  name: text('name').notNull(),
  pushToken: text('push_token').notNull(),
})
