// Prints users, one user, and a user's sessions.

import { desc, eq, sql } from 'drizzle-orm'
import { listSessions as listActive } from '../../src/auth/session-management.ts'
import { publicIdOf } from '../../src/public-id.ts'
import { type Session, sessions } from '../../src/schema.ts'
import { parseUserAgent } from '../../src/user-agent.ts'
import { count } from '../numbers.ts'
import {
  findAccess,
  findUsers,
  nameOf,
  type Task,
  type UserFilter,
  type UserSummary,
} from './queries.ts'
import { bySqlName, table, timeCell } from './table.ts'
import { printable, printableJson } from './terminal.ts'

export async function listUsers({ db, settings, json }: Task, filter: UserFilter) {
  const found = await findUsers(db, filter)
  const users = found.map((user) => ({ ...user, id: publicIdOf(settings, user) }))
  if (json) return console.log(printableJson(users.map(bySqlName)))
  const head = ['id', 'email', 'username', 'status', 'rights', 'joined', 'last login']
  const rows = users.map((user) => [
    String(user.id),
    user.email ?? '',
    user.username ?? '',
    user.status,
    rightsOf(user),
    timeCell(user.dateJoined),
    timeCell(user.lastLogin),
  ])
  console.log(table(head, rows))
  if (users.length === filter.limit) {
    console.log(`Only the newest ${count(filter.limit, 'user')}. --limit N shows more.`)
  }
}

export async function showUser({ db, settings, now, json }: Task, user: UserSummary) {
  const access = await findAccess(db, settings, user.id, now)
  const shown = { ...user, id: publicIdOf(settings, user) }
  if (json) return console.log(printableJson(bySqlName({ ...shown, ...access })))
  const lines: [string, unknown][] = Object.entries({
    ...bySqlName(shown),
    password: access?.hasher === null ? 'none' : access?.hasher || 'a bare digest',
    'active sessions': access?.sessions,
    'authtoken keys': access?.keys,
  })
  for (const [name, value] of lines) {
    const text = value instanceof Date ? value.toISOString() : String(value ?? '')
    console.log(`${`${name}:`.padEnd(18)}${printable(text)}`.trimEnd())
  }
}

export async function listSessions(
  { db, settings, now, json }: Task,
  user: UserSummary,
  { all }: { all: boolean },
) {
  const rows = all
    ? await db
        .select()
        .from(sessions)
        .where(eq(sessions.userId, user.id))
        .orderBy(desc(sessions.createdAt))
    : await listActive(db, settings, sql`${user.id}`, now)
  if (json) return console.log(printableJson(rows.map(bySqlName)))
  if (rows.length === 0) return console.log(`${nameOf(user, settings)} is not logged in.`)
  const head = ['id', 'device', 'ip', 'country', 'created', 'last used']
  console.log(table(all ? [...head, 'revoked'] : head, rows.map(cellsOf)))
}

const cellsOf = (session: Session) => {
  const { browser, os } = parseUserAgent(session.userAgent)
  return [
    session.id,
    [browser, os].filter(Boolean).join(', '),
    session.ip ?? '',
    session.country ?? '',
    timeCell(session.createdAt),
    timeCell(session.lastUsedAt ?? session.refreshedAt),
    session.revokedAt ? `${timeCell(session.revokedAt)} ${session.revokeReason}` : '',
  ]
}

const rightsOf = ({ isStaff, isSuperuser }: Pick<UserSummary, 'isStaff' | 'isSuperuser'>) => {
  if (isSuperuser) return 'superuser'
  return isStaff ? 'staff' : ''
}
