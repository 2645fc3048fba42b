// Converts a row of Django's user table into our columns, and finds its errors.

import type { SQL } from 'drizzle-orm'
import { emailKey, isEmail } from '../../src/mail/email-address.ts'
import { algorithmOf } from '../../src/passwords/algorithms.ts'
import { parseUuid } from '../../src/public-id.ts'
import { userModel } from '../../src/schema.ts'
import type { Settings } from '../../src/settings/parse.ts'
import type { FieldName } from '../../src/user-model.ts'
import { userDefaults } from '../sql-literals.ts'
import { columns, columnValue, type Fields, isRounded, parseFlag, type Value } from './fields.ts'
import type { Kind } from './findings.ts'
import { judgePassword, newPlaceholder, unusable } from './hashes.ts'
import { flags, passwords, texts, users } from './kinds.ts'
import { isBareDigest } from './wrapping.ts'

export interface StagedUser {
  id: number
  emailKey: string | null
  username: string | null
  naturalKey: NaturalKey
  /** The values to store, by column. Columns that the source lacks are left out. */
  row: Record<string, Value>
  /** What the operator should know about a row that is imported. */
  remarks: Kind[]
  /** Whether its password is a bare digest, which must be wrapped. */
  isBare: boolean
}

/** The names by which Django may refer to the user in other tables (`--natural-foreign`). */
export interface NaturalKey {
  username: string | null
  email: string | null
}

export interface UserModel {
  settings: Settings
  fields: Fields
  /** The number by which the stage knows a user with this UUID. */
  numberOf: (uuid: string) => number
  pendingIfNeverLoggedIn: boolean
  now: Date
}

type Values = Record<string, unknown>

/** @returns the kind of error if the row cannot be imported */
export function userFromRow(values: Values, model: UserModel): StagedUser | Kind {
  const { settings, fields } = model
  const field = (name: string) => values[fields[name] ?? '']
  const id = userIdFrom(values, model)
  if (typeof id !== 'number') return id

  const row: Record<string, Value> = {}
  const remarks: Kind[] = []
  for (const name of plainColumns(fields)) {
    const given = field(name)
    if (isAbsent(name, given)) continue
    const value = columnValue(name, given)
    if (value === undefined) return unreadable(name, given)
    row[name] = storableText(name, value, remarks)
  }
  const status = statusFrom(field('is_active'), row.last_login ?? null, model, remarks)
  if (status === undefined) return users.unreadable('is_active')
  const byEmail = settings.loginField === 'email'
  if (!row[settings.loginField]) return users.noLogin(settings.loginField)

  row.password = passwordFrom(field('password'), remarks)
  row.username = row.username || null
  row.email_key = byEmail ? emailKey(String(row.email)) : null
  row.status = status
  return {
    id,
    emailKey: row.email_key,
    username: row.username === null ? null : String(row.username),
    naturalKey: naturalKeyFrom(values, fields),
    row: { ...row, ...uuidColumn(values, model), token_version: 0 },
    remarks: [...remarks, ...lengthRemarks(row, byEmail)],
    isBare: isBareDigest(row.password),
  }
}

/** The number of a row's user, or the kind of error. */
export function userIdFrom(
  values: Values,
  { settings, fields, numberOf }: UserModel,
): number | Kind {
  const given = givenId(values, fields)
  const [id, uuid] = [wholeNumber(given), uuidIn(given)]
  if (settings.userPk === 'id') return id ?? (uuid === undefined ? users.noId : users.uuid)
  if (uuid !== undefined) return numberOf(uuid)
  return id === undefined ? users.noUuid : users.number
}

const givenId = (values: Values, fields: Fields) => values[fields.id ?? 'id'] ?? values.pk

/** SQLite and MySQL keep a UUID as 32 digits without dashes. */
export const uuidIn = (given: unknown) =>
  typeof given === 'string' ? parseUuid(given.trim()) : undefined

const uuidColumn = (values: Values, { settings, fields }: UserModel): Record<string, Value> =>
  settings.userPk === 'uuid' ? { uuid: uuidIn(givenId(values, fields)) ?? null } : {}

export function naturalKeyFrom(values: Values, fields: Fields): NaturalKey {
  const text = (name: string) => {
    const value = values[fields[name] ?? name]
    return typeof value === 'string' && value !== '' ? value : null
  }
  return { username: text('username'), email: text('email') }
}

const special = ['id', 'is_active', 'password']
const plainColumns = (fields: Fields) =>
  Object.keys(fields).filter((name) => !special.includes(name))

const isAbsent = (name: string, given: unknown) =>
  given === undefined || (given === null && name === 'date_joined')

const unreadable = (name: string, given: unknown) =>
  columns[name]?.dataType === 'number' && isRounded(given)
    ? users.tooLarge(name)
    : users.unreadable(name)

/** The values of columns that the source may lack. */
export const defaultsOf = ({ now }: Pick<UserModel, 'now'>): Record<string, Value | SQL> => ({
  ...userDefaults(),
  date_joined: now.getTime(),
})

export function wholeNumber(value: unknown): number | undefined {
  const id = typeof value === 'string' && /^\s*\d+\s*$/.test(value) ? Number(value) : value
  return Number.isSafeInteger(id) && Number(id) > 0 ? Number(id) : undefined
}

const surrogate = /\p{Surrogate}/u
const surrogates = new RegExp(surrogate, 'gu')

/** The text with U+FFFD for each half of a surrogate pair, which UTF-8 cannot represent. */
function storableText(name: string, value: Value, remarks: Kind[]): Value {
  if (typeof value !== 'string') return value
  if (value.includes('\uFFFD')) remarks.push(texts.replaced(name))
  if (value.includes('\0')) remarks.push(texts.nul(name))
  if (!surrogate.test(value)) return value
  remarks.push(texts.halfCharacter(name))
  return value.replaceAll(surrogates, '\uFFFD')
}

function statusFrom(
  given: unknown,
  lastLogin: Value,
  { fields, pendingIfNeverLoggedIn }: UserModel,
  remarks: Kind[],
) {
  if (given === undefined) {
    remarks.push(fields.is_active === undefined ? flags.isActiveIsNull : flags.noIsActive)
    return 'active'
  }
  const isActive = parseFlag(given)
  if (isActive === undefined) return undefined
  if (isActive) return 'active'
  return pendingIfNeverLoggedIn && lastLogin === null ? 'pending' : 'disabled'
}

/** The password to store; never one that may be in clear text. */
function passwordFrom(given: unknown, remarks: Kind[]): string {
  const encoded = given === undefined || given === null ? '' : String(given)
  const verdict = judgePassword(encoded)
  const algorithm = algorithmOf(encoded)
  if (verdict === 'readable' || verdict === 'unusable') return encoded
  if (verdict === 'none' || verdict === 'clear') {
    remarks.push(verdict === 'none' ? passwords.none : passwords.clear)
    return newPlaceholder()
  }
  if (verdict === 'locked') {
    remarks.push(passwords.locked)
    return unusable
  }
  remarks.push(passwords[verdict](algorithm))
  return encoded
}

function* lengthRemarks(row: Record<string, Value>, byEmail: boolean): Generator<Kind> {
  if (row.email && !isEmail(String(row.email))) yield texts.notEmail
  for (const [name, limit] of maxLengths(byEmail)) {
    if ([...String(row[name] ?? '')].length > limit) yield texts.tooLong(name, limit)
  }
}

const maxLengths = (byEmail: boolean): [string, number][] => [
  ['email', byEmail ? userModel.emailMaxLength : 254],
  ['username', 150],
  ...Object.keys(userModel.fields).flatMap((name): [string, number][] => {
    const { maxLength } = userModel.fields[name as FieldName]
    return maxLength === undefined ? [] : [[name, maxLength]]
  }),
]
