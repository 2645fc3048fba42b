// What a row of Django's user is here: its columns, and what is wrong with it.

import { emailKey, isEmail } from '../../src/mail/email-address.ts'
import { algorithmOf } from '../../src/passwords/algorithms.ts'
import type { Settings } from '../../src/settings/parse.ts'
import { emailMaxLength, type FieldName, userModel } from '../../src/user-model.ts'
import { madeByCode } from '../sql-literals.ts'
import { columns, columnValue, type Fields, flagIn, isRounded, type Value } from './fields.ts'
import type { Kind } from './findings.ts'
import { judgePassword, newPlaceholder, unusable } from './hashes.ts'
import { flags, passwords, texts, users } from './kinds.ts'
import { isBareDigest } from './wrapping.ts'

export interface ImportedUser {
  id: number
  emailKey: string | null
  username: string | null
  natural: NaturalKey
  /** By column, as the database has them: those that the source tells. */
  row: Record<string, Value>
  /** What the operator should know of a row that is imported. */
  remarks: Kind[]
  /** Whether its password is a digest, to be wrapped. */
  isBare: boolean
}

/** What Django may name the user by in other tables (`--natural-foreign`), as the source has it. */
export interface NaturalKey {
  username: string | null
  email: string | null
}

export interface Model {
  settings: Settings
  fields: Fields
  pendingIfNeverLoggedIn: boolean
  now: Date
}

type Values = Record<string, unknown>

/** @returns the kind of fault where the row cannot be imported */
export function userFromRow(values: Values, model: Model): ImportedUser | Kind {
  const { settings, fields } = model
  const at = (name: string) => values[fields[name] ?? '']
  const id = userIdFrom(values, fields)
  if (typeof id !== 'number') return id

  const row: Record<string, Value> = {}
  const remarks: Kind[] = []
  for (const name of stored(fields)) {
    if (isNotGiven(name, at(name))) continue
    const value = columnValue(name, at(name))
    if (value === undefined) return unreadable(name, at(name))
    row[name] = whole(name, value, remarks)
  }
  const status = statusIn(at('is_active'), row.last_login ?? null, model, remarks)
  if (status === undefined) return users.unreadable('is_active')
  const byEmail = settings.loginField === 'email'
  if (!row[settings.loginField]) return users.noLogin(settings.loginField)

  row.password = passwordIn(at('password'), remarks)
  row.username = row.username || null
  row.email_key = byEmail ? emailKey(String(row.email)) : null
  row.status = status
  return {
    id,
    emailKey: row.email_key,
    username: row.username === null ? null : String(row.username),
    natural: naturalKeyFrom(values, fields),
    row: { ...row, token_version: 0 },
    remarks: [...remarks, ...lengthsIn(row, byEmail)],
    isBare: isBareDigest(row.password),
  }
}

/** The id of a row, or why it is none. */
export function userIdFrom(values: Values, fields: Fields): number | Kind {
  const given = values[fields.id ?? 'id'] ?? values.pk
  const isUuid = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(String(given))
  return wholeNumber(given) ?? (isUuid ? users.uuid : users.noId)
}

export function naturalKeyFrom(values: Values, fields: Fields): NaturalKey {
  const text = (name: string) => {
    const value = values[fields[name] ?? name]
    return typeof value === 'string' && value !== '' ? value : null
  }
  return { username: text('username'), email: text('email') }
}

const elsewhere = ['id', 'is_active', 'password']
const stored = (fields: Fields) => Object.keys(fields).filter((name) => !elsewhere.includes(name))

const isNotGiven = (name: string, given: unknown) =>
  given === undefined || (given === null && name === 'date_joined')

const unreadable = (name: string, given: unknown) =>
  columns[name]?.dataType === 'number' && isRounded(given)
    ? users.tooLarge(name)
    : users.unreadable(name)

/** Of columns that Django does not tell, where no default in SQL gives it. */
export const defaultsOf = ({ now }: Pick<Model, 'now'>): Record<string, Value> => ({
  date_joined: now.getTime(),
  ...(madeByCode() as Record<string, Value>),
})

export function wholeNumber(value: unknown): number | undefined {
  const id = typeof value === 'string' && /^\s*\d+\s*$/.test(value) ? Number(value) : value
  return Number.isSafeInteger(id) && Number(id) > 0 ? Number(id) : undefined
}

const half = /\p{Surrogate}/u
const halves = new RegExp(half, 'gu')

/** A text that UTF-8 can hold. */
function whole(name: string, value: Value, remarks: Kind[]): Value {
  if (typeof value !== 'string') return value
  if (value.includes('\uFFFD')) remarks.push(texts.replaced(name))
  if (value.includes('\0')) remarks.push(texts.nul(name))
  if (!half.test(value)) return value
  remarks.push(texts.half(name))
  return value.replaceAll(halves, '\uFFFD')
}

function statusIn(
  given: unknown,
  lastLogin: Value,
  { fields, pendingIfNeverLoggedIn }: Model,
  remarks: Kind[],
) {
  if (given === undefined) {
    remarks.push(fields.is_active === undefined ? flags.isActiveIsNull : flags.noIsActive)
    return 'active'
  }
  const isActive = flagIn(given)
  if (isActive === undefined) return undefined
  if (isActive) return 'active'
  return pendingIfNeverLoggedIn && lastLogin === null ? 'pending' : 'disabled'
}

/** As it is stored: what may be the password itself never is. */
function passwordIn(given: unknown, remarks: Kind[]): string {
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

function* lengthsIn(row: Record<string, Value>, byEmail: boolean): Generator<Kind> {
  if (row.email && !isEmail(String(row.email))) yield texts.notEmail
  for (const [name, most] of maxLength(byEmail)) {
    if ([...String(row[name] ?? '')].length > most) yield texts.tooLong(name, most)
  }
}

const maxLength = (byEmail: boolean): [string, number][] => [
  ['email', byEmail ? emailMaxLength : 254],
  ['username', 150],
  ...Object.keys(userModel).flatMap((name): [string, number][] => {
    const { maxLength } = userModel[name as FieldName]
    return maxLength === undefined ? [] : [[name, maxLength]]
  }),
]
