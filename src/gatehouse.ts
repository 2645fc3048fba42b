// Makes the Worker from what the deployer hands over: `export default gatehouse({ userModel, migrations })`.

import type { Hono } from 'hono'
import { appWith } from './app.ts'
import type { App, Env } from './context.ts'
import { type Hooks, useHooks } from './hooks.ts'
import { type MigrationJournal, useMigrations } from './migrations.ts'
import { runScheduled } from './scheduled.ts'
import { useUserModel } from './schema.ts'
import type { UserModel } from './user-model.ts'

export interface GatehouseOptions<E extends App = App> {
  /** The fields of a user: `defineUserModel`. */
  userModel: UserModel
  /** The journal of your migrations, `migrations/meta/_journal.json`. `/readyz` asks for its newest one. */
  migrations: MigrationJournal
  /** Code that logins and users call. */
  hooks?: Hooks
  /** Routes of your own. They come before ours, so they may replace one. */
  routes?: Hono<E>
}

/** @throws TypeError if the process has another user model already */
export function gatehouse<E extends App = App>({
  userModel,
  migrations,
  hooks = {},
  routes,
}: GatehouseOptions<E>) {
  useUserModel(userModel)
  useMigrations(migrations)
  useHooks(hooks)
  const app = appWith(routes)
  return {
    fetch: app.fetch,
    scheduled: (controller, env) => runScheduled(env, new Date(controller.scheduledTime)),
  } satisfies ExportedHandler<Env>
}
