// What a user is in Django: the fields of its model, by our columns.

import { isReadable } from '../../src/passwords/algorithms.ts'
import type { Settings } from '../../src/settings/parse.ts'
import { userModel } from '../../src/user-model.ts'
import type { Row } from '../database.ts'
import { columns, type Fields, fieldsBy, type Mapping } from '../import/fields.ts'
import { type Findings, report } from '../import/findings.ts'
import type { FixtureRow } from './fixture.ts'

export interface Model {
  /** `auth.user`, `accounts.useraccount`. */
  name: string
  fields: Fields
  /** Columns that no field is there for. */
  unnamed: string[]
  settings: Settings
}

/** Of `django.contrib.auth.models.User`, with the most characters of each. */
const djangos: Record<string, number> = {
  ...{ username: 150, first_name: 150, last_name: 150, email: 254, password: 128 },
  ...{ last_login: 0, date_joined: 0, is_active: 0, is_staff: 0, is_superuser: 0 },
}

/** Where people log in by e-mail, a model of one's own has a username only if the mapping names it. */
export function modelOf(name: string, mapping: Mapping, settings: Settings): Model {
  const isThere = (ours: string, theirs: string) =>
    isFieldOfDjango(name)
      ? theirs in djangos
      : ours !== 'username' || settings.loginField === 'username' || 'username' in mapping
  const fields = Object.fromEntries(
    Object.entries(fieldsBy(mapping)).filter(
      ([ours, theirs]) => ours !== 'id' && isThere(ours, theirs),
    ),
  )
  const unnamed = ['email', 'username', ...Object.keys(userModel)].filter(
    (ours) => !(ours in fields),
  )
  return { name, fields, unnamed, settings }
}

/** Every user in the order of ids; `taken`: the address would do as a username, and somebody has that. */
export const selectUsers = (after: number) =>
  `SELECT *, id AS at, username IS NULL AND EXISTS (SELECT 1 FROM users other
     WHERE other.username = users.email) AS taken FROM users WHERE id > ${after} ORDER BY id`

export function userRow(found: Row, model: Model, findings: Findings): FixtureRow {
  const fields = Object.fromEntries(
    Object.entries(model.fields).map(([ours, theirs]) => [theirs, fieldOf(ours, found)]),
  )
  for (const [outcome, what] of remarksOn(found, fields, model)) {
    report(findings, { what, outcome }, String(found.id))
  }
  return { model: model.name, pk: Number(found.id), fields }
}

function fieldOf(name: string, found: Row) {
  const value = found[name] ?? null
  if (name === 'is_active') return found.status === 'active'
  if (name === 'username') return usernameOf(found)
  if (name === 'email') return value ?? '' // which may not be NULL in Django
  if (value === null) return null
  const kind = columns[name]?.dataType
  if (kind === 'boolean') return value === 1
  return kind === 'date' ? new Date(Number(value)).toISOString() : value
}

/** Django wants one of everybody: without one it is the address, if that is free and fits. */
function usernameOf({ username, email, taken, id }: Row) {
  if (username !== null) return username
  const isFit = email !== null && email !== '' && taken !== 1 && lengthOf(email) <= 150
  return isFit ? email : `gatehouse-${id}`
}

type Remark = ['left out' | 'exported', string]

function* remarksOn(found: Row, fields: FixtureRow['fields'], model: Model): Generator<Remark> {
  const { username } = model.fields
  if (username && fields[username] === `gatehouse-${found.id}` && found.username === null) {
    yield ['exported', 'an address that does for no username: it is gatehouse-<id>']
  }
  for (const name of model.unnamed) {
    if (isWorthReporting(name, found))
      yield ['left out', `${name}, for which ${model.name} has no field`]
  }
  for (const [name, most] of Object.entries(isFieldOfDjango(model.name) ? djangos : {})) {
    if (most > 0 && lengthOf(fields[name]) > most) {
      yield ['exported', `${name} is longer than Django’s ${most}`]
    }
  }
  if (!isReadable(String(found.password))) {
    yield ['exported', 'a password that is not read here either']
  }
}

function isWorthReporting(name: string, found: Row) {
  const value = found[name] ?? ''
  return value !== '' && value !== columns[name]?.default
}

const isFieldOfDjango = (model: string) => model.toLowerCase() === 'auth.user'

const lengthOf = (value: unknown) => [...String(value ?? '')].length
