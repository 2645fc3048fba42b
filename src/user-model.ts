// The deployer's own user model: a user's fields, besides those of every account (core-columns.ts).
// The table, sign-up, `users/me/`, lists, createsuperuser and the checks of request bodies follow from it.
// To add a field, add a column and its options here, and run `npm run db:generate` (docs/customising.md).

import { text } from 'drizzle-orm/sqlite-core'
import type { FieldOptions } from './user-model-field.ts'

/** The model's name in error messages: `user account with this email already exists.` */
export const verboseName = 'user account'

/** The maximum length of an email, in characters, if users log in by email. Otherwise it is Django's 254. */
export const emailMaxLength = 255

/**
 * The columns, named as in requests and responses. Each has a default or may be null, since a migration may only add.
 * Sign-up never requires a column that may be null, or whose default is not ''.
 */
export const userModelColumns = {
  first_name: text('first_name').notNull().default(''),
  last_name: text('last_name').notNull().default(''),
  role: text('role').notNull().default('user'),
}

export type FieldName = keyof typeof userModelColumns

export const userModel: Record<FieldName, FieldOptions> = {
  first_name: { label: 'first name', maxLength: 255 },
  last_name: { label: 'last name', maxLength: 255 },
  // Staff write it. Its owner sets it only at sign-up, to one of SIGNUP_ROLES.
  role: { label: 'role', maxLength: 50, readOnly: 'except-staff', after: 'last_name' },
}

/** The name in a mail's greeting, used if it consists of letters. If it is empty, the username is used. */
export const greetingName = ({ first_name }: { first_name: string }) => first_name
