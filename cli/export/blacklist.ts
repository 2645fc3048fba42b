// Refresh tokens that are dead here and would live in Django, which knows nothing of sessions: those of ended
// sessions, used ones where a token is for one use, and what the denylist has. As Simple JWT's blacklist.

import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sessionIdFor } from '../../src/sessions/django-refresh-tokens.ts'
import { isSingleUse } from '../../src/sessions/rotation.ts'
import { refreshExpiry, refreshId } from '../../src/sessions/session-tokens.ts'
import type { Settings } from '../../src/settings/parse.ts'
import type { Row } from '../database.ts'
import type { FixtureRow } from './fixture.ts'

/** Sessions whose last token has not expired. */
export const selectSessions = (highest: number, settings: Settings, now: Date) => {
  const { refreshTokenLifetime, leeway } = settings
  const oldest = now.getTime() - (refreshTokenLifetime + leeway) * 1000
  return (after: number) =>
    `SELECT rowid AS at, id, user_id, refresh_counter AS counter, created_at, refreshed_at, expires_at, revoked_at
     FROM sessions WHERE rowid > ${after} AND user_id <= ${highest} AND refreshed_at > ${oldest}
     AND (expires_at IS NULL OR expires_at > ${now.getTime() - leeway * 1000}) ORDER BY rowid`
}

/** drf-jwt's are chains, of which its blacklist knows nothing. */
export const selectRevoked = (highest: number, { leeway }: Settings, now: Date) => {
  const oldest = now.getTime() - leeway * 1000
  return (after: number) =>
    `SELECT rowid AS at, *, (SELECT email FROM users WHERE id = user_id) AS email,
       (SELECT username FROM users WHERE id = user_id) AS username
     FROM revoked_tokens WHERE rowid > ${after} AND token_type <> 'drf-jwt'
     AND coalesce(user_id, 0) <= ${highest} AND expires_at > ${oldest} ORDER BY rowid`
}

/** Sessions that go on, by id, in a file: which tokens from elsewhere are still good is told by them. */
export function openActiveSessions(directory: string) {
  const database = new DatabaseSync(join(directory, 'living.sqlite'))
  database.exec('CREATE TABLE living (id TEXT PRIMARY KEY, counter INTEGER) WITHOUT ROWID; BEGIN')
  const insert = database.prepare('INSERT INTO living VALUES (?, ?)')
  const select = database.prepare('SELECT counter FROM living WHERE id = ?')
  return {
    add: (id: string, counter: number) => insert.run(id, counter),
    counterOf: (id: string) => select.get(id)?.counter as number | undefined,
    close: () => database.close(),
  }
}

export type ActiveSessions = ReturnType<typeof openActiveSessions>

export interface Blacklisting {
  /** How many used tokens were not told, the oldest of their session. */
  untold: number
  rows: FixtureRow[]
}

/** The tokens of a session that are dead, the `most` newest of them. */
export async function blacklistedTokens(
  found: Row,
  settings: Settings,
  most: number,
  living: ActiveSessions,
): Promise<Blacklisting> {
  const [id, counter] = [String(found.id), Number(found.counter)]
  const isEnded = found.revoked_at !== null
  if (!isEnded) living.add(id, counter)
  const end = isEnded ? counter + 1 : isSingleUse(settings) ? counter : 0
  const first = Math.max(0, end - most)
  const expiresAt = refreshExpiry(settings, {
    refreshedAt: new Date(Number(found.refreshed_at)),
    expiresAt: found.expires_at === null ? null : new Date(Number(found.expires_at)),
  })
  const token = {
    user: Number(found.user_id),
    createdAt: Number(found.created_at),
    expiresAt: expiresAt.getTime(),
    blacklistedAt: Number(found.revoked_at ?? found.refreshed_at),
  }
  const rows: FixtureRow[] = []
  for (let at = first; at < end; at++) {
    for (const secretKey of [settings.secretKey, ...settings.secretKeyFallbacks]) {
      rows.push(...blacklisted({ ...token, jti: await refreshId({ secretKey }, id, at) }))
    }
  }
  return { untold: first, rows }
}

/** A token of the denylist; none where it had its session here, and that goes on from it. */
export async function revokedRows(
  found: Row,
  settings: Settings,
  living: ActiveSessions,
): Promise<FixtureRow[]> {
  const jti = String(found.jti)
  if (found.token_type === 'refresh' && (await isUnused(found, settings, living))) return []
  return blacklisted({
    jti,
    user: found.user_id === null ? null : Number(found.user_id),
    createdAt: Number(found.revoked_at),
    expiresAt: Number(found.expires_at),
    blacklistedAt: Number(found.revoked_at),
  })
}

async function isUnused(found: Row, settings: Settings, living: ActiveSessions): Promise<boolean> {
  const names = { id: found.user_id, email: found.email, username: found.username }
  const claims = { [settings.userIdClaim]: names[settings.userIdField] }
  const id = await sessionIdFor(settings, { jti: String(found.jti) }, claims)
  const counter = living.counterOf(id)
  return counter !== undefined && !(isSingleUse(settings) && counter > 0)
}

interface BlacklistedToken {
  jti: string
  user: number | null
  createdAt: number
  expiresAt: number
  blacklistedAt: number
}

function blacklisted({ jti, user, ...times }: BlacklistedToken): FixtureRow[] {
  const pk = keyOf(jti)
  const outstanding = {
    ...{ user, jti, token: '' },
    created_at: new Date(times.createdAt).toISOString(),
    expires_at: new Date(times.expiresAt).toISOString(),
  }
  const dead = { token: pk, blacklisted_at: new Date(times.blacklistedAt).toISOString() }
  return [
    { model: 'token_blacklist.outstandingtoken', pk, fields: outstanding },
    { model: 'token_blacklist.blacklistedtoken', pk, fields: dead },
  ]
}

/** By the token, so that a second export names the same rows; 52 bits, which BigAutoField and JSON hold. */
const keyOf = (jti: string) =>
  Number.parseInt(createHash('sha256').update(jti).digest('hex').slice(0, 13), 16)
