// The SQL of an import, in pieces that D1 accepts. A piece is complete in itself: once applied it is not needed again,
// and a piece that fails leaves nothing behind.

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
/** Passwords to wrap in one piece: some minutes of work, which is lost if an import stops. */
const maxWrapped = 5000

/** Raises the next id to `minimum`, above all of Django's. It never lowers it. */
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
  const users = mapInOrder(stage.users(), wrapping.maxWaiting, async ({ id, state, row }) => {
    if (state !== 'new') return { id }
    const values = JSON.parse(row) as Record<string, Value>
    return { id, values: { ...values, password: await wrapping.wrap(String(values.password)) } }
  })
  for await (const { id, values } of users) {
    if (values) {
      piece.countUser()
      piece.add('users', { id, ...defaults, ...values })
      for (const key of stage.keysOf(id)) piece.add('auth_tokens', keyRow(key))
    }
    for (const token of stage.blacklistedOf(id, now.getTime())) {
      if (token.tokenType === 'refresh') piece.revokeSession(token.jti)
      piece.add('revoked_tokens', revokedRow(token))
    }
    const { done } = wrapping.figures()
    if (piece.size() < maxPieceLength && done - wrapped < maxWrapped) continue
    yield piece.finish()
    piece = newPiece(now)
    wrapped = done
  }
  if (piece.size() > 0) yield piece.finish()
}

/** Keys are imported only with their user, so that a key that was revoked here does not come back. */
const keyRow = ({ hash, userId, createdAt }: Key) => ({
  hash,
  user_id: userId,
  created_at: createdAt,
})

const revokedRow = ({ jti, userId, tokenType, expiresAt, revokedAt }: BlacklistedToken) => ({
  jti,
  user_id: userId,
  token_type: tokenType,
  expires_at: expiresAt,
  revoked_at: revokedAt,
})

/**
 * Revokes the sessions of tokens that were used here, and blacklisted in Django since. The denylist has a row for such a
 * token, created together with its session (src/sessions/django-refresh-tokens.ts). It must run before new rows are added.
 */
const revokeSessions = (jtis: string[], now: Date) => `UPDATE sessions
SET revoked_at = ${now.getTime()}, revoke_reason = 'blacklisted'
WHERE revoked_at IS NULL AND id IN (SELECT sessions.id FROM revoked_tokens used
  JOIN sessions ON sessions.user_id = used.user_id AND sessions.created_at = used.revoked_at
  WHERE used.token_type = 'refresh' AND used.jti IN (${jtis.map(sqlLiteral).join(', ')}));
`

/** The number of ids, in hexadecimal, that fit into a statement. */
const maxRevoked = 150

const tables = ['users', 'auth_tokens', 'revoked_tokens'] as const

function newPiece(now: Date) {
  const statements: Record<string, string[]> = {}
  const revoked: string[] = []
  let [users, size] = [0, 0]
  const open: Record<string, { head: string; values: string[]; size: number }> = {}
  const close = (table: string) => {
    const { head, values } = open[table] ?? { head: '', values: [] }
    if (values.length > 0) {
      statements[table] = [
        ...[statements[table] ?? []].flat(),
        `${head}${values.join(',\n')}\nON CONFLICT DO NOTHING;\n`,
      ]
    }
    delete open[table]
  }
  return {
    size: () => size,
    countUser() {
      users++
    },
    add(table: (typeof tables)[number], row: Record<string, Value>) {
      const [head, values] = [headOf(table, row), rowLiteral(row)]
      const isFull = (open[table]?.size ?? 0) + values.length > maxStatementLength - 1000
      if (isFull || open[table]?.head !== head) close(table)
      const statement = open[table] ?? { head, values: [], size: 0 }
      open[table] = statement
      statement.values.push(values)
      statement.size += values.length + 2
      size += values.length + 2
    },
    /** @param jti of the refresh token that started the session */
    revokeSession(jti: string) {
      revoked.push(jti)
      size += jti.length * 2
    },
    finish(): Piece {
      for (const table of tables) close(table)
      const revocations = Array.from({ length: Math.ceil(revoked.length / maxRevoked) }, (_, i) =>
        revokeSessions(revoked.slice(i * maxRevoked, (i + 1) * maxRevoked), now),
      )
      return {
        sql: [...revocations, ...tables.flatMap((table) => statements[table] ?? [])].join(''),
        users,
      }
    },
  }
}

const headOf = (table: string, row: object) =>
  `INSERT INTO ${table} (${Object.keys(row).join(', ')}) VALUES\n`

export const rowLiteral = (row: Record<string, Value>) =>
  `(${Object.values(row).map(sqlLiteral).join(', ')})`
