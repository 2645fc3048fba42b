// Makes the fields of a body from the user model, as REST framework's ModelSerializer makes them from a model
// (rest_framework.utils.field_mapping). The column decides the type, and whether null or no value is allowed.

import type { Column } from 'drizzle-orm'
import * as v from 'valibot'
import { foreignKeys } from '../accounts/foreign-keys.ts'
import { userModel, users } from '../schema.ts'
import type { FieldName } from '../user-model.ts'
import { choice, primaryKey, text } from './fields.ts'
import { boolean, dateTime, number } from './value-fields.ts'

export type ModelField = v.GenericSchema<
  unknown,
  string | number | boolean | Date | null | undefined
>

/**
 * A column's field.
 * @param inRequiredFields whether REQUIRED_FIELDS names it: then it is required, unless it may be null or has a default
 */
export function modelField(name: FieldName, inRequiredFields: boolean): ModelField {
  const column = columnOf(name)
  const required = inRequiredFields && isRequired(name)
  const field = typedField(name, required)
  const isText = column.dataType === 'string'
  const allowsNull = !column.notNull && userModel.fields[name].allowNull !== false
  const checked = allowsNull ? v.nullable(isText ? field : blankAsNull(field)) : field
  return required ? checked : v.optional(checked)
}

/** Whether a model's field is required: it may not be null, and has no default but ''. */
export const isRequired = (name: FieldName) => {
  const { notNull, hasDefault, default: value } = columnOf(name)
  return notNull && (!hasDefault || value === '')
}

function typedField(name: FieldName, required: boolean): ModelField {
  const { dataType, columnType, enumValues } = columnOf(name)
  const { maxLength, pattern, min, max } = userModel.fields[name]
  if (enumValues && enumValues.length > 0) return choice(enumValues)
  if (foreignKeys().has(name) && dataType !== 'string') return primaryKey()
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
        maxLength,
        ...(pattern && {
          modelRule: [(value) => value === '' || pattern[0].test(value), pattern[1]],
        }),
      })
  }
}

const columnOf = (name: FieldName): Column => users[name]

// A form sends a field that was not filled in as ''.
const blankAsNull = (field: ModelField) =>
  v.pipe(
    v.unknown(),
    v.transform((value) => (value === '' ? null : value)),
    v.nullable(field),
  )

/** The value for JSON. A time is in the format of Python's isoformat, in UTC. */
export function toJson<T>(value: T | Date): T | string | null {
  if (!(value instanceof Date)) return value
  if (Number.isNaN(value.getTime())) return null // a row may hold a time later than any Date
  const text = value.toISOString()
  return value.getTime() % 1000 === 0 ? text.replace('.000Z', 'Z') : text.replace('Z', '000Z')
}
