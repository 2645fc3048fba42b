// What the cron does, each minute: deliver mail that is due, and once an hour delete what expired. All of
// it in bounded steps; what is left over waits for the next minute.

import { deliverDue } from './accounts/delivery.ts'
import type { Env } from './context.ts'
import { database } from './db.ts'
import { deleteOldMail } from './mail/outbox.ts'
import { settingsOf } from './settings.ts'
import { deleteExpiredSessions } from './tokens/sessions.ts'

const mailAtOnce = 20
const mailAtMost = 200
const rowsAtMost = 1000
const mailKept = 30 * 24 * 60 * 60_000 // 30 days

export async function doChores(env: Env, now: Date) {
  const settings = settingsOf(env)
  const db = database(env.DB)

  for (let tried = 0; tried < mailAtMost; tried += mailAtOnce) {
    const which = { most: mailAtOnce, newestFirst: false }
    if ((await deliverDue(db, settings, now, which)) < mailAtOnce) break
  }
  if (now.getUTCMinutes() !== 0) return
  await db.batch([
    deleteExpiredSessions(db, settings, now, rowsAtMost),
    deleteOldMail(db, new Date(now.getTime() - mailKept), rowsAtMost),
  ])
}
