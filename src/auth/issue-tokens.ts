// What a log-in opens, and what is noted with it: a session, or the one key that a user has.

import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { BatchItem } from 'drizzle-orm/batch'
import { unchanged } from '../accounts/users.ts'
import type { Database } from '../db.ts'
import { enqueue } from '../mail/outbox.ts'
import { type User, users } from '../schema.ts'
import { note, noteHourly, type Occasion } from '../security-events.ts'
import {
  deleteOpaqueToken,
  findOpaqueToken,
  insertOpaqueToken,
  keyIn,
  newOpaqueToken,
  type OpaqueToken,
} from '../sessions/authtoken.ts'
import { type TokenPair, tokenPair } from '../sessions/session-tokens.ts'
import {
  endSurplus,
  findSession,
  insertSession,
  isSession,
  newSession,
} from '../sessions/sessions.ts'
import type { Settings } from '../settings/parse.ts'

export type Write = BatchItem<'sqlite'>

/** Starts a session, and writes what else is to be written with it; undefined for who has changed. */
export async function startSession(
  db: Database,
  settings: Settings,
  user: User,
  occasion: Occasion,
  also: Write[] = [],
): Promise<TokenPair | undefined> {
  const { now } = occasion
  const session = newSession(settings, user, now)
  const { id: sessionId } = session
  const who = and(eq(users.id, user.id), isSession(sessionId))
  const [, started] = await db.batch([
    insertSession(db, session, occasion, unchanged(user)),
    findSession(db, sessionId),
    ...notesOf(db, settings, { detail: 'session', sessionId }, who, occasion),
    ...(settings.maxSessions > 0
      ? [
          endSurplus(db, settings, { userId: user.id, sessionId }, now),
          noteHourly(
            db,
            { kind: 'session_ended', detail: 'too many' },
            and(who, written),
            occasion,
          ),
        ]
      : []),
    ...also,
  ])
  return started.length > 0 ? tokenPair(settings, session) : undefined
}

const written = sql`changes() > 0`

/** That somebody logged in; by mail too if it was from a device not seen before, but for the first one. */
export function notesOf(
  db: Database,
  { securityEmails }: Settings,
  how: { detail: 'session' | 'authtoken' | 'sliding' | 'drf-jwt'; sessionId?: string },
  who: SQL | undefined,
  occasion: Occasion,
) {
  const { now, request } = occasion
  const seen = sql`select 1 from security_events seen where seen.user_id = users.id
    and seen.kind = 'logged_in'`
  const isNew = sql`exists (${seen})
    and not exists (${seen} and seen.user_agent is ${occasion.userAgent ?? null})`
  return [
    ...(securityEmails.includes('new_device')
      ? [enqueue(db, 'new_device', and(who, isNew), now, { request })]
      : []),
    note(db, { kind: 'logged_in', ...how }, who, occasion),
  ]
}

/**
 * As `startSession`, of the one key that a user has.
 * @param after the user as `also` leaves them: their hash may have been replaced
 */
export async function openOpaqueToken(
  db: Database,
  settings: Settings,
  user: User,
  occasion: Occasion,
  also: Write[] = [],
  after: User = user,
): Promise<string | undefined> {
  const { now } = occasion
  const made = await newOpaqueToken(settings, user.id)
  const [, [found]] = await db.batch([
    insertOpaqueToken(db, made, unchanged(user), now),
    findOpaqueToken(db, user.id, unchanged(user)),
    ...notesOf(db, settings, { detail: 'authtoken' }, unchanged(user), occasion),
    ...also,
  ])
  if (!found) return undefined
  const key = await keyIn(settings, user.id, found)
  return key ?? replaceOpaqueToken(db, settings, after, { made, old: found.hash }, now)
}

/** For a key whose SECRET_KEY is gone: a new one takes its place, provided that the user is `unchanged`. */
async function replaceOpaqueToken(
  db: Database,
  settings: Settings,
  user: User,
  { made, old }: { made: OpaqueToken; old: string },
  now: Date,
): Promise<string | undefined> {
  const [, , [found]] = await db.batch([
    deleteOpaqueToken(db, old, unchanged(user)),
    insertOpaqueToken(db, made, unchanged(user), now),
    findOpaqueToken(db, user.id, unchanged(user)),
  ])
  // A login at the same moment may have replaced it first: then its key is the one.
  return found && keyIn(settings, user.id, found)
}
