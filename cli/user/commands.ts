// The operator's changes to an account: disable, enable, set a password, revoke sessions.

import { and, eq } from 'drizzle-orm'
import {
  afterPasswordReset,
  passwordErrors,
  updatePasswordHash,
} from '../../src/accounts/password-update.ts'
import { setStatus } from '../../src/accounts/status.ts'
import type { Caller } from '../../src/accounts/users.ts'
import { revokeAllSessions, revokeSession } from '../../src/auth/session-management.ts'
import { asNamed } from '../../src/public-id.ts'
import type { RequestInfo } from '../../src/request-info.ts'
import { sessions, users } from '../../src/schema.ts'
import { findRecorded } from '../../src/security-events.ts'
import { batch } from '../../src/statements.ts'
import { strip } from '../../src/strip.ts'
import { fail } from '../fail.ts'
import { askNewPassword, blankPassword, isCommon } from '../new-password.ts'
import { commandFor } from '../project.ts'
import { openPrompt } from '../prompt.ts'
import { hashPassword } from '../superuser.ts'
import { nameOf, type Task, type UserSummary } from './queries.ts'
import { printable } from './terminal.ts'

/** The operator as a caller. Its id belongs to no user, and it has every right. */
export const operator: Caller = { id: 0, isStaff: true, isSuperuser: true }

const maxPasswordLength = 4096

export const requestInfoAt = (now: Date): RequestInfo => ({ now, requestId: crypto.randomUUID() })

export async function changeStatus(
  { db, settings, now }: Task,
  user: UserSummary,
  status: 'active' | 'disabled',
) {
  const name = nameOf(user, settings)
  const change = { user: asNamed(settings, user), status }
  const isSet = await setStatus(db, settings, operator, change, requestInfoAt(now))
  if (isSet && status === 'active' && user.disabledFrom === 'pending') {
    return console.log(`${name} is pending again: the user must still confirm the email.`)
  }
  if (isSet) return console.log(`${name} is ${status}.`)
  if ((status === 'disabled') !== (user.status === 'disabled')) {
    fail(
      `${name} may not be ${status}: the user was changed at the same time. ` +
        'Check it with show. end-sessions revokes sessions that are left.',
    )
  }
  if (status === 'disabled') console.log(`${name} is already disabled.`)
  else console.log(`${name} is not disabled. The status is ${user.status}.`)
}

export async function setPassword({ db, settings, now }: Task, user: UserSummary) {
  const name = nameOf(user, settings)
  const validate = async (password: string) => [
    ...(strip(password) === password
      ? []
      : ['The password must not begin or end with a blank, because a login removes it.']),
    ...([...password].length > maxPasswordLength
      ? [`The password must have at most ${maxPasswordLength} characters.`]
      : []),
    ...(await passwordErrors(settings, password, user, isCommon)),
  ]
  const password = process.stdin.isTTY
    ? await askPassword(name, validate)
    : await readPassword(validate)

  const info = requestInfoAt(now)
  const hash = hashPassword(password, settings)
  const reset = { userId: user.id, hash, actorId: operator.id }
  const { recorded } = await batch(db, {
    update: updatePasswordHash(db, eq(users.id, user.id), hash),
    followUp: afterPasswordReset(db, settings, reset, info),
    recorded: findRecorded(db, 'password_changed', info),
  })
  if (recorded.length === 0) fail(userIsGone(name))
  console.log(`${name} has a new password, and is logged out everywhere.`)
}

async function askPassword(name: string, validate: (password: string) => Promise<string[]>) {
  const prompt = openPrompt(() => fail('\nNothing was changed.'))
  console.log(`New password for ${name}.`)
  const insist = 'Bypass password validation and set it anyway?'
  const password = await askNewPassword(prompt, validate, insist)
  prompt.close()
  return password
}

/** Reads a password from a pipe, without the last line break. Fails if the password has errors. */
async function readPassword(validate: (password: string) => Promise<string[]>) {
  let text = ''
  for await (const chunk of process.stdin.setEncoding('utf8')) text += chunk
  const password = text.replace(/\r?\n$/, '')
  if (password.trim() === '') fail(blankPassword)
  const errors = await validate(password)
  if (errors.length > 0) fail(errors.join('\n'))
  return password
}

export async function revokeAll({ db, settings, now }: Task, user: UserSummary) {
  const isDone = await revokeAllSessions(
    db,
    operator,
    asNamed(settings, user),
    {},
    requestInfoAt(now),
  )
  const name = nameOf(user, settings)
  if (!isDone) fail(userIsGone(name))
  console.log(`${name} is logged out everywhere.`)
}

export async function revokeOne({ db, settings, now }: Task, user: UserSummary, id: string) {
  const name = nameOf(user, settings)
  const isOwn = and(eq(sessions.id, id), eq(sessions.userId, user.id))
  const [own] = await db.select({ id: sessions.id }).from(sessions).where(isOwn)
  const isDone = own && (await revokeSession(db, operator, id, 'user', requestInfoAt(now)))
  if (!isDone) {
    fail(
      `${name} has no active session ${printable(id)}. \`${commandFor('user', 'sessions USER')}\` lists them.`,
    )
  }
  console.log(`The session of ${name} is revoked.`)
}

export const userIsGone = (name: string) => `${name} was deleted. Nothing was changed.`
