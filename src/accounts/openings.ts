// What a log-in opens, and what is noted with it: a session, or the one key that a user has.

import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { BatchItem } from 'drizzle-orm/batch'
import type { Database } from '../db.ts'
import { enqueue } from '../mail/outbox.ts'
import { type User, users } from '../schema.ts'
import type { Settings } from '../settings.ts'
import {
  deleteOpaqueTokens,
  findOpaqueToken,
  insertOpaqueToken,
  keyIn,
  newOpaqueToken,
} from '../tokens/opaque.ts'
import {
  endSurplus,
  findSession,
  insertSession,
  isSession,
  newSession,
  type TokenPair,
  tokenPair,
} from '../tokens/sessions.ts'
import { note, type Occasion } from './events.ts'
import { unchanged } from './users.ts'

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
          note(db, { kind: 'session_ended', detail: 'too many' }, and(who, written), occasion),
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

/** As `startSession`, of the one key that a user has. */
export async function openOpaqueToken(
  db: Database,
  settings: Settings,
  user: User,
  occasion: Occasion,
  also: Write[] = [],
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
  if (key !== undefined) return key

  // The SECRET_KEY that it was made under is gone: another one takes its place.
  await db.batch([
    deleteOpaqueTokens(db, user.id),
    insertOpaqueToken(db, made, and(eq(users.id, user.id), eq(users.status, 'active')), now),
  ])
  return made.key
}
