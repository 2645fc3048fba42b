// What an operator does to an account. He has none himself, and reaches everybody's.

import { and, eq } from 'drizzle-orm'
import {
  afterPasswordReset,
  passwordErrors,
  updatePasswordHash,
} from '../../src/accounts/password-update.ts'
import { setStatus } from '../../src/accounts/status.ts'
import type { Caller } from '../../src/accounts/users.ts'
import { revokeAllSessions, revokeSession } from '../../src/auth/session-management.ts'
import type { RequestInfo } from '../../src/request-info.ts'
import { sessions, users } from '../../src/schema.ts'
import { findRecorded } from '../../src/security-events.ts'
import { strip } from '../../src/strip.ts'
import { fail } from '../fail.ts'
import { askNewPassword, blank, isCommon } from '../new-password.ts'
import { openPrompt } from '../prompt.ts'
import { hashOf } from '../superuser.ts'
import { nameOf, printable, type Task, type UserSummary } from './people.ts'

/** An id that no user has. */
export const operator: Caller = { id: 0, isStaff: true, isSuperuser: true }

const maxPasswordLength = 4096

export const requestInfoAt = (now: Date): RequestInfo => ({ now, requestId: crypto.randomUUID() })

export async function setStatusOf(
  { db, settings, now }: Task,
  person: UserSummary,
  status: 'active' | 'disabled',
) {
  const name = nameOf(person, settings)
  const isSet = await setStatus(
    db,
    settings,
    operator,
    { userId: person.id, status },
    requestInfoAt(now),
  )
  if (isSet && status === 'active' && person.disabledFrom === 'pending') {
    return console.log(`${name} is pending again: the address must still be confirmed by mail.`)
  }
  if (isSet) return console.log(`${name} is ${status}.`)
  if ((status === 'disabled') !== (person.status === 'disabled')) {
    fail(
      `Whether ${name} is ${status} is not certain: look with show; end-sessions ends what is left.`,
    )
  }
  if (status === 'disabled') console.log(`${name} is disabled already.`)
  else console.log(`${name} is not disabled but ${person.status}.`)
}

export async function setPassword({ db, settings, now }: Task, person: UserSummary) {
  const judge = async (password: string) => [
    ...(strip(password) === password
      ? []
      : ['It begins or ends with a blank, which log-in drops.']),
    ...([...password].length > maxPasswordLength ? ['It is too long to log in with.'] : []),
    ...(await passwordErrors(settings, password, person, isCommon)),
  ]
  const name = nameOf(person, settings)
  const password = process.stdin.isTTY ? await asked(name, judge) : await piped(judge)

  const info = requestInfoAt(now)
  const hash = hashOf(password, settings)
  const batch = await db.batch([
    updatePasswordHash(db, eq(users.id, person.id), hash),
    ...afterPasswordReset(db, settings, { userId: person.id, hash, actorId: operator.id }, info),
    findRecorded(db, 'password_changed', info),
  ])
  const isDone = (batch.at(-1) as unknown[]).length > 0
  if (!isDone) fail(`${name} is gone; nothing was changed.`)
  console.log(`${name} has another password, and is logged out everywhere.`)
}

async function asked(name: string, judge: (password: string) => Promise<string[]>) {
  const prompt = openPrompt(() => fail('\nNothing was changed.'))
  console.log(`A new password for ${name}.`)
  const insist = 'Bypass password validation and set it anyway?'
  const password = await askNewPassword(prompt, judge, insist)
  prompt.close()
  return password
}

/** All that comes in but the end of its last line; what is too weak is refused. */
async function piped(judge: (password: string) => Promise<string[]>) {
  let text = ''
  for await (const chunk of process.stdin.setEncoding('utf8')) text += chunk
  const password = text.replace(/\r?\n$/, '')
  if (password.trim() === '') fail(blank)
  const sentences = await judge(password)
  if (sentences.length > 0) fail(sentences.join('\n'))
  return password
}

export async function revokeAll({ db, settings, now }: Task, person: UserSummary) {
  const isDone = await revokeAllSessions(db, operator, person.id, {}, requestInfoAt(now))
  const name = nameOf(person, settings)
  if (!isDone) fail(`${name} is gone; nothing was changed.`)
  console.log(`${name} is logged out everywhere.`)
}

export async function revokeOne({ db, settings, now }: Task, person: UserSummary, id: string) {
  const name = nameOf(person, settings)
  const isHis = and(eq(sessions.id, id), eq(sessions.userId, person.id))
  const [his] = await db.select({ id: sessions.id }).from(sessions).where(isHis)
  const isDone = his && (await revokeSession(db, operator, id, 'user', requestInfoAt(now)))
  if (!isDone) fail(`${name} has no living session ${printable(id)}.`)
  console.log(`That session of ${name} is over.`)
}
