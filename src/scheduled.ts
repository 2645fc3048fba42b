// What the cron does each minute: deliver mail that is due, and delete what expired or is beyond a bound. All of it
// in bounded steps: what is left over waits for the next minute, and a minute that was missed changes nothing.

import { deleteExpiredPendingUsers } from './accounts/pending-users.ts'
import type { Env } from './context.ts'
import { type Database, database } from './db.ts'
import { deliverDue } from './mail/delivery.ts'
import { deleteOldStoredMail } from './mail/dev-mailbox.ts'
import { deleteOldMail } from './mail/outbox.ts'
import { deleteEventsOverLimit, deleteOldEvents } from './security-events.ts'
import { deleteExpiredRevocations } from './sessions/denylist.ts'
import { deleteExpiredSessions, deleteSessionsOverLimit } from './sessions/sessions.ts'
import type { Settings } from './settings/parse.ts'
import { settingsOf } from './settings.ts'
import { deleteExpiredThrottles } from './throttling/backoff.ts'
import { day } from './time.ts'

const mailBatchSize = 20
const maxMailsPerRun = 200
const deleteBatchSize = 1000
// D1 allows an invocation 1,000 queries, of which mail takes some 220, or twice as many where each is sent again.
const maxSteps = 300
const mailRetention = 30 * day

export async function runScheduled(env: Env, now: Date) {
  const settings = settingsOf(env)
  const db = database(env.DB, settings.d1Timeout)

  for (let tried = 0; tried < maxMailsPerRun; tried += mailBatchSize) {
    // A round takes as long as Resend does: what it puts off counts from its own beginning.
    const begun = new Date(Math.max(now.getTime(), Date.now()))
    const which = { most: mailBatchSize, newestFirst: false }
    if ((await deliverDue(db, settings, begun, which)) < mailBatchSize) break
  }
  await takeTurns(deletions(db, settings, now))
}

type Step = () => Promise<D1Result>

/** For each table: deletes up to `rowsAtOnce` rows that nothing needs any more, found by an index. */
const deletions = (db: Database, settings: Settings, now: Date): Step[] => [
  async () => deleteExpiredSessions(db, settings, now, deleteBatchSize),
  async () => deleteExpiredRevocations(db, settings, now, deleteBatchSize),
  async () => deleteExpiredThrottles(db, settings, now, deleteBatchSize),
  async () => deleteOldEvents(db, settings, now, deleteBatchSize),
  async () => deleteExpiredPendingUsers(db, settings, now, deleteBatchSize),
  async () => deleteSessionsOverLimit(db, now, deleteBatchSize),
  async () => deleteEventsOverLimit(db, now, deleteBatchSize),
  async () => deleteOldMail(db, new Date(now.getTime() - mailRetention), deleteBatchSize),
  ...(settings.development ? [async () => deleteOldStoredMail(db)] : []),
]

/** One step of each in turn, so that no table waits for another's backlog, until none has a full step left. */
async function takeTurns(steps: Step[]) {
  let taken = 0
  for (let unfinished = steps; unfinished.length > 0 && taken < maxSteps; ) {
    const full: Step[] = []
    for (const step of unfinished) {
      const { meta } = await step()
      if (meta.changes >= deleteBatchSize) full.push(step)
      taken++
    }
    unfinished = full
  }
}
