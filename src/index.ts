// The Worker: `fetch` answers, `scheduled` does the chores; the entrypoint is for other Workers.

import { app } from './app.ts'
import { doChores } from './chores.ts'
import type { Env } from './context.ts'

export { Gatehouse } from './entrypoint.ts'

export default {
  fetch: app.fetch,
  scheduled: (controller, env) => doChores(env, new Date(controller.scheduledTime)),
} satisfies ExportedHandler<Env>
