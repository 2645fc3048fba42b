// What anybody may ask for by an address: mail with a link, of one shape for known and unknown addresses. And whose
// a link is.

import { and, eq, type SQL } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { emailKey } from '../mail/email-address.ts'
import { emailLimits, enqueue, type MailKind } from '../mail/outbox.ts'
import type { RequestInfo } from '../request-info.ts'
import { type User, users } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import { assertAllowed, batchThrottled } from '../throttling/counters.ts'
import { attemptFor } from '../throttling/rates.ts'
import { decodeUid } from '../tokens/encoding.ts'
import { isLinkToken, type Purpose } from '../tokens/links.ts'
import { emailIs, hasUsablePassword } from './users.ts'

type LinkScope = 'reset' | 'resend'

/**
 * Owes a mail to who has the address, is in this state and has a password.
 * @returns false where nobody is found, and the settings want that to be told
 * @throws ThrottledError
 */
export async function requestLink(
  db: Database,
  settings: Settings,
  { kind, scope, state, email }: LinkRequest,
  info: RequestInfo,
): Promise<boolean> {
  const { attempt, wasAllowed } = await attemptFor(db, settings, scope, emailKey(email), info)
  const where = and(emailIs(settings, email), state, hasUsablePassword)
  const find = db.select({ id: users.id }).from(users).where(where).limit(1)
  const queue = enqueue(db, kind, and(where, wasAllowed), info.now, emailLimits(settings))
  const { results, throttle } = await batchThrottled(db, attempt, {
    queue,
    found: settings.showEmailNotFound ? find : undefined,
  })
  assertAllowed(throttle)
  return results.found?.length !== 0
}

interface LinkRequest {
  kind: MailKind
  scope: LinkScope
  /** SQL: whether an account is in a state in which the mail is of use. */
  state: SQL
  email: string
}

/**
 * Whose a mailed link is, or which part of it is wrong. A sound one is never turned away, however many wrong ones
 * somebody sent before.
 * @throws ThrottledError
 */
export async function findUserByLink(
  db: Database,
  settings: Settings,
  scope: LinkScope,
  purpose: Purpose,
  { uid, token }: { uid: string; token: string },
  info: RequestInfo,
): Promise<User | 'uid' | 'token'> {
  const id = decodeUid(uid)
  if (id === undefined) return 'uid'
  const { attempt } = await attemptFor(db, settings, scope, id, info)
  const find = db.select().from(users).where(eq(users.id, id))
  const { results, throttle } = await batchThrottled(db, attempt, { found: find })
  const [user] = results.found
  if (user && (await isLinkToken(settings, purpose, user, token, info.now))) return user
  assertAllowed(throttle)
  return user ? 'token' : 'uid'
}

/**
 * Whose a link is that would work now, for a page to show before anything is done. It reads once and counts
 * nothing, so its caller limits how often it is asked.
 */
export async function peekUserByLink(
  db: Database,
  settings: Settings,
  purpose: Purpose,
  { uid, token }: { uid: string; token: string },
  now: Date,
): Promise<User | undefined> {
  const id = decodeUid(uid)
  if (id === undefined) return undefined
  const [user] = await db.select().from(users).where(eq(users.id, id))
  if (!user || user.status === 'disabled') return undefined
  return (await isLinkToken(settings, purpose, user, token, now)) ? user : undefined
}
