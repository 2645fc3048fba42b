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

export const backfills: Backfills = {}

const breakpoint = '--> statement-breakpoint\n'

/** A migration with what its statements require of existing rows, at its end. */
export function withBackfills(sql: string, byStatement = backfills): string {
  const added = [...statementsIn(sql)].flatMap(({ text }) => byStatement[text] ?? [])
  return [sql, ...added.map((each) => `${each};`)].join(`\n${breakpoint}`)
}
