// When and from where a request comes.

import { noteFailedLogIn } from '../auth/login.ts'
import type { Call } from '../context.ts'
import { databaseMessage } from '../db.ts'
import type { Occasion } from '../security-events.ts'
import { deliverLater } from './deliver-later.ts'

export function occasionOf(c: Call): Occasion {
  const { now, client } = c.var
  const { isServer: _, ...device } = client
  return { now, request: crypto.randomUUID(), ...device }
}

/** Sends the mail that a log-in may owe. */
export function tellOfLogInLater(c: Call) {
  if (c.var.settings.securityEmails.includes('new_device')) deliverLater(c)
}

/** Notes a failed log-in once the answer is out, which so takes as long for a name that nobody has. */
export function noteFailureLater(c: Call, login: string) {
  const { db, settings } = c.var
  c.executionCtx.waitUntil(
    noteFailedLogIn(db, settings, login, occasionOf(c)).then(undefined, (error) =>
      console.error({ message: 'a failed log-in was not noted', cause: databaseMessage(error) }),
    ),
  )
}
