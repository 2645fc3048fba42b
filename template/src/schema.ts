// All tables: Gatehouse's with your user model, and your own. Routes import `users` from here. drizzle-kit and the command
// `gatehouse` read it too.

import { useUserModel } from 'gatehouse-auth/schema'
import { userModel } from './user-model.ts'

useUserModel(userModel)

export * from 'gatehouse-auth/schema'
// Your own tables: `export * from './tables.ts'`. Rows of a user refer to `users.id` with `onDelete: 'cascade'`.
