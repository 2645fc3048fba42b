// The deployer's own user model: the fields that a person has beside the account itself. Declared here
// once; the table, registration, `users/me/`, lists, createsuperuser and what a body must hold follow from it.
// A new field is a column and its description here, and `npm run db:generate` (docs/customising.md).

import { text } from 'drizzle-orm/sqlite-core'
import type { FieldOptions } from './user-model-field.ts'

/** How the sentences name the model: `user account with this email already exists.` */
export const verboseName = 'user account'

/** Characters of the address that people log in by; elsewhere Django's own user has 254. */
export const emailMaxLength = 255

/**
 * The columns, named as on the wire. Since a migration may only add, each has a default or may be null: what
 * may be null, and what has a default other than '', nobody is asked for.
 */
export const userModelColumns = {
  first_name: text('first_name').notNull().default(''),
  last_name: text('last_name').notNull().default(''),
  role: text('role').notNull().default('user'),
}

export type FieldName = keyof typeof userModelColumns

export const userModel: Record<FieldName, FieldOptions> = {
  first_name: { label: 'first name', maxLength: 255, writable: true },
  last_name: { label: 'last name', maxLength: 255, writable: true },
  // Written by staff; by its owner only at sign-up, and only to what SIGNUP_ROLES lists.
  role: { label: 'role', maxLength: 50, writable: 'staff', after: 'last_name' },
}

/** How mail greets a user, if it is letters and no more; where it is empty, by the username. */
export const greetingName = ({ first_name }: { first_name: string }) => first_name
