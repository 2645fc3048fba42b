// Requests and uses mailed links. A client requests a link by an email address, and the answer does not reveal whether an
// account has that address.

import { and, eq, type SQL } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { emailKey } from '../mail/email-address.ts'
import { emailLimits, enqueueRequested } from '../mail/outbox.ts'
import type { NamedUser } from '../public-id.ts'
import { noteWrite, readHint } from '../replicas.ts'
import type { RequestInfo } from '../request-info.ts'
import { type User, users } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import { assertAllowed, batchThrottled, wasAllowed } from '../throttling/counters.ts'
import { attemptFor } from '../throttling/rates.ts'
import { isLinkToken, type Purpose, userOfUid } from '../tokens/links.ts'
import { userFromJson } from '../user-json.ts'
import { emailIs, hasUsablePassword, matchesLink, rowIs, userText } from './users.ts'

export interface LinkParts {
  uid: string
  token: string
}

interface LinkRequest {
  kind: Exclude<Purpose, 'email_change'>
  /** A condition on `users`: the account's state allows the action of the link. */
  state: SQL
  email: string
}

/** The rate that counts requests for links of a purpose, and wrong links. */
const scopeOf = (purpose: Purpose) => (purpose === 'activation' ? 'resend' : 'reset')

/**
 * Queues an email with a link for each account with this address, a password and this state.
 * @returns false if there is no such account and the settings allow the answer to say so
 * @throws ThrottledError
 */
export async function requestLink(
  db: Database,
  settings: Settings,
  { kind, state, email }: LinkRequest,
  info: RequestInfo,
): Promise<boolean> {
  const scope = scopeOf(kind)
  const attempt = await attemptFor(db, settings, scope, emailKey(email), info)
  const where = and(emailIs(settings, email), state, hasUsablePassword)
  const find = db.select({ id: users.id }).from(users).where(where).limit(1)
  const queue = enqueueRequested(
    db,
    kind,
    and(where, wasAllowed(attempt)),
    info.now,
    emailLimits(settings),
  )
  const { results, throttle } = await batchThrottled(db, attempt, {
    queue,
    found: settings.showEmailNotFound ? find : undefined,
  })
  assertAllowed(throttle)
  return results.found?.length !== 0
}

/**
 * Uses a mailed link. A valid link is never refused, however many wrong ones an attacker sent before.
 *
 * With D1_READ_REPLICATION, `use` first gets the user's row of the nearest replica. Its writes then depend on every column of
 * that row, so with an old row it writes nothing. If its outcome is not `done`, `use` is called again with the primary's row.
 * @param use writes if the user meets the condition `isUnchanged` on `users`; otherwise it must write nothing
 * @returns what `use` returns, or the part of the link that is wrong
 * @throws ThrottledError
 */
export async function useLink<Outcome>(
  db: Database,
  settings: Settings,
  { purpose, uid, token }: LinkParts & { purpose: Purpose },
  info: RequestInfo,
  use: (user: User, isUnchanged: SQL | undefined) => Promise<Outcome | 'done'>,
): Promise<Outcome | 'done' | 'uid' | 'token'> {
  const named = userOfUid(settings, uid)
  if (!named) return 'uid'
  const found = db.select({ text: userText() }).from(users).where(eq(users.id, named.id))
  const [row] = (await readHint(db, { found }))?.found ?? []
  const near = row && userFromJson(row.text)
  if (near && (await isLinkToken(settings, purpose, near, token, info.now))) {
    noteWrite(db, near)
    const outcome = await use(near, and(matchesLink(near), rowIs(row.text)))
    if (outcome === 'done') return outcome
  }
  const user = await findUserByLink(db, settings, { purpose, named, token }, info)
  if (typeof user === 'string') return user
  noteWrite(db, user)
  return use(user, matchesLink(user))
}

/** The user of a link at the primary, or the part of the link that is wrong. @throws ThrottledError */
async function findUserByLink(
  db: Database,
  settings: Settings,
  { purpose, named, token }: { purpose: Purpose; named: NamedUser; token: string },
  info: RequestInfo,
): Promise<User | 'uid' | 'token'> {
  const attempt = await attemptFor(db, settings, scopeOf(purpose), named.publicId, info)
  const find = db.select().from(users).where(eq(users.id, named.id))
  const { results, throttle } = await batchThrottled(db, attempt, { found: find })
  const [user] = results.found
  if (user && (await isLinkToken(settings, purpose, user, token, info.now))) return user
  assertAllowed(throttle)
  return user ? 'token' : 'uid'
}

/**
 * Finds the user of a link that works now, for a page that is shown before the action. It takes one read and counts no
 * attempt, so the calling code must limit how often it runs.
 */
export async function peekUserByLink(
  db: Database,
  settings: Settings,
  purpose: Purpose,
  { uid, token }: LinkParts,
  now: Date,
): Promise<User | undefined> {
  const named = userOfUid(settings, uid)
  if (!named) return undefined
  const [user] = await db.select().from(users).where(eq(users.id, named.id))
  if (!user || user.status === 'disabled') return undefined
  return (await isLinkToken(settings, purpose, user, token, now)) ? user : undefined
}
