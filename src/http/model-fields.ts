// What REST framework's ModelSerializer makes of a model's field: here the column of user-model.ts says
// what kind of value it holds, and whether it may be null or left out (rest_framework.utils.field_mapping).

import type { Column } from 'drizzle-orm'
import * as v from 'valibot'
import { foreignKeys } from '../accounts/foreign-keys.ts'
import { users } from '../schema.ts'
import { type FieldName, userModel } from '../user-model.ts'
import { choice, primaryKey, text } from './fields.ts'
import { boolean, dateTime, number } from './value-fields.ts'

export type ModelField = v.GenericSchema<
  unknown,
  string | number | boolean | Date | null | undefined
>

/** The field of a body, asked for if it is `named` by REQUIRED_FIELDS and has no value of its own. */
export function modelField(name: FieldName, named: boolean): ModelField {
  const column = columnOf(name)
  const required = named && isRequired(name)
  const field = fieldOf(name, required)
  const isText = column.dataType === 'string'
  const allowsNull = !column.notNull && userModel[name].allowNull !== false
  const checked = allowsNull ? v.nullable(isText ? field : blankAsNull(field)) : field
  return required ? checked : v.optional(checked)
}

/** Whether a field must be given, as of a model's field that may not be null and has no default. */
export const isRequired = (name: FieldName) => {
  const { notNull, hasDefault, default: value } = columnOf(name)
  return notNull && (!hasDefault || value === '')
}

function fieldOf(name: FieldName, required: boolean): ModelField {
  const { dataType, columnType, enumValues } = columnOf(name)
  const { maxLength, pattern, min, max } = userModel[name]
  if (enumValues && enumValues.length > 0) return choice(enumValues)
  if (foreignKeys.has(name) && dataType !== 'string') return primaryKey()
  switch (dataType) {
    case 'number':
      return number({ whole: columnType === 'SQLiteInteger', min, max })
    case 'boolean':
      return boolean()
    case 'date':
      return dateTime()
    default:
      return text({
        allowBlank: !required,
        ...(maxLength !== undefined && { maxLength: maxLength }),
        ...(pattern && {
          modelRule: [(value) => value === '' || pattern[0].test(value), pattern[1]],
        }),
      })
  }
}

const columnOf = (name: FieldName): Column => users[name]

// As a form leaves a field that was not filled in.
const blankAsNull = (field: ModelField) =>
  v.pipe(
    v.unknown(),
    v.transform((value) => (value === '' ? null : value)),
    v.nullable(field),
  )

/** A value as JSON shows it: a time as Python's isoformat has it, in UTC. */
export function toJson<T>(value: T | Date): T | string | null {
  if (!(value instanceof Date)) return value
  if (Number.isNaN(value.getTime())) return null // a row may hold a number that is later than any Date
  const text = value.toISOString()
  return value.getTime() % 1000 === 0 ? text.replace('.000Z', 'Z') : text.replace('Z', '000Z')
}
