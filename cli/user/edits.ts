// What an operator writes on an account: its rights, and the fields of the deployer's own model.

import { and, eq, sql } from 'drizzle-orm'
import { safeParse } from 'valibot'
import { missingReferences } from '../../src/accounts/foreign-keys.ts'
import { type Rights, setRights } from '../../src/accounts/rights.ts'
import { findDuplicates } from '../../src/accounts/unique-fields.ts'
import { modelField } from '../../src/http/model-fields.ts'
import { users } from '../../src/schema.ts'
import { findRecorded, recordEvent } from '../../src/security-events.ts'
import { type FieldName, userModel } from '../../src/user-model.ts'
import { fail } from '../fail.ts'
import { columnOf } from '../sql-literals.ts'
import { operator, requestInfoAt } from './commands.ts'
import { nameOf, printable, type Task, type UserSummary } from './people.ts'

export async function setStaff(task: Task, person: UserSummary, isStaff: boolean) {
  if (!isStaff && person.isSuperuser) {
    fail(
      `${nameOf(person, task.settings)} is a superuser: first npm run user -- superuser USER --off`,
    )
  }
  const detail = isStaff ? 'staff' : 'not staff'
  await set(task, person, { isStaff, isSuperuser: person.isSuperuser }, detail)
}

/** As in Django, a superuser is staff; one who is no longer a superuser stays it. */
export async function setSuperuser(task: Task, person: UserSummary, isSuperuser: boolean) {
  const detail = isSuperuser ? 'superuser' : 'not superuser'
  await set(task, person, { isStaff: isSuperuser || person.isStaff, isSuperuser }, detail)
}

async function set(
  { db, settings, now }: Task,
  person: UserSummary,
  rights: Rights,
  detail: string,
) {
  const name = nameOf(person, settings)
  const what = detail.replace('superuser', 'a superuser')
  if (rights.isStaff === person.isStaff && rights.isSuperuser === person.isSuperuser) {
    return console.log(`${name} is ${what} already.`)
  }
  const isSet = await setRights(
    db,
    operator,
    { userId: person.id, ...rights, detail },
    requestInfoAt(now),
  )
  if (!isSet) fail(`${name} is gone, or was changed meanwhile; look with show.`)
  console.log(`${name} is ${what} now.`)
}

/** Writes any field of the model, also one that no request writes. @param assignments each as NAME=VALUE */
export async function setFields(
  { db, settings, now }: Task,
  person: UserSummary,
  assignments: string[],
) {
  const changes = Object.fromEntries(assignments.map(changeIn))
  const names = Object.keys(changes)
  const missing = await missingReferences(db, changes)
  const taken = await findDuplicates(db, changes, person.id)
  const faults = [
    ...missing.map((name) => `${name}: there is no row ${printable(String(changes[name]))}.`),
    ...taken.map((name) => `${name}: another user has this value.`),
  ]
  if (faults.length > 0) fail(`${faults.join('\n')}\nNothing was changed.`)

  const info = requestInfoAt(now)
  const edited = { type: 'account_edited', detail: names.join(','), actorId: operator.id } as const
  const [, , done] = await db.batch([
    db.update(users).set(changes).where(eq(users.id, person.id)),
    recordEvent(db, edited, and(eq(users.id, person.id), sql`changes() > 0`), info),
    findRecorded(db, 'account_edited', info),
  ])
  const name = nameOf(person, settings)
  if (done.length === 0) fail(`${name} is gone; nothing was changed.`)
  console.log(`${name}: ${names.join(', ')} was set.`)
}

function changeIn(assignment: string): [name: string, value: unknown] {
  const [, name = '', text = ''] = /^(\w+)=(.*)$/s.exec(assignment) ?? []
  if (!name) fail(`${printable(assignment)} is no assignment; write NAME=VALUE.`)
  if (!Object.hasOwn(userModel, name)) {
    fail(`There is no field ${name}; the model has ${Object.keys(userModel).join(', ')}.`)
  }
  // As REST framework reads a form; a blank text that may be null is none.
  if (text === '' && !columnOf(name).notNull) return [name, null]
  const { success, output, issues } = safeParse(modelField(name as FieldName, false), text)
  if (!success) fail(`${name}: ${issues[0].message}`)
  return [name, output]
}
