// The Worker: `fetch` answers, `scheduled` does the chores.

import { app } from './app.ts'
import { doChores } from './chores.ts'
import type { Env } from './context.ts'

export default {
  fetch: app.fetch,
  scheduled: (controller, env) => doChores(env, new Date(controller.scheduledTime)),
} satisfies ExportedHandler<Env>
