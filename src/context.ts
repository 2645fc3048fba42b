// The context of every handler: bindings in `c.env`; the database, the settings, the time and the client in `c.var`. The
// clock is read once per request.

import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { routePath } from 'hono/route'
import type { Env } from './bindings.ts'
import { type Database, database } from './db.ts'
import { rememberWrites } from './replicas.ts'
import type { ClientInfo } from './request-info.ts'
import { recordRequest } from './request-log.ts'
import type { User } from './schema.ts'
import type { Settings } from './settings/parse.ts'
import { settingsOf } from './settings.ts'
import { checkSigningKeys } from './tokens/signing.ts'

export interface App {
  Bindings: Env
  Variables: {
    db: Database
    settings: Settings
    now: Date
    client: Client
    /** The caller of a sign-up, if the request has a credential. Guards such as `authenticated` set `user`. */
    caller?: User
  }
}

export interface Client extends ClientInfo {
  /** Whether a trusted server sent the request, for a client or for itself. */
  isServer: boolean
}

/** The part of the context that exists whichever guards ran. */
export type Call = Pick<Context<App>, 'req' | 'env' | 'executionCtx' | 'header'> & {
  readonly var: App['Variables']
}

export const context = createMiddleware<App>(async function context(c, next) {
  keepVariables(c)
  const settings = settingsOf(c.env)
  const now = new Date()
  await checkSigningKeys(settings, now)
  c.set('settings', settings)
  const db = database(c.env.DB, settings)
  c.set('db', db)
  c.set('now', now)
  await next()
  await rememberWrites(db, settings, new Date())
  recordRequest(settings, c.env.ANALYTICS, () => ({
    method: c.req.method,
    route: routePath(c),
    status: c.res.status,
    ...db.trips,
    ms: Date.now() - now.getTime(),
    requestId: c.req.header('cf-ray') ?? '',
  }))
})

/** Keeps the variables of a request in one object. Hono's own `c.var` copies all of them each time it is read. */
function keepVariables(c: Context<App>) {
  const variables: Record<string, unknown> = {}
  Object.defineProperty(c, 'var', { value: variables })
  c.get = (name: string) => variables[name]
  c.set = (name: string, value: unknown) => {
    variables[name] = value
  }
}
