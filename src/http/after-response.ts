// Work that runs after the response is sent. A failure is logged, and the client does not notice it.

import { recordLoginFailure, upgradeHash } from '../auth/login.ts'
import type { Call } from '../context.ts'
import { databaseMessage } from '../db.ts'
import { hooks, type LoginKind, withoutHash } from '../hooks.ts'
import { deliverNewest } from '../mail/delivery.ts'
import type { User } from '../schema.ts'
import { refund, type ThrottleResult } from '../throttling/counters.ts'
import { requestInfo } from './request-info.ts'

/** Sends the emails that are due. An email that fails stays in the outbox for the cron. */
export function deliverLater(c: Call) {
  const { db, settings, now } = c.var
  later(c, () => deliverNewest(db, settings, now), 'mail delivery failed')
}

/** Sends the email about a login from a new device, if there is one, replaces an outdated hash, and tells the hook. */
export function finishLoginLater(c: Call, user: User, kind: LoginKind, password: string) {
  const { db, settings } = c.var
  if (settings.securityEmails.includes('new_device')) deliverLater(c)
  later(c, () => upgradeHash(db, settings, user, password), 'password hash not replaced')
  callOnLoginSuccessLater(c, user, kind)
}

/** Tells the deployer's hook of a login. */
export function callOnLoginSuccessLater(c: Call, user: User, kind: LoginKind) {
  if (!hooks.onLoginSuccess) return
  const login = { user: withoutHash(user), kind, ...hookContext(c) }
  later(c, async () => hooks.onLoginSuccess?.(login), 'the hook onLoginSuccess failed')
}

/**
 * Records a failed login, and tells the deployer's hook. The response does not wait, so it takes the same time for an unknown
 * login.
 */
export function recordLoginFailureLater(c: Call, login: string) {
  const { db, settings } = c.var
  const info = requestInfo(c)
  later(c, () => recordLoginFailure(db, settings, login, info), 'login failure not recorded')
  if (!hooks.onLoginFailure) return
  const attempt = { login, ...hookContext(c) }
  later(c, async () => hooks.onLoginFailure?.(attempt), 'the hook onLoginFailure failed')
}

const hookContext = (c: Call) => ({ db: c.var.db, env: c.env, request: requestInfo(c) })

/** Refunds an attempt. */
export function refundLater(c: Call, throttle: ThrottleResult) {
  later(c, () => refund(c.var.db, throttle), 'throttle refund failed')
}

/**
 * Begins the work after the response. Without the timer the work would run until its first wait, and a hash would delay the
 * response.
 * @param message the log line if the work fails
 */
function later(c: Call, work: () => Promise<unknown>, message: string) {
  const done = scheduler.wait(0).then(work)
  c.executionCtx.waitUntil(
    done.catch((error) => console.error({ message, cause: databaseMessage(error) })),
  )
}
