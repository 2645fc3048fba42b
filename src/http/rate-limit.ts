// Rate limits by address, user or session: Cloudflare's bindings, which count per location. Every route that writes is
// limited before it writes. A binding does not say when it resets, so `Retry-After` is its period: an upper bound.
// The throttles of throttling/counters.ts are the second layer.

import { createMiddleware } from 'hono/factory'
import type { Env } from '../bindings.ts'
import type { App, Call } from '../context.ts'
import { networkOf } from '../ip-address.ts'
import type { User } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import type { Claims } from '../tokens/claims.ts'
import { throttled } from './errors.ts'

/** Seconds, as in wrangler.toml. */
export const period = 60

type Limiter = 'RATE_LIMITER' | 'MAIL_RATE_LIMITER' | 'CALLER_RATE_LIMITER' | 'TOKEN_RATE_LIMITER'

/** Limits the requests of a kind from an address, before anything costs CPU. */
export const rateLimit = (scope: string) =>
  createMiddleware<App>(async function rateLimit(c, next) {
    await limitAddress(c, scope)
    await next()
  })

/** `rateLimit` for a call inside a guard or a handler. @throws ApiError 429 */
export const limitAddress = (c: Call, scope: string) =>
  limit(c, 'RATE_LIMITER', `${scope}:${sourceOf(c)}`)

/** A higher limit for requests that only check a token: the users of an office may share an address. */
export const rateLimitToken = (scope: string) =>
  createMiddleware<App>(async function rateLimitToken(c, next) {
    await limit(c, 'TOKEN_RATE_LIMITER', `token:${scope}:${sourceOf(c)}`)
    await next()
  })

/**
 * A lower limit for requests that create an account, or mail a link to an address that the request names. Runs after
 * the fields are checked, so that a mistake in a form does not count. @throws ApiError 429
 */
export const limitMail = (c: Call, scope: 'activation' | 'reset' | 'change') =>
  limit(c, 'MAIL_RATE_LIMITER', `mail:${scope}:${sourceOf(c)}`)

interface Authenticated {
  Bindings: App['Bindings']
  Variables: App['Variables'] & { user: User }
}

/** Limits the writes of a user from an address. Runs after `authenticated`. */
export const rateLimitCaller = (scope: string) =>
  createMiddleware<Authenticated>(async function rateLimitCaller(c, next) {
    await limitCaller(c, scope, c.var.user)
    await next()
  })

/** `rateLimitCaller` for a call inside a handler. A caller without a valid token does not count. @throws ApiError 429 */
export const limitCaller = (c: Call, scope: string, { id }: Pick<User, 'id'>) =>
  limit(c, 'CALLER_RATE_LIMITER', `${scope}:${id}:${sourceOf(c)}`)

/**
 * Limits the refreshes of a session, from any address. It writes no row, so that a refresh remains one statement. It runs
 * after the signature is verified, so that an attacker's tokens do not count. @throws ApiError 429
 */
export const limitRefresh = (c: Call, claims: Claims) =>
  limit(c, 'CALLER_RATE_LIMITER', `refresh:${sessionKey(c.var.settings, claims)}`)

/** Limits the logouts by tokens of a session from an address. @throws ApiError 429 */
export const limitLogout = (c: Call, claims: Claims) =>
  limit(c, 'CALLER_RATE_LIMITER', `logout:${sessionKey(c.var.settings, claims)}:${sourceOf(c)}`)

/** The session, or the token's id: a token that Django issued has no session yet. Without both, the user. */
const sessionKey = ({ jtiClaim, userIdClaim }: Settings, claims: Claims) =>
  claims.sid ?? claims[jtiClaim] ?? claims[userIdClaim]

/** The keys under which a request has counted. A request counts once, even if `nearFirst` runs its handler twice. */
const counted = new WeakMap<Request, Set<string>>()

async function limit(c: Call, name: Limiter, key: string) {
  if (!c.var.settings.throttleEnabled) return
  const keys = counted.get(c.req.raw) ?? new Set()
  if (keys.has(key)) return
  counted.set(c.req.raw, keys.add(key))
  const { success } = await limiter(c.env, name).limit({ key })
  if (!success) throw throttled(period)
}

// The wrangler.toml of an earlier version has only RATE_LIMITER. It can count for all four, because their keys differ.
function limiter(env: Env, name: Limiter): RateLimit {
  const binding = env[name]
  if (binding) return binding
  if (!warnedAbout.has(name)) {
    console.warn({
      message: `wrangler.toml has no rate limit ${name}; RATE_LIMITER is used instead`,
      remedy: 'copy its [[ratelimits]] section from the wrangler.toml of this version',
    })
  }
  warnedAbout.add(name)
  return env.RATE_LIMITER
}

const warnedAbout = new Set<Limiter>()

/** The client's network. All trusted servers that name no client share one key, which belongs to no network. */
function sourceOf({ var: { client } }: Pick<Call, 'var'>): string {
  const actsForItself = client.isServer && client.ip === undefined
  return actsForItself ? 'server' : networkOf(client.ip)
}
