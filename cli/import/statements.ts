// The SQL of an import, in pieces that D1 takes: each whole in itself, so that one that was applied is not
// wanted again, and one that was not leaves nothing.

import { sqlOf } from '../sql-literals.ts'
import type { Value } from './fields.ts'
import { defaultsOf } from './people.ts'
import type { Blacklisted, Key, Stage } from './stage.ts'
import { inOrder, type Wrapping } from './wrapping.ts'

/** Bytes. D1 takes statements of 100 KB. */
export const maxStatementLength = 95_000
/** Bytes; what wrangler holds in memory several times over. */
const maxPieceLength = 8_000_000
/** What takes some minutes, so that no more is lost where an import stops. */
const maxWrapped = 5000

/** An id is given out above all of Django's, and never below one that was given out here. */
export const sequenceStatements = (least: number) =>
  `INSERT INTO sqlite_sequence (name, seq) SELECT 'users', 0
  WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'users');
UPDATE sqlite_sequence SET seq = max(seq, ${least}) WHERE name = 'users';
`

export interface Piece {
  sql: string
  people: number
}

export async function* piecesOf(
  stage: Stage,
  wrapping: Wrapping,
  now: Date,
): AsyncGenerator<Piece> {
  const defaults = defaultsOf({ now })
  let piece = newPiece(now)
  let wrapped = 0
  const people = inOrder(stage.people(), wrapping.ahead, async ({ id, state, row }) => {
    if (state !== 'new') return { id }
    const values = JSON.parse(row) as Record<string, Value>
    return { id, values: { ...values, password: await wrapping.wrap(String(values.password)) } }
  })
  for await (const { id, values } of people) {
    if (values) {
      piece.people++
      piece.add('users', { id, ...defaults, ...values })
      for (const key of stage.keysOf(id)) piece.add('auth_tokens', keyRow(key))
    }
    for (const token of stage.blacklistedOf(id, now.getTime())) {
      if (token.tokenType === 'refresh') piece.end(token.jti)
      piece.add('revoked_tokens', revokedRow(token))
    }
    const { done } = wrapping.figures()
    if (piece.size() < maxPieceLength && done - wrapped < maxWrapped) continue
    yield piece.done()
    piece = newPiece(now)
    wrapped = done
  }
  if (piece.size() > 0) yield piece.done()
}

/** Keys go with their user alone: one that was ended here does not come back. */
const keyRow = ({ hash, userId, createdAt }: Key) => ({
  hash,
  user_id: userId,
  created_at: createdAt,
})

const revokedRow = ({ jti, userId, tokenType, expiresAt, revokedAt }: Blacklisted) => ({
  jti,
  user_id: userId,
  token_type: tokenType,
  expires_at: expiresAt,
  revoked_at: revokedAt,
})

/**
 * Ends the sessions of tokens that were used here and were blacklisted in Django since. Such a token has a
 * row of the denylist, made in the moment of its session (src/sessions/django-refresh-tokens.ts): before new rows are added.
 */
const revokeSessions = (jtis: string[], now: Date) => `UPDATE sessions
SET revoked_at = ${now.getTime()}, revoke_reason = 'blacklisted'
WHERE revoked_at IS NULL AND id IN (SELECT sessions.id FROM revoked_tokens used
  JOIN sessions ON sessions.user_id = used.user_id AND sessions.created_at = used.revoked_at
  WHERE used.token_type = 'refresh' AND used.jti IN (${jtis.map(sqlOf).join(', ')}));
`

/** So many ids, in hexadecimal, fit into a statement. */
const maxRevoked = 150

const tables = ['users', 'auth_tokens', 'revoked_tokens'] as const

function newPiece(now: Date) {
  const statements: Record<string, string[]> = {}
  const ended: string[] = []
  let size = 0
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
    people: 0,
    size: () => size,
    add(table: (typeof tables)[number], row: Record<string, Value>) {
      const [head, values] = [headOf(table, row), valuesOf(row)]
      const isFull = (open[table]?.size ?? 0) + values.length > maxStatementLength - 1000
      if (isFull || open[table]?.head !== head) close(table)
      const statement = open[table] ?? { head, values: [], size: 0 }
      open[table] = statement
      statement.values.push(values)
      statement.size += values.length + 2
      size += values.length + 2
    },
    /** Ends the session of a refresh token. */
    end(jti: string) {
      ended.push(jti)
      size += jti.length * 2
    },
    done(): Piece {
      for (const table of tables) close(table)
      const ends = Array.from({ length: Math.ceil(ended.length / maxRevoked) }, (_, i) =>
        revokeSessions(ended.slice(i * maxRevoked, (i + 1) * maxRevoked), now),
      )
      return {
        sql: [...ends, ...tables.flatMap((table) => statements[table] ?? [])].join(''),
        people: this.people,
      }
    },
  }
}

const headOf = (table: string, row: object) =>
  `INSERT INTO ${table} (${Object.keys(row).join(', ')}) VALUES\n`

export const valuesOf = (row: Record<string, Value>) =>
  `(${Object.values(row).map(sqlOf).join(', ')})`
