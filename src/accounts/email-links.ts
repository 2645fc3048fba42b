// What anybody may ask for by an address: mail with a link, of one shape for known and unknown addresses. And whose
// a link is.

import { and, eq, type SQL } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { emailKey } from '../mail/email-address.ts'
import { boundsOf, enqueue, type Kind } from '../mail/outbox.ts'
import { type User, users } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import { type Attempt, demand, inTurn } from '../throttling/counters.ts'
import { turnOf } from '../throttling/rates.ts'
import { decodeUid } from '../tokens/encoding.ts'
import { isLinkToken, type Purpose } from '../tokens/links.ts'
import { hasEmail, usable } from './users.ts'

type Scope = 'reset' | 'resend'

/**
 * Owes a mail to who has the address, is in this state and has a password.
 * @returns false where nobody is found, and the settings want that to be told
 * @throws ThrottledError
 */
export async function requestMail(
  db: Database,
  settings: Settings,
  { kind, scope, state, email }: MailRequest,
  attempt: Attempt,
): Promise<boolean> {
  const { turn, had } = await turnOf(db, settings, scope, emailKey(email), attempt)
  const who = and(hasEmail(settings, email), state, usable)
  const find = db.select({ id: users.id }).from(users).where(who).limit(1)
  const owe = enqueue(db, kind, and(who, had), attempt.now, boundsOf(settings))
  const { results, taken } = await inTurn(db, turn, [
    owe,
    ...(settings.showEmailNotFound ? [find] : []),
  ])
  demand(taken)
  const [, found] = results
  return found?.length !== 0
}

interface MailRequest {
  kind: Kind
  scope: Scope
  /** SQL: whether an account is in a state in which the mail is of use. */
  state: SQL
  email: string
}

/**
 * Whose a mailed link is, or which part of it is wrong. A sound one is never turned away, however many wrong ones
 * somebody sent before.
 * @throws ThrottledError
 */
export async function holderOfLink(
  db: Database,
  settings: Settings,
  scope: Scope,
  purpose: Purpose,
  { uid, token }: { uid: string; token: string },
  attempt: Attempt,
): Promise<User | 'uid' | 'token'> {
  const id = decodeUid(uid)
  if (id === undefined) return 'uid'
  const { turn } = await turnOf(db, settings, scope, id, attempt)
  const find = db.select().from(users).where(eq(users.id, id))
  const {
    results: [[user]],
    taken,
  } = await inTurn(db, turn, [find])
  if (user && (await isLinkToken(settings, purpose, user, token, attempt.now))) return user
  demand(taken)
  return user ? 'token' : 'uid'
}

/**
 * Whose a link is that would work now, for a page to show before anything is done. It reads once and counts
 * nothing, so its caller limits how often it is asked.
 */
export async function holderAtPresent(
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
