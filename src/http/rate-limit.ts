// The first layer: Rate Limiting bindings, per Cloudflare location. Every route that writes asks one of them before it
// writes. They know no remaining time, so `Retry-After` is their period, an upper bound. The second layer is
// throttling/counters.ts, which throws; refunds to it are made here.

import { createMiddleware } from 'hono/factory'
import type { App, Call, Env } from '../context.ts'
import { databaseMessage } from '../db.ts'
import { networkOf } from '../ip-address.ts'
import type { User } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import { refund, type ThrottleResult } from '../throttling/counters.ts'
import type { Claims } from '../tokens/claims.ts'
import { throttled } from './errors.ts'

export const period = 60 // seconds, as in wrangler.toml

type Limiter = 'RATE_LIMITER' | 'MAIL_RATE_LIMITER' | 'CALLER_RATE_LIMITER' | 'TOKEN_RATE_LIMITER'

/** So many requests of a kind from an address, before anything costs CPU. */
export const rateLimit = (scope: string) =>
  createMiddleware<App>(async function throttle(c, next) {
    await limitAddress(c, scope)
    await next()
  })

/** The same inside a guard or a handler. @throws ApiError 429 */
export const limitAddress = (c: Call, scope: string) =>
  limit(c, 'RATE_LIMITER', `${scope}:${sourceOf(c)}`)

/** More of what only looks at a token: the users of an office may share an address. */
export const rateLimitToken = (scope: string) =>
  createMiddleware<App>(async function throttleToken(c, next) {
    await limit(c, 'TOKEN_RATE_LIMITER', `token:${scope}:${sourceOf(c)}`)
    await next()
  })

/**
 * Fewer of what makes an account, or mails a link to an address that the request names. Asked after the fields were
 * checked, so that a mistake in a form uses nothing up. @throws ApiError 429
 */
export const limitMail = (c: Call, scope: 'activation' | 'reset' | 'change') =>
  limit(c, 'MAIL_RATE_LIMITER', `mail:${scope}:${sourceOf(c)}`)

interface Authenticated {
  Bindings: App['Bindings']
  Variables: App['Variables'] & { user: User }
}

/** Stands after `authenticated`: so many writes of a user, from an address. */
export const rateLimitCaller = (scope: string) =>
  createMiddleware<Authenticated>(async function throttleCaller(c, next) {
    await limitCaller(c, scope, c.var.user)
    await next()
  })

/** The same inside a handler. A caller without a valid token uses nothing up. @throws ApiError 429 */
export const limitCaller = (c: Call, scope: string, { id }: Pick<User, 'id'>) =>
  limit(c, 'CALLER_RATE_LIMITER', `${scope}:${id}:${sourceOf(c)}`)

/**
 * So many refreshes of a session, wherever from; without a row, so that a refresh stays one statement. Asked after the
 * token's signature was verified, so that a stranger uses nothing up. @throws ApiError 429
 */
export const limitRefresh = (c: Call, claims: Claims) =>
  limit(c, 'CALLER_RATE_LIMITER', `refresh:${sessionOf(c.var.settings, claims)}`)

/** So many log-outs by the tokens of a session, from an address. @throws ApiError 429 */
export const limitLogout = (c: Call, claims: Claims) =>
  limit(c, 'CALLER_RATE_LIMITER', `log-out:${sessionOf(c.var.settings, claims)}:${sourceOf(c)}`)

/** A token that Django issued has no session yet. One with neither session nor id counts by its user. */
const sessionOf = ({ jtiClaim, userIdClaim }: Settings, claims: Claims) =>
  claims.sid ?? claims[jtiClaim] ?? claims[userIdClaim]

async function limit(c: Call, name: Limiter, key: string) {
  if (!c.var.settings.throttleEnabled) return
  const { success } = await limiterIn(c.env, name).limit({ key })
  if (!success) throw throttled(period)
}

// A wrangler.toml of an earlier version has one binding. Keys differ by binding, so that it can count for all four.
function limiterIn(env: Env, name: Limiter): RateLimit {
  const limiter = env[name]
  if (limiter) return limiter
  if (!missing.has(name)) {
    console.warn({
      message: `wrangler.toml has no rate limit ${name}: RATE_LIMITER counts in its place`,
      remedy: 'copy its [[ratelimits]] section from the wrangler.toml of this version',
    })
  }
  missing.add(name)
  return env.RATE_LIMITER
}

const missing = new Set<Limiter>()

/** The client's network. Trusted servers that name no client count together, apart from all networks. */
function sourceOf({ var: { client } }: Pick<Call, 'var'>): string {
  const isForItself = client.isServer && client.ip === undefined
  return isForItself ? 'server' : networkOf(client.ip)
}

/** Gives a turn back once the answer is out. */
export function refundLater(c: Call, throttle: ThrottleResult) {
  c.executionCtx.waitUntil(
    refund(c.var.db, throttle).then(undefined, (error) =>
      console.error({ message: 'throttle refund failed', cause: databaseMessage(error) }),
    ),
  )
}
