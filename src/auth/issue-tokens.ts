// What a log-in opens, and what is noted with it: a session, or the one key that a user has.

import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { BatchItem } from 'drizzle-orm/batch'
import { passwordUnchanged } from '../accounts/users.ts'
import type { Database } from '../db.ts'
import { enqueue } from '../mail/outbox.ts'
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
  endOverLimit,
  findSession,
  insertSession,
  newSession,
  sessionExists,
} from '../sessions/sessions.ts'
import type { Settings } from '../settings/parse.ts'

export type Write = BatchItem<'sqlite'>

/** Starts a session, and writes what else is to be written with it; undefined for who has changed. */
export async function startSession(
  db: Database,
  settings: Settings,
  user: User,
  info: RequestInfo,
  extraWrites: Write[] = [],
): Promise<IssuedTokens | undefined> {
  const { now } = info
  const session = newSession(settings, user, now)
  const { id: sessionId } = session
  const where = and(eq(users.id, user.id), sessionExists(sessionId))
  const [, started] = await db.batch([
    insertSession(db, session, info, passwordUnchanged(user)),
    findSession(db, sessionId),
    ...loginEvents(db, settings, { detail: 'session', sessionId }, where, info),
    ...(settings.maxSessions > 0
      ? [
          endOverLimit(db, settings, { userId: user.id, sessionId }, now),
          recordHourly(
            db,
            { type: 'session_revoked', detail: 'session_limit' },
            and(where, written),
            info,
          ),
        ]
      : []),
    ...extraWrites,
  ])
  return started.length > 0 ? tokenPair(settings, session) : undefined
}

const written = sql`changes() > 0`

/** That somebody logged in; by mail too if it was from a device not seen before, but for the first one. */
export function loginEvents(
  db: Database,
  { securityEmails }: Settings,
  how: { detail: 'session' | 'authtoken' | 'sliding' | 'drf-jwt'; sessionId?: string },
  where: SQL | undefined,
  info: RequestInfo,
) {
  const { now, requestId } = info
  const seen = sql`select 1 from security_events seen where seen.user_id = users.id
    and seen.type = 'login'`
  const isNew = sql`exists (${seen})
    and not exists (${seen} and seen.user_agent is ${info.userAgent ?? null})`
  return [
    ...(securityEmails.includes('new_device')
      ? [enqueue(db, 'new_device', and(where, isNew), now, { requestId })]
      : []),
    recordEvent(db, { type: 'login', ...how }, where, info),
  ]
}

/**
 * As `startSession`, of the one key that a user has.
 * @param after the user as `also` leaves them: their hash may have been replaced
 */
export async function issueAuthtoken(
  db: Database,
  settings: Settings,
  user: User,
  info: RequestInfo,
  extraWrites: Write[] = [],
  after: User = user,
): Promise<string | undefined> {
  const { now } = info
  const made = await newAuthtoken(settings, user.id)
  const [, [found]] = await db.batch([
    insertAuthtoken(db, made, passwordUnchanged(user), now),
    findAuthtoken(db, user.id, passwordUnchanged(user)),
    ...loginEvents(db, settings, { detail: 'authtoken' }, passwordUnchanged(user), info),
    ...extraWrites,
  ])
  if (!found) return undefined
  const key = await keyOfRow(settings, user.id, found)
  return key ?? replaceAuthtoken(db, settings, after, { made, old: found.hash }, now)
}

/** For a key whose SECRET_KEY is gone: a new one takes its place, provided that the user is `unchanged`. */
async function replaceAuthtoken(
  db: Database,
  settings: Settings,
  user: User,
  { made, old }: { made: Authtoken; old: string },
  now: Date,
): Promise<string | undefined> {
  const [, , [found]] = await db.batch([
    deleteAuthtoken(db, old, passwordUnchanged(user)),
    insertAuthtoken(db, made, passwordUnchanged(user), now),
    findAuthtoken(db, user.id, passwordUnchanged(user)),
  ])
  // A login at the same moment may have replaced it first: then its key is the one.
  return found && keyOfRow(settings, user.id, found)
}
