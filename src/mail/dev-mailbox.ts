// In development mail is kept instead of sent, whole, to be read at /dev/mailbox/.

import { desc, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { devMailbox } from '../schema.ts'

export type StoredMail = typeof devMailbox.$inferSelect

/** Keeps a mail once, however often its delivery is tried. */
export const storeMail = (db: Database, mail: StoredMail) =>
  db.insert(devMailbox).values(mail).onConflictDoNothing()

export const newestMail = (db: Database) =>
  db.select().from(devMailbox).orderBy(desc(devMailbox.createdAt), desc(devMailbox.id)).limit(200)

/** All but the newest thousand. */
export const deleteOldStoredMail = (db: Database) =>
  db.delete(devMailbox).where(sql`rowid <= (select max(rowid) from dev_mailbox) - 1000`)
