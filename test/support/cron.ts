// Runs the cron as Cloudflare does.

import { createExecutionContext, createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import worker from '../../src/worker.ts'

const minute = 60_000

export const cron = (at: number | Date, vars: Record<string, unknown> = {}) =>
  worker.scheduled(
    createScheduledController({ scheduledTime: new Date(at) }),
    { ...env, ...vars },
    createExecutionContext(),
  )

/** Runs the cron in each minute of an hour, in which it looks at every session once. */
export async function hourOfCrons(at: number | Date, vars: Record<string, unknown> = {}) {
  const start = new Date(at).getTime()
  for (let past = 0; past < 60; past++) await cron(start + past * minute, vars)
}
