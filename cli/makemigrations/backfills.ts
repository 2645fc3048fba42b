// Values for rows that exist already. If a release adds a column that old rows need a value for, its line here fills them: the key
// is the very statement by which drizzle-kit adds the column, the value the SQL that follows it in the same migration.
//
// A project that starts with the release has the column in its CREATE TABLE, so its migrations never have the statement: no
// version is compared or recorded anywhere. A line stays for ever, since a deployer may skip releases.
//
// The key may be any statement that drizzle-kit writes for the release, such as a new index. The SQL must not assume more than
// one run over all rows: D1 stops a statement after 30 seconds. Example:
//
//     'ALTER TABLE `users` ADD `locale` text': "UPDATE users SET locale = 'en' WHERE locale IS NULL",

import { statementsIn } from '../sql.ts'

export type Backfills = Record<string, string>

export const backfills: Backfills = {
  // 0.3.0. A UUID (RFC 9562, version 4) for users of an earlier version. The cron gives one to those above the limit.
  'CREATE TABLE `pulse` (\n\t`id` integer PRIMARY KEY NOT NULL,\n\t`at` integer NOT NULL\n)': `UPDATE users
SET uuid = lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2)
  || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))
WHERE id IN (SELECT id FROM users WHERE uuid IS NULL LIMIT 100000)`,
}

const breakpoint = '--> statement-breakpoint\n'

/** A migration with what its statements require of existing rows, at its end. */
export function withBackfills(sql: string, byStatement = backfills): string {
  const added = [...statementsIn(sql)].flatMap(({ text }) => byStatement[text] ?? [])
  return [sql, ...added.map((each) => `${each};`)].join(`\n${breakpoint}`)
}
