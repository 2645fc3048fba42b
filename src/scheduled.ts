// What the cron does each minute: deliver mail that is due, and delete what expired or is beyond a bound. All of it
// in bounded steps: what is left over waits for the next minute, and a minute that was missed changes nothing.

import { deleteExpiredUsers } from './accounts/pending-users.ts'
import type { Env } from './context.ts'
import { type Database, database } from './db.ts'
import { deliverDue } from './mail/delivery.ts'
import { deleteOldKeptMail } from './mail/dev-mailbox.ts'
import { deleteOldMail } from './mail/outbox.ts'
import { deleteOldEvents, deleteSurplusEvents } from './security-events.ts'
import { deleteExpiredRevocations } from './sessions/denylist.ts'
import { deleteExpiredSessions, deleteSurplusSessions } from './sessions/sessions.ts'
import type { Settings } from './settings/parse.ts'
import { settingsOf } from './settings.ts'
import { deleteForgotten } from './throttling/backoff.ts'

const mailAtOnce = 20
const mailAtMost = 200
const rowsAtOnce = 1000
// D1 allows an invocation 1,000 queries, of which mail takes some 220, or twice as many where each is sent again.
const stepsAtMost = 300
const mailKept = 30 * 24 * 60 * 60_000 // 30 days

export async function doChores(env: Env, now: Date) {
  const settings = settingsOf(env)
  const db = database(env.DB, settings.d1Timeout)

  for (let tried = 0; tried < mailAtMost; tried += mailAtOnce) {
    // A round takes as long as Resend does: what it puts off counts from its own beginning.
    const begun = new Date(Math.max(now.getTime(), Date.now()))
    const which = { most: mailAtOnce, newestFirst: false }
    if ((await deliverDue(db, settings, begun, which)) < mailAtOnce) break
  }
  await takeTurns(deletions(db, settings, now))
}

type Step = () => Promise<D1Result>

/** For each table: deletes up to `rowsAtOnce` rows that nothing needs any more, found by an index. */
const deletions = (db: Database, settings: Settings, now: Date): Step[] => [
  async () => deleteExpiredSessions(db, settings, now, rowsAtOnce),
  async () => deleteExpiredRevocations(db, settings, now, rowsAtOnce),
  async () => deleteForgotten(db, settings, now, rowsAtOnce),
  async () => deleteOldEvents(db, settings, now, rowsAtOnce),
  async () => deleteExpiredUsers(db, settings, now, rowsAtOnce),
  async () => deleteSurplusSessions(db, now, rowsAtOnce),
  async () => deleteSurplusEvents(db, now, rowsAtOnce),
  async () => deleteOldMail(db, new Date(now.getTime() - mailKept), rowsAtOnce),
  ...(settings.development ? [async () => deleteOldKeptMail(db)] : []),
]

/** One step of each in turn, so that no table waits for another's backlog, until none has a full step left. */
async function takeTurns(steps: Step[]) {
  let taken = 0
  for (let unfinished = steps; unfinished.length > 0 && taken < stepsAtMost; ) {
    const full: Step[] = []
    for (const step of unfinished) {
      const { meta } = await step()
      if (meta.changes >= rowsAtOnce) full.push(step)
      taken++
    }
    unfinished = full
  }
}
