// The fields of a user model: each is a column with options, which have the names of REST framework's arguments. No column
// that these functions make keeps a user from signing up: each may be null or has a default.

import type { HasDefault, NotNull } from 'drizzle-orm'
import {
  type AnySQLiteColumn,
  integer as integerColumn,
  real as realColumn,
  type SQLiteBooleanBuilderInitial,
  type SQLiteColumnBuilderBase,
  type SQLiteIntegerBuilderInitial,
  type SQLiteRealBuilderInitial,
  type SQLiteTextBuilderInitial,
  type SQLiteTimestampBuilderInitial,
  text as textColumn,
} from 'drizzle-orm/sqlite-core'

export interface FieldOptions {
  /** The field's name in error messages and forms: Django's verbose_name. By default the name with spaces. */
  label?: string
  /**
   * Without it, the owner and staff write the field, and REQUIRED_FIELDS decides whether sign-up requires it.
   * `except-staff`: only staff write it, at another user's `/auth/users/{id}/`; superusers also at their own.
   * `true`: no request writes it.
   */
  readOnly?: boolean | 'except-staff'
  /** The maximum length of a text, in characters. */
  maxLength?: number
  /** The pattern that a text must match, and the error for a text that does not. */
  pattern?: [pattern: RegExp, error: string]
  /**
   * `false` rejects null although the column may hold it: SQLite allows no NOT NULL on a reference that a
   * migration adds.
   */
  allowNull?: boolean
  /** The smallest and the largest number. */
  min?: number
  max?: number
  /**
   * Without it, REQUIRED_FIELDS decides whether requests accept the field and responses show it. `always`: requests accept
   * it and responses show it, after the fields of REQUIRED_FIELDS. `never`: requests accept it, and no response shows it.
   */
  visibility?: 'always' | 'never'
  /** The field that this one follows in responses. Wherever that field is shown, this one is shown too. */
  after?: string
}

/** A field. `{ column: … }` takes any column of Drizzle's that may be null or has a default. */
export interface Field<Column extends SQLiteColumnBuilderBase = SQLiteColumnBuilderBase>
  extends FieldOptions {
  column: Column
}

type Shared = Omit<FieldOptions, 'maxLength' | 'pattern' | 'min' | 'max'>
type TextOptions = Shared & Pick<FieldOptions, 'maxLength' | 'pattern'>
type NumberOptions = Shared & Pick<FieldOptions, 'min' | 'max'>

/** A field that is null until it has a value. `unique`: no two users have the same value (Django's `unique=True`). */
interface Nullable {
  unique?: boolean
  default?: undefined
}

/** A field that is never null. SQLite cannot change its default later. */
interface Filled<Value> {
  default: Value
  unique?: undefined
}

type NullableField<Column extends SQLiteColumnBuilderBase> = Field<Column>
type FilledField<Column extends SQLiteColumnBuilderBase> = Field<NotNull<HasDefault<Column>>>

type TextColumn<Value extends string = string> = SQLiteTextBuilderInitial<
  '',
  [Value, ...Value[]],
  undefined
>
type IntegerColumn = SQLiteIntegerBuilderInitial<''>
type RealColumn = SQLiteRealBuilderInitial<''>
type BooleanColumn = SQLiteBooleanBuilderInitial<''>
type TimeColumn = SQLiteTimestampBuilderInitial<''>

/** A CharField: `''` until it has a value. With `unique` or `null` it is null until then. */
export function text(
  options: TextOptions & Nullable & ({ unique: true } | { null: true }),
): NullableField<TextColumn>
export function text(
  options?: TextOptions & { default?: string; unique?: false; null?: false },
): FilledField<TextColumn>
export function text({
  null: isNullable,
  ...options
}: TextOptions & { default?: string | undefined; unique?: boolean; null?: boolean } = {}): Field {
  return fieldOf(textColumn(), {
    ...(!isNullable && !options.unique && { default: '' }),
    ...options,
  })
}

/** A ChoiceField: one of these texts. Without a default it is null until it has a value. */
export function choice<const Value extends string>(
  values: readonly [Value, ...Value[]],
  options?: Shared & Nullable,
): NullableField<TextColumn<Value>>
export function choice<const Value extends string>(
  values: readonly [Value, ...Value[]],
  options: Shared & Filled<NoInfer<Value>>,
): FilledField<TextColumn<Value>>
export function choice(
  values: readonly [string, ...string[]],
  options: Shared & (Nullable | Filled<string>) = {},
): Field {
  return fieldOf(textColumn({ enum: [...values] }), options)
}

/** An IntegerField. Without a default it is null until it has a value. */
export function integer(options?: NumberOptions & Nullable): NullableField<IntegerColumn>
export function integer(options: NumberOptions & Filled<number>): FilledField<IntegerColumn>
export function integer(options: NumberOptions & (Nullable | Filled<number>) = {}): Field {
  return fieldOf(integerColumn(), options)
}

/** A FloatField. Without a default it is null until it has a value. */
export function real(options?: NumberOptions & Nullable): NullableField<RealColumn>
export function real(options: NumberOptions & Filled<number>): FilledField<RealColumn>
export function real(options: NumberOptions & (Nullable | Filled<number>) = {}): Field {
  return fieldOf(realColumn(), options)
}

/** A BooleanField: false until it has a value, if there is no other default. */
export function boolean(options: Shared & { default?: boolean } = {}): FilledField<BooleanColumn> {
  const { default: value = false, ...others } = options
  return { ...others, column: integerColumn({ mode: 'boolean' }).notNull().default(value) }
}

/**
 * A DateTimeField: null until it has a value. `autoNowAdd` is Django's `auto_now_add`: the time of the sign-up. `autoNow` is
 * its `auto_now`: the time of the last change.
 */
export function dateTime(
  options: Shared & { unique?: boolean; autoNow?: boolean; autoNowAdd?: boolean } = {},
): NullableField<TimeColumn> {
  const { autoNow, autoNowAdd, unique, ...others } = options
  const column = integerColumn({ mode: 'timestamp_ms' })
  if (autoNowAdd) column.$default(() => new Date())
  if (autoNow) column.$onUpdate(() => new Date())
  return { ...others, column: unique ? column.unique() : column }
}

/**
 * A PrimaryKeyRelatedField: the integer id of a row of another table (Django's ForeignKey). Its default is written by code,
 * because SQLite allows none for a reference that is added to a table with rows.
 * @param column a function that returns the column, such as `() => cities.id`
 * @param onDelete what becomes of the users whose row is deleted. Without it, SQLite refuses to delete such a row.
 */
export function reference(
  column: () => AnySQLiteColumn,
  options: Shared & { default?: number; unique?: boolean; onDelete?: 'set null' | 'restrict' } = {},
): NullableField<IntegerColumn> {
  const { default: value, unique, onDelete, ...others } = options
  const own = integerColumn().references(column, onDelete && { onDelete })
  if (value !== undefined) own.$default(() => value)
  return { ...others, column: unique ? own.unique() : own }
}

/** The field of a column that is null until it has a value, or has a default. */
function fieldOf(
  column: ReturnType<typeof textColumn | typeof integerColumn | typeof realColumn>,
  { default: value, unique, ...options }: FieldOptions & { default?: unknown; unique?: boolean },
): Field {
  if (value !== undefined) return { ...options, column: column.notNull().default(value as never) }
  return { ...options, column: unique ? column.unique() : column }
}
