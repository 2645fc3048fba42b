// Issues the tokens of a login, in one batch with the record of the login: a session's pair, or the user's authtoken key.

import { and, eq, type SQL, sql } from 'drizzle-orm'
import { passwordUnchanged } from '../accounts/users.ts'
import type { Database } from '../db.ts'
import { enqueueNotice } from '../mail/outbox.ts'
import type { RequestInfo } from '../request-info.ts'
import { type User, users } from '../schema.ts'
import { recordEvent, recordHourly } from '../security-events.ts'
import {
  type Authtoken,
  deleteAuthtoken,
  findAuthtoken,
  insertAuthtoken,
  keyOfRow,
  newAuthtoken,
} from '../sessions/authtoken.ts'
import { type IssuedTokens, tokenPair } from '../sessions/session-tokens.ts'
import {
  findSession,
  insertSession,
  newSession,
  revokeOverLimit,
  sessionExists,
} from '../sessions/sessions.ts'
import type { Settings } from '../settings/parse.ts'
import { batch, previousStatementWrote, type Statement } from '../statements.ts'

/**
 * Starts a session, in one batch with `loginWrites`.
 * @returns its tokens; undefined if the user has changed since the password was compared
 */
export async function startSession(
  db: Database,
  settings: Settings,
  user: User,
  info: RequestInfo,
  loginWrites: Statement[] = [],
): Promise<IssuedTokens | undefined> {
  const { now } = info
  const session = newSession(settings, user, now)
  const { id: sessionId } = session
  const hasStarted = and(eq(users.id, user.id), sessionExists(sessionId))
  const limitReached = { type: 'session_revoked', detail: 'session_limit' } as const
  const { started } = await batch(db, {
    insert: insertSession(db, session, info, passwordUnchanged(user)),
    started: findSession(db, sessionId),
    events: loginEvents(db, settings, { detail: 'session', sessionId }, hasStarted, info),
    limit:
      settings.maxSessions > 0
        ? [
            revokeOverLimit(db, settings, { userId: user.id, sessionId }, now),
            recordHourly(db, limitReached, and(hasStarted, previousStatementWrote), info),
          ]
        : [],
    loginWrites,
  })
  return started.length > 0 ? tokenPair(settings, session) : undefined
}

/**
 * Records a login, and emails the owner if the device is new (not for the first login).
 * @param where a condition on `users`
 */
export function loginEvents(
  db: Database,
  { securityEmails }: Settings,
  how: { detail: 'session' | 'authtoken' | 'sliding' | 'drf-jwt'; sessionId?: string },
  where: SQL | undefined,
  info: RequestInfo,
): Statement[] {
  const { now, requestId } = info
  const record = recordEvent(db, { type: 'login', ...how }, where, info)
  if (!securityEmails.includes('new_device')) return [record]
  const earlier = sql`select 1 from security_events earlier where earlier.user_id = users.id
    and earlier.type = 'login'`
  const isNewDevice = sql`exists (${earlier})
    and not exists (${earlier} and earlier.user_agent is ${info.userAgent ?? null})`
  return [enqueueNotice(db, 'new_device', and(where, isNewDevice), now, { requestId }), record]
}

/**
 * Issues the authtoken key of a user, in one batch with `loginWrites`: the key that they have, or a new one.
 * @param updatedUser the user as `loginWrites` leaves them, perhaps with a new hash
 * @returns the key; undefined if the user has changed since the password was compared
 */
export async function issueAuthtoken(
  db: Database,
  settings: Settings,
  user: User,
  info: RequestInfo,
  { loginWrites = [], updatedUser = user }: { loginWrites?: Statement[]; updatedUser?: User } = {},
): Promise<string | undefined> {
  const { now } = info
  const newKey = await newAuthtoken(settings, user.id)
  const isUnchanged = passwordUnchanged(user)
  const { found } = await batch(db, {
    insert: insertAuthtoken(db, newKey, isUnchanged, now),
    found: findAuthtoken(db, user.id, isUnchanged),
    events: loginEvents(db, settings, { detail: 'authtoken' }, isUnchanged, info),
    loginWrites,
  })
  const [row] = found
  if (!row) return undefined
  const key = await keyOfRow(settings, user.id, row)
  return key ?? replaceAuthtoken(db, settings, updatedUser, { newKey, oldHash: row.hash }, now)
}

/**
 * Replaces a key that can no longer be computed, because its SECRET_KEY is not even a fallback.
 * @returns undefined if the user has changed in the meantime
 */
async function replaceAuthtoken(
  db: Database,
  settings: Settings,
  user: User,
  { newKey, oldHash }: { newKey: Authtoken; oldHash: string },
  now: Date,
): Promise<string | undefined> {
  const isUnchanged = passwordUnchanged(user)
  const { found } = await batch(db, {
    delete: deleteAuthtoken(db, oldHash, isUnchanged),
    insert: insertAuthtoken(db, newKey, isUnchanged, now),
    found: findAuthtoken(db, user.id, isUnchanged),
  })
  // A login at the same moment may have replaced the key first. Then this login gets the key of that one.
  return found[0] && keyOfRow(settings, user.id, found[0])
}
