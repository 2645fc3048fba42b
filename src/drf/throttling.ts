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
      const { success } = await c.env.RATE_LIMITER.limit({ key: `${scope}:${sourceOf(c)}` })
      if (!success) throw throttled(period)
    }
    await next()
  })

/** The client's network. Trusted servers that name no client count together, apart from all networks. */
function sourceOf({ var: { client } }: Pick<Call, 'var'>): string {
  const isForItself = client.isServer && client.ip === undefined
  return isForItself ? 'server' : networkOf(client.ip)
}

/** Gives a turn back once the answer is out. */
export function giveBackLater(c: Call, taken: Taken) {
  c.executionCtx.waitUntil(
    giveBack(c.var.db, taken).then(undefined, (error) =>
      console.error({ message: 'a turn was not given back', cause: databaseMessage(error) }),
    ),
  )
}
