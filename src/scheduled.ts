// What the cron does each minute: it delivers mail that is due, and deletes rows that have expired or exceed a limit
// (docs/decisions/032). Each run has a limit. The next minute does the rest, so a missed minute changes nothing.

import { deleteExpiredPendingUsers } from './accounts/pending-users.ts'
import type { Env } from './bindings.ts'
import { type Database, database } from './db.ts'
import { deliverDue } from './mail/delivery.ts'
import { deleteOldStoredMail } from './mail/dev-mailbox.ts'
import { deleteOldMail } from './mail/due.ts'
import { recordPulse } from './replicas.ts'
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
// D1 allows 1,000 queries per invocation. Mail takes some 220, or twice as many if each is sent again.
const maxSteps = 300
const mailRetention = 30 * day

export async function runScheduled(env: Env, now: Date) {
  const settings = settingsOf(env)
  const db = database(env.DB, settings)
  if (db.replicas) await recordPulse(db, now)

  for (let sent = 0; sent < maxMailsPerRun; sent += mailBatchSize) {
    // A round can be slow, so retry delays are measured from its start.
    const started = new Date(Math.max(now.getTime(), Date.now()))
    const which = { limit: mailBatchSize, newestFirst: false }
    if ((await deliverDue(db, settings, started, which)) < mailBatchSize) break
  }
  await alternate(deletions(db, settings, now))
}

type Step = () => Promise<D1Result>

/** One step for each table. It deletes up to `deleteBatchSize` rows that are not needed any more. */
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

/** Runs a step of each table in turn, so that no table waits for another's backlog, until no table has a full step left. */
async function alternate(steps: Step[]) {
  let done = 0
  for (let unfinished = steps; unfinished.length > 0 && done < maxSteps; ) {
    const full: Step[] = []
    for (const step of unfinished) {
      const { meta } = await step()
      if (meta.changes >= deleteBatchSize) full.push(step)
      done++
    }
    unfinished = full
  }
}
