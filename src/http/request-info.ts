// When and from where a request comes.

import { recordLoginFailure } from '../auth/login.ts'
import type { Call } from '../context.ts'
import { databaseMessage } from '../db.ts'
import type { RequestInfo } from '../request-info.ts'
import { deliverLater } from './deliver-later.ts'

export function requestInfo(c: Call): RequestInfo {
  const { now, client } = c.var
  const { isServer: _, ...device } = client
  return { now, requestId: crypto.randomUUID(), ...device }
}

/** Sends the mail that a log-in may owe. */
export function sendLoginAlertLater(c: Call) {
  if (c.var.settings.securityEmails.includes('new_device')) deliverLater(c)
}

/** Notes a failed log-in once the answer is out, which so takes as long for a name that nobody has. */
export function recordLoginFailureLater(c: Call, login: string) {
  const { db, settings } = c.var
  c.executionCtx.waitUntil(
    recordLoginFailure(db, settings, login, requestInfo(c)).then(undefined, (error) =>
      console.error({ message: 'login failure not recorded', cause: databaseMessage(error) }),
    ),
  )
}
