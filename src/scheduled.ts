// What the cron does each minute: it delivers mail that is due, deletes rows that have expired or exceed a limit, and gives
// a UUID to users without one (docs/decisions/032). Each run has a limit. The next minute does the rest, so a missed minute
// changes nothing.

import { deleteExpiredPendingUsers } from './accounts/pending-users.ts'
import type { Env } from './bindings.ts'
import { type Database, database } from './db.ts'
import { deliverDue } from './mail/delivery.ts'
import { deleteOldStoredMail } from './mail/dev-mailbox.ts'
import { deleteOldMail } from './mail/due.ts'
import { fillUuids } from './public-id.ts'
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
const batchSize = 1000
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
  await alternate([...deletions(db, settings, now), () => fillUuids(db, batchSize)])
}

/** @returns the number of rows that it changed */
type Step = () => Promise<number>

/** One step for each table. It deletes up to `batchSize` rows that are not needed any more. */
const deletions = (db: Database, settings: Settings, now: Date): Step[] => [
  changesOf(() => deleteExpiredSessions(db, settings, now, batchSize)),
  changesOf(() => deleteExpiredRevocations(db, settings, now, batchSize)),
  changesOf(() => deleteExpiredThrottles(db, settings, now, batchSize)),
  changesOf(() => deleteOldEvents(db, settings, now, batchSize)),
  changesOf(() => deleteExpiredPendingUsers(db, settings, now, batchSize)),
  changesOf(() => deleteSessionsOverLimit(db, now, batchSize)),
  changesOf(() => deleteEventsOverLimit(db, now, batchSize)),
  changesOf(() => deleteOldMail(db, new Date(now.getTime() - mailRetention), batchSize)),
  ...(settings.development ? [changesOf(() => deleteOldStoredMail(db))] : []),
]

const changesOf =
  (deletion: () => PromiseLike<D1Result>): Step =>
  async () =>
    (await deletion()).meta.changes

/** Runs a step of each table in turn, so that no table waits for another's backlog, until no table has a full step left. */
async function alternate(steps: Step[]) {
  let done = 0
  for (let unfinished = steps; unfinished.length > 0 && done < maxSteps; ) {
    const full: Step[] = []
    for (const step of unfinished) {
      if ((await step()) >= batchSize) full.push(step)
      done++
    }
    unfinished = full
  }
}
