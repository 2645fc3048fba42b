// What a row of Django's user is here: its columns, and what is wrong with it.

import { emailKey, isEmail } from '../../src/accounts/emails.ts'
import { emailMaxLength, type ProfileName, profile } from '../../src/accounts/profile.ts'
import { algorithmOf, isReadable } from '../../src/passwords/known.ts'
import type { Settings } from '../../src/settings.ts'
import { madeByCode } from '../literals.ts'
import { columnValue, type Fields, type Value } from './fields.ts'
import { isBare } from './wrapping.ts'

export interface Person {
  id: number
  emailKey: string | null
  username: string | null
  /** By column, as the database has them: those that the source tells. */
  row: Record<string, Value>
  /** What somebody should know, and is imported as it is. */
  remarks: string[]
  /** Whether its password is a digest, to be wrapped. */
  isBare: boolean
}

export interface Model {
  settings: Settings
  fields: Fields
  pendingIfNeverLoggedIn: boolean
  now: Date
}

/** @returns a sentence where the row cannot be imported */
export function personIn(values: Record<string, unknown>, model: Model): Person | string {
  const { settings, fields } = model
  const at = (name: string) => values[fields[name] ?? '']
  const id = wholeNumber(values[fields.id ?? 'id'] ?? values.pk)
  if (id === undefined) return 'the id is no whole number'

  const row: Record<string, Value> = {}
  for (const name of stored(fields)) {
    if (isUntold(name, at(name))) continue
    const value = columnValue(name, at(name))
    if (value === undefined) return `the value of ${name} cannot be read`
    row[name] = value
  }
  const byEmail = settings.loginField === 'email'
  if (!row[settings.loginField]) return `no ${settings.loginField} to log in by`

  row.username = row.username || null
  row.email_key = byEmail ? emailKey(String(row.email)) : null
  row.status = statusOf(at('is_active'), row.last_login ?? null, model.pendingIfNeverLoggedIn)
  return {
    id,
    emailKey: row.email_key,
    username: row.username === null ? null : String(row.username),
    row: { ...row, token_version: 0 },
    remarks: [...remarksOn(row, byEmail)],
    isBare: isBare(row.password),
  }
}

const stored = (fields: Fields) =>
  Object.keys(fields).filter((name) => name !== 'id' && name !== 'is_active')

const isUntold = (name: string, given: unknown) =>
  given === undefined ? name !== 'password' : given === null && name === 'date_joined'

/** Of columns that Django does not tell, where no default in SQL gives it. */
export const defaultsOf = ({ now }: Pick<Model, 'now'>): Record<string, Value> => ({
  date_joined: now.getTime(),
  ...(madeByCode() as Record<string, Value>),
})

export function wholeNumber(value: unknown): number | undefined {
  const id = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  return Number.isSafeInteger(id) && Number(id) > 0 ? Number(id) : undefined
}

function statusOf(isActive: unknown, lastLogin: Value, pendingIfNeverLoggedIn: boolean) {
  if (!/^(false|f|0)$/i.test(String(isActive))) return 'active'
  return pendingIfNeverLoggedIn && lastLogin === null ? 'pending' : 'disabled'
}

function* remarksOn(row: Record<string, Value>, byEmail: boolean) {
  const password = String(row.password)
  if (!isReadable(password)) {
    yield `a password by ${algorithmOf(password) || 'no known hasher'}: no log-in before a reset`
  }
  if (row.email && !isEmail(String(row.email))) yield 'the e-mail address is none'
  for (const [name, most] of longest(byEmail)) {
    if ([...String(row[name] ?? '')].length > most) yield `${name} is longer than ${most}`
  }
}

const longest = (byEmail: boolean): [string, number][] => [
  ['email', byEmail ? emailMaxLength : 254],
  ['username', 150],
  ...Object.keys(profile).flatMap((name): [string, number][] => {
    const { maxLength } = profile[name as ProfileName]
    return maxLength === undefined ? [] : [[name, maxLength]]
  }),
]
