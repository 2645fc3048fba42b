// Which of Django's fields goes into which column, and how its values are read.

import { readFileSync } from 'node:fs'
import { type Column, getTableColumns } from 'drizzle-orm'
import { users } from '../../src/schema.ts'
import { userModel } from '../../src/user-model.ts'
import { fail } from '../fail.ts'
import { printable } from './findings.ts'
import { columnName } from './rows.ts'

/** By our name, theirs. */
export type Fields = Record<string, string>
export type Value = string | number | null

export const columns: Record<string, Column> = Object.fromEntries(
  Object.values(getTableColumns(users)).map((column) => [column.name, column]),
)
const own = ['id', 'email', 'username', 'password', 'is_active', 'is_staff', 'is_superuser']
const names = [...own, 'last_login', 'date_joined', ...Object.keys(userModel)]

export type Mapping = Record<string, string | null>

/** Theirs as readers name them. */
export const fieldsIn = (mapping: Mapping): Fields =>
  Object.fromEntries(
    Object.entries(fieldsBy(mapping)).map(([ours, theirs]) => [ours, columnName(theirs)]),
  )

export function fieldsBy(mapping: Mapping): Fields {
  return Object.fromEntries(
    names.flatMap((name) => {
      const theirs = mapping[name]
      return theirs === null ? [] : [[name, theirs ?? name]]
    }),
  )
}

/** Columns of theirs that null leaves where they are. */
export const leftIn = (mapping: Mapping): string[] =>
  Object.keys(mapping)
    .filter((name) => mapping[name] === null)
    .map(columnName)

/** Those of them that are no columns of ours, so that the source must have them. */
export const strangersIn = (mapping: Mapping): string[] =>
  leftIn(mapping).filter((name) => !names.includes(name))

/**
 * A mapping file is JSON: `{"first_name": "given_name", "role": null, "is_admin": null}`. The key is our
 * name, the value theirs; null leaves a column out, ours or theirs.
 */
export function mappingIn(file: string | undefined): Mapping {
  if (file === undefined) return {}
  let mapping: unknown
  try {
    mapping = JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    fail(`${file} cannot be read: ${code ?? 'it is no JSON'}.`)
  }
  if (typeof mapping !== 'object' || mapping === null || Array.isArray(mapping)) {
    fail(`${file} must hold an object, as {"first_name": "given_name", "is_admin": null}.`)
  }
  for (const [name, theirs] of Object.entries(mapping)) {
    if (theirs !== null && typeof theirs !== 'string')
      fail(`${file}: ${printable(name)} must be a name or null.`)
    if (theirs !== null && !names.includes(name))
      fail(`${file}: there is no ${printable(name)} here; there are ${names.join(', ')}.`)
  }
  return mapping as Mapping
}

/** As the database has it; undefined where it cannot be read. What is absent gets the column's default. */
export function columnValue(name: string, given: unknown): Value | undefined {
  const column = columns[name]
  if (!column) throw new Error(`users has no column ${name}`)
  const isText = column.dataType === 'string'
  const isAbsent = given === undefined || given === null || (given === '' && !isText)
  if (!isAbsent) return readers[column.dataType]?.(given)
  if (!column.notNull) return null
  if (column.dataType === 'boolean') return undefined
  if (column.default !== undefined) return column.mapToDriverValue(column.default) as Value
  return isText ? '' : undefined
}

const readers: Record<string, (given: unknown) => Value | undefined> = {
  string: (given) => (typeof given === 'object' ? undefined : String(given)),
  number: numberIn,
  boolean: (given) => {
    const flag = flagIn(given)
    return flag === undefined ? undefined : Number(flag)
  },
  date: (given) => timeIn(given),
}

/** What JavaScript would round is no number here. */
function numberIn(given: unknown): number | undefined {
  const number = Number(given)
  return Number.isFinite(number) && !isRounded(given) ? number : undefined
}

/** A whole number that a column of numbers cannot hold: D1 hands numbers out as JavaScript's. */
export const isRounded = (given: unknown) =>
  (typeof given === 'bigint' || /^\s*[+-]?\d+\s*$/.test(String(given))) &&
  !Number.isSafeInteger(Number(given))

/** As Python, databases and spreadsheets write a boolean; undefined where it cannot be read. */
export function flagIn(given: unknown): boolean | undefined {
  const text = typeof given === 'object' ? '' : String(given).trim()
  if (/^(true|t|yes|y|on|1(\.0+)?)$/i.test(text)) return true
  return /^(false|f|no|n|off|0(\.0+)?)$/i.test(text) ? false : undefined
}

/** Milliseconds since 1970. Without a zone it is UTC, which Django stores with USE_TZ. */
export function timeIn(given: unknown): number | undefined {
  const text = String(given).trim().replace(' ', 'T')
  const [, date, zone] = /^(\d{4}-\d\d-\d\d(?:T[\d:.]+)?)(Z|[+-]\d\d(?::?\d\d)?)?$/.exec(text) ?? []
  if (date === undefined || !isDay(date)) return undefined
  const full = date.includes('T') ? date : `${date}T00:00:00`
  const [, hours, minutes] = /^([+-]\d\d):?(\d\d)?$/.exec(zone ?? '') ?? []
  const time = Date.parse(`${full}${hours ? `${hours}:${minutes ?? '00'}` : 'Z'}`)
  return Number.isNaN(time) ? undefined : time
}

/** JavaScript takes 30 February for 1 March. */
function isDay(date: string) {
  const day = new Date(`${date.slice(0, 10)}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date.slice(0, 10))
}
