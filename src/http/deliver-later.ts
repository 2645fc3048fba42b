import type { Call } from '../context.ts'
import { databaseMessage } from '../db.ts'
import { deliverNewest } from '../mail/delivery.ts'

/** Sends the mail that is due, after the response. A mail that fails stays in the outbox for the cron. */
export function deliverLater(c: Call) {
  const { db, settings, now } = c.var
  c.executionCtx.waitUntil(
    deliverNewest(db, settings, now).catch((error) =>
      console.error({ message: 'mail delivery failed', cause: databaseMessage(error) }),
    ),
  )
}
