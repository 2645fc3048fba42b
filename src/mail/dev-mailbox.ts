// In development, an email is stored whole instead of sent. /dev/mailbox/ shows it.

import { desc, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { devMailbox } from '../schema.ts'

export type StoredMail = typeof devMailbox.$inferSelect

/** Stores an email once, even if its delivery is tried again. */
export const storeMail = (db: Database, mail: StoredMail) =>
  db.insert(devMailbox).values(mail).onConflictDoNothing()

export const newestMail = (db: Database) =>
  db.select().from(devMailbox).orderBy(desc(devMailbox.createdAt), desc(devMailbox.id)).limit(200)

/** Deletes all but the newest thousand. */
export const deleteOldStoredMail = (db: Database) =>
  db.delete(devMailbox).where(sql`rowid <= (select max(rowid) from dev_mailbox) - 1000`)
