// Makes the Worker from what the deployer hands over: `export default gatehouse({ userModel, migrations })`.

import type { Hono } from 'hono'
import { type PersonalTable, usePersonalData } from './accounts/personal-data.ts'
import { appWith } from './app.ts'
import type { Env } from './bindings.ts'
import type { App } from './context.ts'
import { type Hooks, useHooks } from './hooks.ts'
import { type Languages, useLanguages } from './i18n/translations.ts'
import { type EmailTemplates, useEmailTemplates } from './mail/own-templates.ts'
import { type MigrationJournal, useMigrations } from './migrations.ts'
import { type PageTemplates, usePageTemplates } from './pages/own-templates.ts'
import { runScheduled } from './scheduled.ts'
import { useUserModel } from './schema.ts'
import type { UserModel } from './user-model.ts'

/** Handlers of other events than requests. */
export interface Handlers<Bindings extends Env = Env> {
  /** Runs after ours, for each of the crons in wrangler.toml. */
  scheduled?(controller: ScheduledController, env: Bindings, ctx: ExecutionContext): unknown
  queue?(batch: MessageBatch, env: Bindings, ctx: ExecutionContext): void | Promise<void>
  email?(
    message: ForwardableEmailMessage,
    env: Bindings,
    ctx: ExecutionContext,
  ): void | Promise<void>
}

export interface GatehouseOptions<E extends App = App> {
  /** The fields of a user: `defineUserModel`. */
  userModel: UserModel
  /** The journal of your migrations, `migrations/meta/_journal.json`. `/readyz` asks for its newest one. */
  migrations: MigrationJournal
  /** Code that sign-ups, logins and users call. */
  hooks?: Hooks<NoInfer<E>['Bindings']>
  /** Routes of your own. They come before ours, so they may replace one. */
  routes?: Hono<E>
  /** Tables of your own with rows of a user, for the user's export. */
  personalData?: readonly PersonalTable[]
  /** Languages of your own, and other words for Spanish. */
  languages?: Languages
  /** Emails and pages of your own, in place of ours. */
  templates?: { emails?: EmailTemplates; pages?: PageTemplates }
  /** Handlers of your own, beside ours. */
  handlers?: Handlers<NoInfer<E>['Bindings']>
}

/** @throws TypeError if an option cannot work, or if the process has another user model already */
export function gatehouse<E extends App = App>({
  userModel,
  migrations,
  hooks = {},
  routes,
  personalData = [],
  languages = {},
  templates: { emails = {}, pages = {} } = {},
  handlers = {},
}: GatehouseOptions<E>) {
  useUserModel(userModel)
  useMigrations(migrations)
  useHooks(hooks)
  usePersonalData(personalData)
  useLanguages(languages)
  useEmailTemplates(emails)
  usePageTemplates(pages)
  const app = appWith(routes)
  return {
    ...handlers,
    fetch: app.fetch,
    async scheduled(controller, env, ctx) {
      const errors = [
        ...(await errorsOf(() => runScheduled(env, new Date(controller.scheduledTime)))),
        ...(await errorsOf(() => handlers.scheduled?.(controller, env, ctx))),
      ]
      if (errors.length > 1) throw new AggregateError(errors)
      if (errors.length > 0) throw errors[0]
    },
  } satisfies ExportedHandler<E['Bindings']>
}

/** What it throws, if anything. */
async function errorsOf(work: () => unknown): Promise<unknown[]> {
  try {
    await work()
    return []
  } catch (error) {
    return [error]
  }
}
