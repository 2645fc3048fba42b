// What an operator is shown: people, one of them, and his log-ins.

import { desc, eq, sql } from 'drizzle-orm'
import { listSessions as listLiving } from '../../src/auth/session-management.ts'
import { type Session, sessions } from '../../src/schema.ts'
import { parseUserAgent } from '../../src/user-agent.ts'
import {
  accessOf,
  bySqlName,
  findUsers,
  jsonOf,
  nameOf,
  printable,
  type Task,
  table,
  timeOf,
  type UserFilter,
  type UserSummary,
} from './people.ts'

export async function listUsers({ db, json }: Task, wanted: UserFilter) {
  const people = await findUsers(db, wanted)
  if (json) return console.log(jsonOf(people.map(bySqlName)))
  const head = ['id', 'e-mail', 'username', 'status', 'is', 'joined', 'last log-in']
  const rows = people.map((person) => [
    String(person.id),
    person.email ?? '',
    person.username ?? '',
    person.status,
    rightsOf(person),
    timeOf(person.dateJoined),
    timeOf(person.lastLogin),
  ])
  console.log(table(head, rows))
  if (people.length === wanted.limit) console.log(`The newest ${wanted.limit}: --limit has more.`)
}

export async function showUser({ db, settings, now, json }: Task, person: UserSummary) {
  const access = await accessOf(db, settings, person.id, now)
  if (json) return console.log(jsonOf(bySqlName({ ...person, ...access })))
  const lines: [string, unknown][] = Object.entries({
    ...bySqlName(person),
    password: access?.hasher === null ? 'none' : access?.hasher || 'a bare digest',
    'living sessions': access?.sessions,
    'authtoken keys': access?.keys,
  })
  for (const [name, value] of lines) {
    const text = value instanceof Date ? value.toISOString() : String(value ?? '')
    console.log(`${`${name}:`.padEnd(18)}${printable(text)}`.trimEnd())
  }
}

export async function listSessions(
  { db, settings, now, json }: Task,
  person: UserSummary,
  { all }: { all: boolean },
) {
  const rows = all
    ? await db
        .select()
        .from(sessions)
        .where(eq(sessions.userId, person.id))
        .orderBy(desc(sessions.createdAt))
    : await listLiving(db, settings, sql`${person.id}`, now)
  if (json) return console.log(jsonOf(rows.map(bySqlName)))
  if (rows.length === 0) return console.log(`${nameOf(person, settings)} is not logged in.`)
  const head = ['id', 'device', 'ip', 'country', 'created', 'last used', ...(all ? ['ended'] : [])]
  console.log(table(head, rows.map(cellsOf)))
}

const cellsOf = (session: Session) => {
  const { browser, os } = parseUserAgent(session.userAgent)
  return [
    session.id,
    [browser, os].filter(Boolean).join(', '),
    session.ip ?? '',
    session.country ?? '',
    timeOf(session.createdAt),
    timeOf(session.lastUsedAt ?? session.refreshedAt),
    session.revokedAt ? `${timeOf(session.revokedAt)} ${session.revokeReason}` : '',
  ]
}

const rightsOf = ({ isStaff, isSuperuser }: UserSummary) => {
  if (isSuperuser) return 'superuser'
  return isStaff ? 'staff' : ''
}
