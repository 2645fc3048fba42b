// What a handler finds: bindings in `c.env`, and in `c.var` the database, the settings and the time,
// which is looked at once per request.

import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { type Database, database } from './db.ts'
import type { Settings } from './settings/parse.ts'
import { settingsOf } from './settings.ts'
import { checkSigningKeys } from './tokens/signing.ts'

export interface Env {
  DB: D1Database
  ASSETS: Fetcher
  /** 30 a minute, by address. */
  RATE_LIMITER: RateLimit
  /** 5 a minute, by address, of what makes an account or sends mail; absent from a wrangler.toml of an earlier version. */
  MAIL_RATE_LIMITER?: RateLimit
  /** 60 a minute, by session or user; absent likewise. */
  CALLER_RATE_LIMITER?: RateLimit
  /** 300 a minute, by address, of what only looks at a token; absent likewise. */
  TOKEN_RATE_LIMITER?: RateLimit
}

export interface App {
  Bindings: Env
  Variables: { db: Database; settings: Settings; now: Date; client: Client }
}

/** The client that a request is from, as far as it is known. */
export interface Client {
  ip?: string
  userAgent?: string
  /** Two letters. */
  country?: string
  /** Whether a trusted server sent the request, for a client or for itself. */
  isServer: boolean
}

/** What a function reads of a request, whatever guards it passed. */
export type Call = Pick<Context<App>, 'req' | 'env' | 'executionCtx' | 'header'> & {
  readonly var: App['Variables']
}

export const context = createMiddleware<App>(async function context(c, next) {
  const settings = settingsOf(c.env)
  const now = new Date()
  await checkSigningKeys(settings, now)
  c.set('settings', settings)
  c.set('db', database(c.env.DB, settings.d1Timeout))
  c.set('now', now)
  await next()
})
