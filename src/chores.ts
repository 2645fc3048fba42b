// What the cron does: deliver mail that is due, each minute; delete what expired, each night. All of it in
// bounded steps; what is left over waits for the next time.

import { deliverDue } from './accounts/delivery.ts'
import { deleteOldEvents } from './accounts/events.ts'
import type { Env } from './context.ts'
import { database } from './db.ts'
import { deleteOldMail } from './mail/outbox.ts'
import { settingsOf } from './settings.ts'
import { deleteExpiredRevocations } from './tokens/revoked.ts'
import { deleteExpiredSessions } from './tokens/sessions.ts'
import { deleteForgotten } from './tokens/throttles.ts'

const mailAtOnce = 20
const mailAtMost = 200
const rowsAtOnce = 1000
const stepsAtMost = 100
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
  if (now.getUTCHours() !== 3 || now.getUTCMinutes() !== 0) return
  await repeatedly(() => deleteExpiredSessions(db, settings, now, rowsAtOnce))
  await repeatedly(() => deleteExpiredRevocations(db, settings, now, rowsAtOnce))
  await repeatedly(() => deleteForgotten(db, now, rowsAtOnce))
  await repeatedly(() => deleteOldEvents(db, settings, now, rowsAtOnce))
  await repeatedly(() => deleteOldMail(db, new Date(now.getTime() - mailKept), rowsAtOnce))
}

/** Until less than a full step was left to delete. */
async function repeatedly(step: () => Promise<D1Result>) {
  for (let steps = 0; steps < stepsAtMost; steps++) {
    const { meta } = await step()
    if (meta.changes < rowsAtOnce) return
  }
}
