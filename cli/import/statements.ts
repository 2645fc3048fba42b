// The SQL of an import, in pieces that D1 accepts. D1 applies a piece whole or not at all, so an import that stops can
// continue after the last applied piece.

import type { SQL } from 'drizzle-orm'
import { inGroups } from '../../src/db.ts'
import { sqlLiteral } from '../sql-literals.ts'
import type { Value } from './fields.ts'
import { defaultsOf } from './imported-user.ts'
import type { Stage } from './stage.ts'
import type { BlacklistedToken, Key } from './stage-tokens.ts'
import { mapInOrder, type Wrapping } from './wrapping.ts'

/** Bytes. D1 accepts statements of up to 100 KB. */
export const maxStatementLength = 95_000
/** Bytes. wrangler keeps a piece in memory several times. */
const maxPieceLength = 8_000_000
/** The most passwords that one piece wraps: some minutes of work, which are lost if the import stops. */
const maxWrapped = 5000

/** Makes new users get ids above `minimum`, and so above all of Django's. Never lowers the next id. */
export const sequenceStatements = (minimum: number) =>
  `INSERT INTO sqlite_sequence (name, seq) SELECT 'users', 0
  WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'users');
UPDATE sqlite_sequence SET seq = max(seq, ${minimum}) WHERE name = 'users';
`

export interface Piece {
  sql: string
  /** The number of users in it. */
  users: number
}

export async function* piecesOf(
  stage: Stage,
  wrapping: Wrapping,
  now: Date,
): AsyncGenerator<Piece> {
  const defaults = defaultsOf({ now })
  let piece = newPiece(now)
  let wrapped = 0
  const users = mapInOrder(stage.users(), wrapping.maxConcurrent, async (user) => {
    const { id, newId, state } = user
    if (state !== 'new') return { id, newId }
    const row = JSON.parse(user.row) as Record<string, Value>
    const password = await wrapping.wrap(String(row.password))
    return { id, newId, values: { uuid: crypto.randomUUID(), ...defaults, ...row, password } }
  })
  for await (const { id, newId, values } of users) {
    if (values) {
      piece.countUser()
      piece.add('users', { id: newId, ...values })
      for (const key of stage.keysOf(id)) piece.add('auth_tokens', keyRow(key, newId))
    }
    for (const token of stage.blacklistedOf(id, now.getTime())) {
      if (token.tokenType === 'refresh') piece.revokeSession(token.jti)
      piece.add('revoked_tokens', revokedRow(token, newId))
    }
    const { done } = wrapping.figures()
    if (piece.size() < maxPieceLength && done - wrapped < maxWrapped) continue
    yield piece.finish()
    piece = newPiece(now)
    wrapped = done
  }
  if (piece.size() > 0) yield piece.finish()
}

/** Keys are imported only with a new user. A key of a user that was imported before may have been revoked here. */
const keyRow = ({ hash, createdAt }: Key, userId: number) => ({
  hash,
  user_id: userId,
  created_at: createdAt,
})

const revokedRow = (
  { jti, tokenType, expiresAt, revokedAt }: BlacklistedToken,
  userId: number,
) => ({
  jti,
  user_id: userId,
  token_type: tokenType,
  expires_at: expiresAt,
  revoked_at: revokedAt,
})

/**
 * Revokes the sessions of refresh tokens that were used here first, and then blacklisted in Django. The denylist has a row
 * for such a token, created together with its session (src/sessions/django-refresh-tokens.ts). This must run before the
 * piece adds rows to the denylist.
 */
const revokeSessions = (jtis: string[], now: Date) => `UPDATE sessions
SET revoked_at = ${now.getTime()}, revoke_reason = 'blacklisted'
WHERE revoked_at IS NULL AND id IN (SELECT sessions.id FROM revoked_tokens used
  JOIN sessions ON sessions.user_id = used.user_id AND sessions.created_at = used.revoked_at
  WHERE used.token_type = 'refresh' AND used.jti IN (${jtis.map(sqlLiteral).join(', ')}));
`

/** The most ids of tokens in one statement. */
const maxRevoked = 150

function newPiece(now: Date) {
  const inserts = {
    users: newInserts('users'),
    auth_tokens: newInserts('auth_tokens'),
    revoked_tokens: newInserts('revoked_tokens'),
  }
  const revoked: string[] = []
  let [users, size] = [0, 0]
  return {
    size: () => size,
    countUser() {
      users++
    },
    add(table: keyof typeof inserts, row: Record<string, Value | SQL>) {
      size += inserts[table].add(row)
    },
    /** @param jti of the refresh token that started the session */
    revokeSession(jti: string) {
      revoked.push(jti)
      size += jti.length * 2
    },
    finish(): Piece {
      const revocations = inGroups(revoked, maxRevoked).map((jtis) => revokeSessions(jtis, now))
      const inserted = Object.values(inserts).flatMap((insert) => insert.finish())
      return { sql: [...revocations, ...inserted].join(''), users }
    },
  }
}

/** Collects rows of a table in INSERT statements of as many rows as D1 accepts. */
function newInserts(table: string) {
  const statements: string[] = []
  let open = { head: '', rows: [] as string[], size: 0 }
  const close = (nextHead: string) => {
    if (open.rows.length > 0) {
      statements.push(`${open.head}${open.rows.join(',\n')}\nON CONFLICT DO NOTHING;\n`)
    }
    open = { head: nextHead, rows: [], size: 0 }
  }
  return {
    /** @returns the length of SQL that the row adds */
    add(row: Record<string, Value | SQL>): number {
      const [head, literal] = [headOf(table, row), rowLiteral(row)]
      const isFull = open.size + literal.length > maxStatementLength - 1000
      if (isFull || open.head !== head) close(head)
      open.rows.push(literal)
      open.size += literal.length + 2
      return literal.length + 2
    },
    finish(): string[] {
      close('')
      return statements
    },
  }
}

const headOf = (table: string, row: object) =>
  `INSERT INTO ${table} (${Object.keys(row).join(', ')}) VALUES\n`

export const rowLiteral = (row: Record<string, Value | SQL>) =>
  `(${Object.values(row).map(sqlLiteral).join(', ')})`
