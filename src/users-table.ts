// The table of users, which the user model makes. The model and the table are variables, so that a deployer's own model
// replaces both before the first request.

import { sql } from 'drizzle-orm'
import { index, type SQLiteTableWithColumns, sqliteTable } from 'drizzle-orm/sqlite-core'
import { coreColumns } from './core-columns.ts'
import {
  type RegisteredFields,
  standardUserModel,
  type TableColumns,
  type UserModel,
} from './user-model.ts'

type Users = SQLiteTableWithColumns<{
  name: 'users'
  schema: undefined
  dialect: 'sqlite'
  columns: TableColumns<RegisteredFields>
}>

// The type of a model that is given at run time is the registered one.
const usersOf = ({ fields }: UserModel) =>
  sqliteTable('users', { ...coreColumns, ...columnsOf(fields) }, (table) => [
    index('users_email').on(table.email),
    index('users_pending_until')
      .on(table.pendingUntil)
      .where(sql`${table.pendingUntil} is not null`),
  ]) as unknown as Users

const columnsOf = (fields: UserModel['fields']) =>
  Object.fromEntries(Object.entries(fields).map(([name, { column }]) => [name, column]))

/** The user model in use. `useUserModel` replaces it, and with it `users`. */
export let userModel: UserModel<RegisteredFields> = standardUserModel

/** Accounts. Their columns are in core-columns.ts, and those of the user model. */
export let users: Users = usersOf(userModel)

/**
 * Makes the tables by another user model. What a module computes from `users` at import would not change with it: it belongs
 * in `fromUsers`.
 * @throws TypeError if there is another model already
 */
export function useUserModel(model: UserModel) {
  if (model === userModel) return
  if (userModel !== standardUserModel) {
    throw new TypeError('There is a user model already. One process has one user model.')
  }
  userModel = model as UserModel<RegisteredFields>
  users = usersOf(model)
}

/** @returns a function that computes a value from the table of users, once for each user model */
export function fromUsers<T>(make: (table: Users) => T): () => T {
  let made: { table: Users; value: T } | undefined
  return () => {
    if (made?.table !== users) made = { table: users, value: make(users) }
    return made.value
  }
}

export type User = Users['$inferSelect']

/** The columns that identify a user. */
export type UserIds = Pick<User, 'id' | 'uuid'>
