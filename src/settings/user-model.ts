// Checks of the columns of the deployer's user model: a sign-up must be able to fill each, for more than one user.

import type { Column } from 'drizzle-orm'
import { users } from '../schema.ts'
import { type FieldName, userModel } from '../user-model.ts'

export const checkUserModel = (): string[] =>
  Object.keys(userModel).flatMap((name) => {
    const column: Column = users[name as FieldName]
    return [...unfillable(name, column), ...sharedDefault(name, column)]
  })

function unfillable(name: string, { notNull, hasDefault, generated }: Column): string[] {
  if (!notNull || hasDefault || generated !== undefined) return []
  return [
    `user-model.ts: the column "${name}" is NOT NULL and has no default; ` +
      'write .notNull().default(…), or leave .notNull() out',
  ]
}

/** With one default for all users, the second user without a value would be rejected. */
function sharedDefault(name: string, { isUnique, default: value }: Column): string[] {
  if (!isUnique || value === undefined) return []
  return [
    `user-model.ts: the column "${name}" is unique and has a default that all users would share; ` +
      'leave .default(…) and .notNull() out, so that it may be null',
  ]
}
