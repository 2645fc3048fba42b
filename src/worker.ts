// The Worker: `fetch` answers, `scheduled` does the chores; the entrypoint is for other Workers.

import { app } from './app.ts'
import type { Env } from './context.ts'
import { runScheduled } from './scheduled.ts'

export { Gatehouse } from './rpc.ts'

export default {
  fetch: app.fetch,
  scheduled: (controller, env) => runScheduled(env, new Date(controller.scheduledTime)),
} satisfies ExportedHandler<Env>
