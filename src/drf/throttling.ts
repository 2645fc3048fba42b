// The first brake: the Rate Limiting binding, by IP and per Cloudflare location, before anything costs
// CPU. It knows no remaining time, so `Retry-After` is its period, an upper bound.

import { createMiddleware } from 'hono/factory'
import type { App, Call } from '../context.ts'
import { throttled } from './errors.ts'

export const period = 60 // seconds, as in wrangler.toml

export const throttle = (scope: string) =>
  createMiddleware<App>(async function throttle(c, next) {
    if (c.var.settings.throttleEnabled) {
      const { success } = await c.env.RATE_LIMITER.limit({ key: `${scope}:${network(c)}` })
      if (!success) throw throttled(period)
    }
    await next()
  })

/** Where a request comes from; only Cloudflare's own header is believed. */
export const ipOf = (c: Pick<Call, 'req'>) => c.req.header('cf-connecting-ip')

// An IPv6 user has a /64 of his own.
function network(c: Pick<Call, 'req'>): string {
  const ip = ipOf(c) ?? ''
  if (!ip.includes(':')) return ip
  const [head = '', tail] = ip.split('::')
  const front = head.split(':')
  const back = tail?.split(':') ?? []
  const zeros = tail === undefined ? 0 : 8 - front.length - back.length
  return [...front, ...Array(Math.max(zeros, 0)).fill('0'), ...back].slice(0, 4).join(':')
}
