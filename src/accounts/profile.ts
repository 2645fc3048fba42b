// The deployer's own user model: the fields that a person has beside the account itself. Declared here
// once; the table, registration, `users/me/`, the conformance of bodies and the import follow from it.
// A new field is a column and its description here, and `npm run db:generate`.

import { text } from 'drizzle-orm/sqlite-core'

/** How the sentences name the model: `user account with this email already exists.` */
export const verboseName = 'user account'

/** The columns, named as on the wire; each with a default, since a migration may only add. */
export const profileColumns = {
  first_name: text('first_name').notNull().default(''),
  last_name: text('last_name').notNull().default(''),
  role: text('role').notNull().default('user'),
}

export type ProfileName = keyof typeof profileColumns

export interface ProfileField {
  /** As Django's verbose_name: what sentences and forms call it. */
  label: string
  maxLength: number
  /** Whether its owner may write it; REQUIRED_FIELDS says whether sign-up asks for it. */
  writable: boolean
  /** A field that REQUIRED_FIELDS does not name is shown after this one, wherever that is shown. */
  shownAfter?: ProfileName
}

export const profile: Record<ProfileName, ProfileField> = {
  first_name: { label: 'first name', maxLength: 255, writable: true },
  last_name: { label: 'last name', maxLength: 255, writable: true },
  // Written by staff; by its owner only at sign-up, and only to what SIGNUP_ROLES lists.
  role: { label: 'role', maxLength: 50, writable: false, shownAfter: 'last_name' },
}

/** What REQUIRED_FIELDS may name. */
export const writableNames = Object.entries(profile)
  .filter(([, { writable }]) => writable)
  .map(([name]) => name)
