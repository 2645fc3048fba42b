import type { Call } from '../context.ts'
import { databaseMessage } from '../db.ts'
import { deliverNewest } from '../mail/delivery.ts'

/** Sends what is due once the answer is out; what fails stays in the outbox for the cron. */
export function deliverLater(c: Call) {
  const { db, settings, now } = c.var
  c.executionCtx.waitUntil(
    deliverNewest(db, settings, now).catch((error) =>
      console.error({ message: 'mail was not delivered', cause: databaseMessage(error) }),
    ),
  )
}
