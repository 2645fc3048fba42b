// What logins issue: a session's pair of tokens, the user's authtoken key, or a token without a row. All of them are issued in
// one batch with the record of the login.

import { and, type SQL, sql } from 'drizzle-orm'
import { passwordUnchanged } from '../accounts/users.ts'
import type { Database } from '../db.ts'
import { newRandomId } from '../encoding.ts'
import type { LoginKind } from '../hooks.ts'
import { enqueueNotice } from '../mail/outbox.ts'
import type { RequestInfo } from '../request-info.ts'
import { type User, users } from '../schema.ts'
import { recordEvent, recordHourly, wasRecorded } from '../security-events.ts'
import {
  deleteAuthtoken,
  findAuthtoken,
  insertAuthtoken,
  keyOfRow,
  newAuthtoken,
} from '../sessions/authtoken.ts'
import { type IssuedTokens, tokenPair } from '../sessions/session-tokens.ts'
import { insertSession, revokeOverLimit, startOf } from '../sessions/sessions.ts'
import type { Settings } from '../settings/parse.ts'
import {
  batch,
  previousStatementWrote,
  type Results,
  type Statement,
  type Statements,
} from '../statements.ts'

/** What one kind of login issues. */
export interface Issuer<Issued> {
  /** The detail of the login's event. */
  detail: LoginKind
  /** The session that it starts. */
  sessionId?: string
  /**
   * What it writes and reads, in the batch that records the login.
   * @param owner a condition on `users`: this user, if the login was recorded and the user has not changed since
   */
  statements(userId: number, owner: SQL | undefined): Promise<Statements>
  /** Makes the tokens, once the login is recorded. @returns undefined if the user has changed in the meantime */
  issue(user: User, results: Results<Statements>): Promise<Issued | undefined>
}

/** Starts a session, and revokes those over MAX_SESSIONS. */
export function sessionIssuer(
  db: Database,
  settings: Settings,
  info: RequestInfo,
): Issuer<IssuedTokens> {
  const session = startOf(settings, newRandomId(), info.now)
  const { id: sessionId } = session
  const limitReached = { type: 'session_revoked', detail: 'session_limit' } as const
  return {
    detail: 'session',
    sessionId,
    statements: async (userId, owner) => ({
      session: insertSession(db, session, info, owner),
      limit:
        settings.maxSessions > 0
          ? [
              revokeOverLimit(db, settings, { userId, sessionId }, info.now),
              recordHourly(db, limitReached, and(owner, previousStatementWrote), info),
            ]
          : [],
    }),
    issue: (user) => tokenPair(settings, { ...session, user }),
  }
}

/** Issues the user's authtoken key: the one that they have, or a new one. */
export const authtokenIssuer = (
  db: Database,
  settings: Settings,
  { now }: RequestInfo,
): Issuer<string> => ({
  detail: 'authtoken',
  async statements(userId, owner) {
    const newKey = await newAuthtoken(settings, userId)
    return {
      newKey: insertAuthtoken(db, newKey, owner, now),
      key: findAuthtoken(db, userId, owner),
    }
  },
  async issue(user, results) {
    const [row] = results.key as Awaited<ReturnType<typeof findAuthtoken>>
    if (!row) return undefined
    return (
      (await keyOfRow(settings, user.id, row)) ?? replaceAuthtoken(db, settings, user, row, now)
    )
  },
})

/** The user, for a token without a row. */
export const rowlessIssuer = (detail: 'sliding' | 'drf-jwt'): Issuer<User> => ({
  detail,
  statements: async () => ({}),
  issue: async (user) => user,
})

/** A login of one user, for the batch that records it. */
interface Login {
  /** The user with the password hash that was compared. */
  user: Pick<User, 'id' | 'password'>
  /** A condition on `users`: what else must hold for the login. */
  where?: SQL | undefined
  /**
   * Makes the other writes of the login.
   * @param isRecorded SQL: whether the login was recorded
   */
  writes?(isRecorded: SQL): Statement[]
}

/**
 * The statements that log a user in. The event is recorded if the user may log in, and all other statements depend on the
 * event. So the batch can be sent twice. If the password has changed by the second time, the batch issues nothing.
 */
export async function loginStatements(
  db: Database,
  settings: Settings,
  issuer: Issuer<unknown>,
  { user, where, writes }: Login,
  info: RequestInfo,
) {
  const isRecorded = wasRecorded('login', info)
  const isUnchanged = passwordUnchanged(user)
  const owner = and(isUnchanged, isRecorded)
  return {
    events: loginEvents(db, settings, issuer, and(isUnchanged, where), info),
    ...(await issuer.statements(user.id, owner)),
    recorded: db.select({ id: users.id }).from(users).where(owner),
    writes: writes?.(isRecorded) ?? [],
  }
}

/**
 * Logs in a user whose password was compared, in one batch.
 * @param updatedUser the user as `writes` leaves them, perhaps with a new hash
 * @returns undefined if the user has changed since
 */
export async function issueTokens<Issued>(
  db: Database,
  settings: Settings,
  issuer: Issuer<Issued>,
  { user, updatedUser = user, writes }: { user: User; updatedUser?: User } & Pick<Login, 'writes'>,
  info: RequestInfo,
): Promise<Issued | undefined> {
  const login = { user, writes }
  const results = await batch(db, await loginStatements(db, settings, issuer, login, info))
  return results.recorded.length > 0 ? issuer.issue(updatedUser, results) : undefined
}

/**
 * Records a login, and emails the owner if the device is new (not for the first login).
 * @param where a condition on `users`
 */
function loginEvents(
  db: Database,
  { securityEmails }: Settings,
  { detail, sessionId }: Pick<Issuer<unknown>, 'detail' | 'sessionId'>,
  where: SQL | undefined,
  info: RequestInfo,
): Statement[] {
  const { now, requestId } = info
  const record = recordEvent(
    db,
    { type: 'login', detail, ...(sessionId !== undefined && { sessionId }) },
    where,
    info,
  )
  if (!securityEmails.includes('new_device')) return [record]
  const earlier = sql`select 1 from security_events earlier where earlier.user_id = users.id
    and earlier.type = 'login'`
  const isNewDevice = sql`exists (${earlier})
    and not exists (${earlier} and earlier.user_agent is ${info.userAgent ?? null})`
  return [enqueueNotice(db, 'new_device', and(where, isNewDevice), now, { requestId }), record]
}

/**
 * Replaces a key that can no longer be computed, because its SECRET_KEY is not even a fallback.
 * @returns undefined if the user has changed in the meantime
 */
async function replaceAuthtoken(
  db: Database,
  settings: Settings,
  user: User,
  { hash: oldHash }: { hash: string },
  now: Date,
): Promise<string | undefined> {
  const newKey = await newAuthtoken(settings, user.id)
  const isUnchanged = passwordUnchanged(user)
  const { found } = await batch(db, {
    delete: deleteAuthtoken(db, oldHash, isUnchanged),
    insert: insertAuthtoken(db, newKey, isUnchanged, now),
    found: findAuthtoken(db, user.id, isUnchanged),
  })
  // A login at the same moment may have replaced the key first. Then this login gets the key of that one.
  return found[0] && keyOfRow(settings, user.id, found[0])
}
