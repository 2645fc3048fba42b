// The mapping from our columns to the source's fields, and the readers of values.

import { readFileSync } from 'node:fs'
import { type Column, getTableColumns, is, SQL } from 'drizzle-orm'
import { userModel, users } from '../../src/schema.ts'
import { defaultOf } from '../../src/statements.ts'
import { fail } from '../fail.ts'
import { printable } from './findings.ts'
import { columnName } from './rows.ts'

/** The source's name of each of our fields, by our name. */
export type Fields = Record<string, string>
export type Value = string | number | null

export const columns: Record<string, Column> = Object.fromEntries(
  Object.values(getTableColumns(users)).map((column) => [column.name, column]),
)
const baseNames = ['id', 'email', 'username', 'password', 'is_active', 'is_staff', 'is_superuser']
export const fieldNames = [
  ...baseNames,
  'last_login',
  'date_joined',
  ...Object.keys(userModel.fields),
]

export type Mapping = Record<string, string | null>

/** `fieldsBy`, with the source's names in the form that readers return (`columnName`). */
export const sourceFields = (mapping: Mapping): Fields =>
  Object.fromEntries(
    Object.entries(fieldsBy(mapping)).map(([ours, theirs]) => [ours, columnName(theirs)]),
  )

export function fieldsBy(mapping: Mapping): Fields {
  return Object.fromEntries(
    fieldNames.flatMap((name) => {
      const theirs = mapping[name]
      return theirs === null ? [] : [[name, theirs ?? name]]
    }),
  )
}

/** Names that the mapping maps to null: columns to leave out. */
export const leftOutColumns = (mapping: Mapping): string[] =>
  Object.keys(mapping)
    .filter((name) => mapping[name] === null)
    .map(columnName)

/** The left-out columns that are not fields of Gatehouse, so that only the source can have them. */
export const foreignColumns = (mapping: Mapping): string[] =>
  leftOutColumns(mapping).filter((name) => !fieldNames.includes(name))

/**
 * A mapping file is JSON: `{"first_name": "given_name", "role": null, "is_admin": null}`. The key is our name, and the
 * value the source's name. Null leaves out a column, ours or one of the source.
 */
export function readMapping(file: string | undefined): Mapping {
  if (file === undefined) return {}
  let mapping: unknown
  try {
    mapping = JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    fail(`${file} cannot be read: ${code ?? 'it is not JSON'}.`)
  }
  if (typeof mapping !== 'object' || mapping === null || Array.isArray(mapping)) {
    fail(`${file} must hold an object, such as {"first_name": "given_name", "is_admin": null}.`)
  }
  for (const [name, theirs] of Object.entries(mapping)) {
    if (theirs !== null && typeof theirs !== 'string') {
      fail(`${file}: the value of ${printable(name)} must be a name or null.`)
    }
    if (theirs !== null && !fieldNames.includes(name)) {
      fail(`${file}: Gatehouse has no field ${printable(name)}. It has ${fieldNames.join(', ')}.`)
    }
  }
  return mapping as Mapping
}

/** The value to store; undefined if it cannot be read. An absent value gets the column's default. */
export function columnValue(name: string, given: unknown): Value | undefined {
  const column = columns[name]
  if (!column) throw new Error(`users has no column ${name}`)
  const isText = column.dataType === 'string'
  const isAbsent = given === undefined || given === null || (given === '' && !isText)
  if (!isAbsent) return readers[column.dataType]?.(given)
  if (!column.notNull) return null
  if (column.dataType === 'boolean') return undefined
  const value = defaultOf(column)
  if (value === null) return isText ? '' : undefined
  return is(value, SQL) ? undefined : (column.mapToDriverValue(value) as Value)
}

const readers: Record<string, (given: unknown) => Value | undefined> = {
  string: (given) => (typeof given === 'object' ? undefined : String(given)),
  number: parseNumber,
  boolean: (given) => {
    const flag = parseFlag(given)
    return flag === undefined ? undefined : Number(flag)
  },
  date: (given) => parseTime(given),
}

/** @returns undefined for a text that is not a number, and for a number that JavaScript would round */
function parseNumber(given: unknown): number | undefined {
  const number = Number(given)
  return Number.isFinite(number) && !isRounded(given) ? number : undefined
}

/** Whether D1 would round the whole number: it returns numbers of JavaScript. */
export const isRounded = (given: unknown) =>
  (typeof given === 'bigint' || /^\s*[+-]?\d+\s*$/.test(String(given))) &&
  !Number.isSafeInteger(Number(given))

/** Reads a boolean as Python, databases and spreadsheets write it; undefined if it cannot be read. */
export function parseFlag(given: unknown): boolean | undefined {
  const text = typeof given === 'object' ? '' : String(given).trim()
  if (/^(true|t|yes|y|on|1(\.0+)?)$/i.test(text)) return true
  return /^(false|f|no|n|off|0(\.0+)?)$/i.test(text) ? false : undefined
}

/** Milliseconds since 1970. A time without a zone is UTC, which Django stores with USE_TZ. */
export function parseTime(given: unknown): number | undefined {
  const text = String(given).trim().replace(' ', 'T')
  const [, date, zone] = /^(\d{4}-\d\d-\d\d(?:T[\d:.]+)?)(Z|[+-]\d\d(?::?\d\d)?)?$/.exec(text) ?? []
  if (date === undefined || !isRealDay(date)) return undefined
  const full = date.includes('T') ? date : `${date}T00:00:00`
  const [, hours, minutes] = /^([+-]\d\d):?(\d\d)?$/.exec(zone ?? '') ?? []
  const time = Date.parse(`${full}${hours ? `${hours}:${minutes ?? '00'}` : 'Z'}`)
  return Number.isNaN(time) ? undefined : time
}

/** Whether the calendar has the day. JavaScript reads 30 February as 1 March. */
function isRealDay(date: string) {
  const day = new Date(`${date.slice(0, 10)}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date.slice(0, 10))
}
