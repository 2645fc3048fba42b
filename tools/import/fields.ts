// Which of Django's fields goes into which column, and how its values are read.

import { readFileSync } from 'node:fs'
import { type Column, getTableColumns } from 'drizzle-orm'
import { profile } from '../../src/accounts/profile.ts'
import { users } from '../../src/schema.ts'
import { refuse } from '../refuse.ts'

/** By our name, theirs. */
export type Fields = Record<string, string>
export type Value = string | number | null

export const columns: Record<string, Column> = Object.fromEntries(
  Object.values(getTableColumns(users)).map((column) => [column.name, column]),
)
const own = ['id', 'email', 'username', 'password', 'is_active', 'is_staff', 'is_superuser']
const names = [...own, 'last_login', 'date_joined', ...Object.keys(profile)]

/** A mapping file is JSON: `{"first_name": "given_name", "role": null}`; null leaves a field out. */
export const fieldsIn = (mappingFile: string | undefined): Fields =>
  fieldsBy(mappingIn(mappingFile))

export type Mapping = Record<string, string | null>

export function fieldsBy(mapping: Mapping): Fields {
  return Object.fromEntries(
    names.flatMap((name) => {
      const theirs = mapping[name]
      return theirs === null ? [] : [[name, theirs ?? name]]
    }),
  )
}

export function mappingIn(file: string | undefined): Mapping {
  if (file === undefined) return {}
  let mapping: unknown
  try {
    mapping = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    refuse(`${file} cannot be read: ${(error as Error).message}`)
  }
  for (const [name, theirs] of Object.entries(mapping as object)) {
    if (!names.includes(name))
      refuse(`${file}: there is no ${name} here; there are ${names.join(', ')}.`)
    if (theirs !== null && typeof theirs !== 'string')
      refuse(`${file}: ${name} wants a name or null.`)
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
  if (name === 'password') return undefined
  if (column.default !== undefined) return column.mapToDriverValue(column.default) as Value
  return isText ? '' : undefined
}

const readers: Record<string, (given: unknown) => Value | undefined> = {
  string: (given) => (typeof given === 'object' ? undefined : String(given)),
  number: (given) => (Number.isFinite(Number(given)) ? Number(given) : undefined),
  boolean: (given) =>
    /^(true|t|1)$/i.test(String(given)) ? 1 : /^(false|f|0)$/i.test(String(given)) ? 0 : undefined,
  date: (given) => timeIn(given),
}

/** Milliseconds since 1970. Without a zone it is UTC, which Django stores with USE_TZ. */
export function timeIn(given: unknown): number | undefined {
  const text = String(given).trim().replace(' ', 'T')
  const [, date, zone] = /^(\d{4}-\d\d-\d\d(?:T[\d:.]+)?)(Z|[+-]\d\d(?::?\d\d)?)?$/.exec(text) ?? []
  if (date === undefined) return undefined
  const full = date.includes('T') ? date : `${date}T00:00:00`
  const [, hours, minutes] = /^([+-]\d\d):?(\d\d)?$/.exec(zone ?? '') ?? []
  const time = Date.parse(`${full}${hours ? `${hours}:${minutes ?? '00'}` : 'Z'}`)
  return Number.isNaN(time) ? undefined : time
}
