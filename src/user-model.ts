// The user model: a user's fields, besides those of every account (core-columns.ts). The table, sign-up, `users/me/`, lists,
// createsuperuser and the checks of request bodies follow from it (docs/customising.md).

import {
  type BuildColumns,
  type Column,
  getTableColumns,
  type InferModelFromColumns,
} from 'drizzle-orm'
import { sqliteTable } from 'drizzle-orm/sqlite-core'
import { coreColumns } from './core-columns.ts'
import { type Field, text } from './user-model-field.ts'

export {
  boolean,
  choice,
  dateTime,
  type Field,
  type FieldOptions,
  integer,
  real,
  reference,
  text,
} from './user-model-field.ts'

export type Fields = Record<string, Field>

export interface UserModel<F extends Fields = Fields> {
  readonly fields: { readonly [Name in keyof F]: F[Name] & { readonly label: string } }
  readonly requiredFields: readonly string[] | undefined
  readonly verboseName: string
  readonly emailMaxLength: number
  greetingName(user: UserOf<F>): string
}

/** The columns of the table of users. */
export type TableColumns<F extends Fields> = BuildColumns<
  'users',
  typeof coreColumns & { [Name in keyof F]: F[Name]['column'] },
  'sqlite'
>

type UserOf<F extends Fields> = InferModelFromColumns<TableColumns<F>>

interface Definition<F extends Fields> {
  /**
   * The fields by name: their names in requests, in responses and in SQL. Each may be null or has a default, since a migration
   * may only add. Sign-up never requires a field that may be null, or whose default is not ''.
   */
  fields: F
  /** Django's `User.REQUIRED_FIELDS`. The setting REQUIRED_FIELDS comes before it. */
  requiredFields?: readonly ((keyof F & string) | 'email')[]
  /** The model's name in error messages: `user account with this email already exists.` */
  verboseName?: string
  /** The maximum length of an email, in characters, if users log in by email. Otherwise it is Django's 254. */
  emailMaxLength?: number
  /** The name in an email's greeting, used if it consists of letters. If it is empty, the username is used. */
  greetingName?(user: UserOf<F>): string
}

/** Names that a field cannot have, because an account's own column has them. */
type Reserved = { [Name in keyof typeof coreColumns]?: never }

/** @throws TypeError that lists each field that cannot work, and what to write instead */
export function defineUserModel<const F extends Fields>(
  definition: Definition<F> & { fields: Reserved },
): UserModel<F> {
  const { fields, requiredFields, verboseName, emailMaxLength, greetingName } = definition
  const errors = errorsOf(fields)
  if (errors.length > 0) throw new TypeError(`The user model: ${errors.join('\n')}`)
  const labelled = Object.entries(fields).map(([name, field]) => [
    name,
    { label: name.replaceAll('_', ' '), ...field },
  ])
  return {
    fields: Object.fromEntries(labelled),
    requiredFields,
    verboseName: verboseName ?? 'user account',
    emailMaxLength: emailMaxLength ?? 255,
    greetingName: greetingName ?? (() => ''),
  }
}

function errorsOf(fields: Fields): string[] {
  const columns = Object.entries(fields).map(([name, { column }]) => [name, column] as const)
  const made = getTableColumns(sqliteTable('users', Object.fromEntries(columns)))
  return Object.entries(made).flatMap(([name, column]) => [
    ...(reservedNames.includes(name)
      ? [`the field "${name}" already has a meaning; choose another name`]
      : []),
    ...columnErrors(name, column),
  ])
}

function columnErrors(name: string, column: Column): string[] {
  const { notNull, hasDefault, generated, isUnique, default: value } = column
  const errors: [boolean, string][] = [
    [
      column.name !== name,
      `the column of "${name}" is "${column.name}"; it must be the field's own name`,
    ],
    [
      notNull && !hasDefault && generated === undefined,
      `the column "${name}" is NOT NULL and has no default; write .notNull().default(…), or leave .notNull() out`,
    ],
    [
      isUnique && value !== undefined,
      `the column "${name}" is unique and has a default that all users would share; leave .default(…) and .notNull() out, so that it may be null`,
    ],
  ]
  return errors.flatMap(([isWrong, error]) => (isWrong ? [error] : []))
}

/** The columns of every account, as in the table and as in code. */
export const coreNames = Object.keys(coreColumns).flatMap((name) => [
  name,
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
])

/** Keys that a login's answer has. */
export const answerNames = ['access', 'refresh', 'token', 'auth_token', 'pk', 'detail', 'code']
const requestNames = ['re_password', 'current_password', 'new_password', 're_new_password']
const reservedNames = [...coreNames, ...answerNames, ...requestNames]

/** Fields of the user that this repository deploys. Take them over by `fields: { ...standardFields, … }`. */
export const standardFields = {
  first_name: text({ maxLength: 255 }),
  last_name: text({ maxLength: 255 }),
  // Staff write it. Its owner sets it only at sign-up, to one of SIGNUP_ROLES.
  role: text({ default: 'user', maxLength: 50, readOnly: 'except-staff', after: 'last_name' }),
}

/** The user model of this repository, which is used until there is another. */
export const standardUserModel = defineUserModel({
  fields: standardFields,
  greetingName: ({ first_name }) => first_name,
})

/**
 * Names the type of your own user model, so that every function knows its fields:
 * `declare module 'gatehouse-auth/user-model' { interface Register { userModel: typeof userModel } }`
 */
// biome-ignore lint/suspicious/noEmptyInterface: a deployer adds the property
export interface Register {}

type RegisteredUserModel = Register extends { userModel: infer Model extends UserModel }
  ? Model
  : typeof standardUserModel

export type RegisteredFields = RegisteredUserModel['fields']

export type FieldName = keyof RegisteredFields & string
