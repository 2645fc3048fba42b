// The first brake: the Rate Limiting binding, by IP and per Cloudflare location, before anything costs
// CPU. It knows no remaining time, so `Retry-After` is its period, an upper bound. The second is
// tokens/turns.ts, which throws; here is what is given back to it.

import { createMiddleware } from 'hono/factory'
import type { App, Call } from '../context.ts'
import { databaseMessage } from '../db.ts'
import { networkOf } from '../tokens/networks.ts'
import { giveBack, type Taken } from '../tokens/turns.ts'
import { throttled } from './errors.ts'

export const period = 60 // seconds, as in wrangler.toml

export const throttle = (scope: string) =>
  createMiddleware<App>(async function throttle(c, next) {
    if (c.var.settings.throttleEnabled) {
      const { success } = await c.env.RATE_LIMITER.limit({ key: `${scope}:${networkOf(ipOf(c))}` })
      if (!success) throw throttled(period)
    }
    await next()
  })

/** Where a request comes from; only Cloudflare's own header is believed. */
export const ipOf = (c: Pick<Call, 'req'>) => c.req.header('cf-connecting-ip')

/** Gives a turn back once the answer is out. */
export function giveBackLater(c: Call, taken: Taken) {
  c.executionCtx.waitUntil(
    giveBack(c.var.db, taken).then(undefined, (error) =>
      console.error({ message: 'a turn was not given back', cause: databaseMessage(error) }),
    ),
  )
}
