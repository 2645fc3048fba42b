// Changes an account's rights, and the fields of the deployer's user model.

import { and, eq } from 'drizzle-orm'
import { safeParse } from 'valibot'
import { missingReferences } from '../../src/accounts/foreign-keys.ts'
import { type Rights, setRights } from '../../src/accounts/rights.ts'
import { findDuplicates } from '../../src/accounts/unique-fields.ts'
import { modelField } from '../../src/http/model-fields.ts'
import { userModel, users } from '../../src/schema.ts'
import { findRecorded, recordEvent } from '../../src/security-events.ts'
import { batch, previousStatementWrote } from '../../src/statements.ts'
import type { FieldName } from '../../src/user-model.ts'
import { fail } from '../fail.ts'
import { listed } from '../numbers.ts'
import { commandFor } from '../project.ts'
import { columnOf } from '../sql-literals.ts'
import { operator, requestInfoAt, userIsGone } from './commands.ts'
import { nameOf, type Task, type UserSummary } from './queries.ts'
import { printable } from './terminal.ts'

export async function setStaff(task: Task, user: UserSummary, isStaff: boolean) {
  if (!isStaff && user.isSuperuser) {
    fail(
      `${nameOf(user, task.settings)} is a superuser, and a superuser is always staff. ` +
        `First run ${commandFor('user', 'superuser USER --off')}`,
    )
  }
  const detail = isStaff ? 'staff' : 'not staff'
  await changeRights(task, user, { isStaff, isSuperuser: user.isSuperuser }, detail)
}

/** As in Django, a superuser is staff. A user that is no longer a superuser stays staff. */
export async function setSuperuser(task: Task, user: UserSummary, isSuperuser: boolean) {
  const detail = isSuperuser ? 'superuser' : 'not superuser'
  await changeRights(task, user, { isStaff: isSuperuser || user.isStaff, isSuperuser }, detail)
}

async function changeRights(
  { db, settings, now }: Task,
  user: UserSummary,
  rights: Rights,
  detail: string,
) {
  const name = nameOf(user, settings)
  const state = detail.replace('superuser', 'a superuser')
  if (rights.isStaff === user.isStaff && rights.isSuperuser === user.isSuperuser) {
    return console.log(`${name} is ${state} already.`)
  }
  const change = { userId: user.id, ...rights, detail }
  const isSet = await setRights(db, operator, change, requestInfoAt(now))
  if (!isSet) fail(`${name} was deleted, or changed at the same time. Check it with show.`)
  console.log(
    `${name} is ${/^not /.test(state) ? state.replace('not', 'no longer') : `now ${state}`}.`,
  )
}

/**
 * Sets fields of the user model, even fields that no request may write.
 * @param assignments each as NAME=VALUE
 */
export async function setFields(
  { db, settings, now }: Task,
  user: UserSummary,
  assignments: string[],
) {
  const changes = Object.fromEntries(assignments.map(parseAssignment))
  const names = Object.keys(changes)
  const missing = await missingReferences(db, changes)
  const taken = await findDuplicates(db, changes, user.id)
  const errors = [
    ...missing.map((name) => `${name}: there is no row ${printable(String(changes[name]))}.`),
    ...taken.map((name) => `${name}: another user has this value.`),
  ]
  if (errors.length > 0) fail(`${errors.join('\n')}\nNothing was changed.`)

  const info = requestInfoAt(now)
  const own = eq(users.id, user.id)
  const edited = { type: 'account_edited', detail: names.join(','), actorId: operator.id } as const
  const { recorded } = await batch(db, {
    update: db.update(users).set(changes).where(own),
    event: recordEvent(db, edited, and(own, previousStatementWrote), info),
    recorded: findRecorded(db, 'account_edited', info),
  })
  const name = nameOf(user, settings)
  if (recorded.length === 0) fail(userIsGone(name))
  console.log(`${name}: ${listed(names)} ${names.length === 1 ? 'was' : 'were'} set.`)
}

function parseAssignment(assignment: string): [name: string, value: unknown] {
  const [, name = '', text = ''] = /^(\w+)=(.*)$/s.exec(assignment) ?? []
  if (!name) fail(`${printable(assignment)} must be written as NAME=VALUE.`)
  if (!Object.hasOwn(userModel.fields, name)) {
    fail(
      `There is no field ${name}. The user model has ${Object.keys(userModel.fields).join(', ')}.`,
    )
  }
  // As in a form of REST framework, a blank text for a column that may be null means null.
  if (text === '' && !columnOf(name).notNull) return [name, null]
  const { success, output, issues } = safeParse(modelField(name as FieldName, false), text)
  if (!success) fail(`${name}: ${issues[0].message}`)
  return [name, output]
}
