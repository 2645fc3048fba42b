// The rows of Simple JWT's blacklist: tokens that Gatehouse rejects, but Django would accept, because it has no sessions.
// They are the refresh tokens of revoked sessions, used refresh tokens if a token works once, and the denylist.

import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sessionIdFor } from '../../src/sessions/django-refresh-tokens.ts'
import { isSingleUse } from '../../src/sessions/rotation.ts'
import { refreshExpiry, refreshId } from '../../src/sessions/session-tokens.ts'
import type { Settings } from '../../src/settings/parse.ts'
import type { Row } from '../database.ts'
import type { FixtureRow } from './fixture.ts'
import { primaryKeyOf } from './users.ts'

/** SQL: the sessions whose last refresh token has not expired. */
export const selectSessions = (highestId: number, settings: Settings, now: Date) => {
  const { refreshTokenLifetime, leeway } = settings
  const oldest = now.getTime() - (refreshTokenLifetime + leeway) * 1000
  return (after: number) =>
    `SELECT rowid AS at, id, user_id, (SELECT uuid FROM users WHERE users.id = user_id) AS uuid,
       refresh_counter, created_at, refreshed_at, expires_at, revoked_at FROM sessions WHERE rowid > ${after} AND user_id <= ${highestId} AND refreshed_at > ${oldest}
     AND (expires_at IS NULL OR expires_at > ${now.getTime() - leeway * 1000}) ORDER BY rowid`
}

/** SQL: the denylist, without drf-jwt's token families, which Simple JWT's blacklist cannot hold. */
export const selectRevoked = (highestId: number, { leeway }: Settings, now: Date) => {
  const oldest = now.getTime() - leeway * 1000
  return (after: number) =>
    `SELECT rowid AS at, *, (SELECT email FROM users WHERE id = user_id) AS email,
       (SELECT uuid FROM users WHERE id = user_id) AS uuid, (SELECT username FROM users WHERE id = user_id) AS username
     FROM revoked_tokens WHERE rowid > ${after} AND token_type <> 'drf-jwt'
     AND coalesce(user_id, 0) <= ${highestId} AND expires_at > ${oldest} ORDER BY rowid`
}

/** Active sessions by id, in a file. They decide which of Django's refresh tokens are still valid. */
export function openActiveSessions(directory: string) {
  const database = new DatabaseSync(join(directory, 'active.sqlite'))
  database.exec('CREATE TABLE active (id TEXT PRIMARY KEY, counter INTEGER) WITHOUT ROWID; BEGIN')
  const insert = database.prepare('INSERT INTO active VALUES (?, ?)')
  const select = database.prepare('SELECT counter FROM active WHERE id = ?')
  return {
    add: (id: string, counter: number) => insert.run(id, counter),
    counterOf: (id: string) => select.get(id)?.counter as number | undefined,
    close: () => database.close(),
  }
}

export type ActiveSessions = ReturnType<typeof openActiveSessions>

export interface Blacklisting {
  rows: FixtureRow[]
  /** The number of tokens that are left out because the session has more than the limit: the oldest ones. */
  leftOut: number
}

/** The revoked or used tokens of a session, at most the `limit` newest ones. */
export async function blacklistedTokens(
  session: Row,
  settings: Settings,
  limit: number,
  active: ActiveSessions,
): Promise<Blacklisting> {
  const [id, counter] = [String(session.id), Number(session.refresh_counter)]
  const isRevoked = session.revoked_at !== null
  if (!isRevoked) active.add(id, counter)
  const end = isRevoked ? counter + 1 : isSingleUse(settings) ? counter : 0
  const first = Math.max(0, end - limit)
  const expiresAt = refreshExpiry(settings, {
    refreshedAt: new Date(Number(session.refreshed_at)),
    expiresAt: session.expires_at === null ? null : new Date(Number(session.expires_at)),
  })
  const token = {
    user: ownerOf(settings, session),
    createdAt: Number(session.created_at),
    expiresAt: expiresAt.getTime(),
    blacklistedAt: Number(session.revoked_at ?? session.refreshed_at),
  }
  const rows: FixtureRow[] = []
  for (let at = first; at < end; at++) {
    for (const secretKey of [settings.secretKey, ...settings.secretKeyFallbacks]) {
      rows.push(...rowsFor({ ...token, jti: await refreshId({ secretKey }, id, at) }))
    }
  }
  return { rows, leftOut: first }
}

/** The rows of a token in the denylist; none if it started a session here that still accepts it. */
export async function revokedRows(
  token: Row,
  settings: Settings,
  active: ActiveSessions,
): Promise<FixtureRow[]> {
  const jti = String(token.jti)
  if (token.token_type === 'refresh' && (await isStillValid(token, settings, active))) return []
  return rowsFor({
    jti,
    user: token.user_id === null ? null : ownerOf(settings, token),
    createdAt: Number(token.revoked_at),
    expiresAt: Number(token.expires_at),
    blacklistedAt: Number(token.revoked_at),
  })
}

async function isStillValid(token: Row, settings: Settings, active: ActiveSessions) {
  const ids = { id: ownerOf(settings, token), email: token.email, username: token.username }
  const claims = { [settings.userIdClaim]: ids[settings.userIdField] }
  const id = await sessionIdFor(settings, { jti: String(token.jti) }, claims)
  const counter = active.counterOf(id)
  return counter !== undefined && !(isSingleUse(settings) && counter > 0)
}

const ownerOf = (settings: Settings, { user_id: id, uuid }: Row) =>
  primaryKeyOf(settings, { id: id ?? null, uuid: uuid ?? null })

interface BlacklistedToken {
  jti: string
  user: number | string | null
  createdAt: number
  expiresAt: number
  blacklistedAt: number
}

/** One row in each of Simple JWT's two tables. */
function rowsFor({ jti, user, ...times }: BlacklistedToken): FixtureRow[] {
  const pk = tokenKeyOf(jti)
  const outstanding = {
    user,
    jti,
    token: '',
    created_at: new Date(times.createdAt).toISOString(),
    expires_at: new Date(times.expiresAt).toISOString(),
  }
  const blacklisted = { token: pk, blacklisted_at: new Date(times.blacklistedAt).toISOString() }
  return [
    { model: 'token_blacklist.outstandingtoken', pk, fields: outstanding },
    { model: 'token_blacklist.blacklistedtoken', pk, fields: blacklisted },
  ]
}

/** A key that is the same for a token in every export. It has 52 bits, which BigAutoField and JSON can hold. */
const tokenKeyOf = (jti: string) =>
  Number.parseInt(createHash('sha256').update(jti).digest('hex').slice(0, 13), 16)
