// Converts a row of `users` into a fixture row of Django's user model.

import { isReadable } from '../../src/passwords/algorithms.ts'
import { userModel } from '../../src/schema.ts'
import type { Settings } from '../../src/settings/parse.ts'
import type { Row } from '../database.ts'
import { columns, type Fields, fieldsBy, type Mapping } from '../import/fields.ts'
import { type Findings, report } from '../import/findings.ts'
import type { FixtureRow } from './fixture.ts'

export interface Model {
  /** Django's label of the user model, such as `auth.user` or `accounts.UserAccount`. */
  name: string
  fields: Fields
  /** Our columns for which the model has no field. */
  columnsWithoutField: string[]
  settings: Settings
}

/** The fields of `django.contrib.auth.models.User`, with the maximum length of each; 0 for none. */
const djangoFields: Record<string, number> = {
  username: 150,
  first_name: 150,
  last_name: 150,
  email: 254,
  password: 128,
  last_login: 0,
  date_joined: 0,
  is_active: 0,
  is_staff: 0,
  is_superuser: 0,
}

/** The model's fields. If users log in by email, a custom user model has a username only if the mapping names it. */
export function modelOf(name: string, mapping: Mapping, settings: Settings): Model {
  const hasField = (ours: string, theirs: string) =>
    isDjangoUser(name)
      ? theirs in djangoFields
      : ours !== 'username' || settings.loginField === 'username' || 'username' in mapping
  const fields = Object.fromEntries(
    Object.entries(fieldsBy(mapping)).filter(
      ([ours, theirs]) => ours !== 'id' && hasField(ours, theirs),
    ),
  )
  const columnsWithoutField = ['email', 'username', ...Object.keys(userModel.fields)].filter(
    (ours) => !(ours in fields),
  )
  return { name, fields, columnsWithoutField, settings }
}

/** SQL: every user, by id. `taken` is true if the user has no username, and another user's username is this email. */
export const selectUsers = (after: number) =>
  `SELECT *, id AS at, username IS NULL AND EXISTS (SELECT 1 FROM users other
     WHERE other.username = users.email) AS taken FROM users WHERE id > ${after} ORDER BY id`

export function userRow(user: Row, model: Model, findings: Findings): FixtureRow {
  const fields = Object.fromEntries(
    Object.entries(model.fields).map(([ours, theirs]) => [theirs, fieldOf(ours, user)]),
  )
  for (const [outcome, what] of remarksOn(user, fields, model)) {
    report(findings, { what, outcome }, String(primaryKeyOf(model.settings, user)))
  }
  return { model: model.name, pk: primaryKeyOf(model.settings, user), fields }
}

/** The primary key in Django. @param row with the columns `id` and `uuid` of a user */
export const primaryKeyOf = ({ userPk }: Settings, { id, uuid }: Row): number | string =>
  userPk === 'uuid' ? String(uuid) : Number(id)

function fieldOf(name: string, user: Row) {
  const value = user[name] ?? null
  if (name === 'is_active') return user.status === 'active'
  if (name === 'username') return usernameOf(user)
  if (name === 'email') return value ?? '' // Django's column must not be NULL
  if (value === null) return null
  const kind = columns[name]?.dataType
  if (kind === 'boolean') return value === 1
  return kind === 'date' ? new Date(Number(value)).toISOString() : value
}

/** Django requires a username. A user without one gets the email as username, if it is free and short enough. */
function usernameOf({ username, email, taken, id }: Row) {
  if (username !== null) return username
  const isUsable = email !== null && email !== '' && taken !== 1 && lengthOf(email) <= 150
  return isUsable ? email : `gatehouse-${id}`
}

type Remark = [outcome: 'left out' | 'exported', what: string]

function* remarksOn(user: Row, fields: FixtureRow['fields'], model: Model): Generator<Remark> {
  const { username } = model.fields
  if (username && fields[username] === `gatehouse-${user.id}` && user.username === null) {
    yield ['exported', 'an email that cannot be a username; the username is gatehouse-<id>']
  }
  for (const name of model.columnsWithoutField) {
    if (isWorthReporting(name, user)) {
      yield ['left out', `${name}, for which ${model.name} has no field`]
    }
  }
  for (const [name, maxLength] of Object.entries(isDjangoUser(model.name) ? djangoFields : {})) {
    if (maxLength > 0 && lengthOf(fields[name]) > maxLength) {
      yield ['exported', `${name} is longer than Django’s maximum of ${maxLength}`]
    }
  }
  if (!isReadable(String(user.password))) {
    yield ['exported', 'a password hash that Gatehouse cannot verify either']
  }
}

function isWorthReporting(name: string, user: Row) {
  const value = user[name] ?? ''
  return value !== '' && value !== columns[name]?.default
}

const isDjangoUser = (model: string) => model.toLowerCase() === 'auth.user'

const lengthOf = (value: unknown) => [...String(value ?? '')].length
