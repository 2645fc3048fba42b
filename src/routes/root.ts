// The name and the main URLs of this API, and whether the Worker is up and its database migrated.

import { type Context, Hono } from 'hono'
import type { App } from '../context.ts'
import { rejectBadCredentials } from '../guards/guards.ts'
import { endpoint } from '../http/view.ts'
import { isMigrated, newestMigration } from '../migrations.ts'
import type { Settings } from '../settings/parse.ts'
import type { RouteGroup } from '../settings/route-groups.ts'
import { ownUrl } from '../settings/urls.ts'

export const rootRoutes = new Hono<App>()

endpoint(rootRoutes, '/', { name: 'Gatehouse', GET: [showIndex] })

// The one resource of Djoser's router.
endpoint(rootRoutes, '/auth/', { name: 'Api Root', GET: [rejectBadCredentials, showApiRoot] })

endpoint(rootRoutes, '/healthz/', { name: 'Health', GET: [showHealth] })

endpoint(rootRoutes, '/readyz/', { name: 'Readiness', GET: [showReadiness] })

function showIndex(c: Context<App>) {
  const { settings } = c.var
  const at = (path: string) => ownUrl(settings, path)
  return c.json({
    name: 'Gatehouse',
    description: 'Django auth at the edge: Djoser, Simple JWT and authtoken',
    ...(hasUsers(settings) && { users: at('/auth/users/') }),
    ...(isOn(settings, 'jwt') && { jwt: at('/auth/jwt/create/') }),
    ...(isOn(settings, 'token') && { token: at('/api/token/') }),
    ...(isOn(settings, 'authtoken') && { authtoken: at('/api-token-auth/') }),
    ...(isOn(settings, 'sessions') && { sessions: at('/auth/sessions/') }),
    ...(isOn(settings, 'register') && { register: at('/register/') }),
    ...(isOn(settings, 'protected') && { protected_endpoint: at('/api/protected-endpoint/') }),
    ...(isOn(settings, 'openapi') && { openapi: at('/openapi.json') }),
    ...(isOn(settings, 'openapi') && settings.apiReference && { reference: at('/docs/') }),
    health: at('/healthz'),
    ...(settings.development && { mailbox: at('/dev/mailbox/') }),
  })
}

function showApiRoot(c: Context<App>) {
  const { settings } = c.var
  return c.json(hasUsers(settings) ? { users: ownUrl(settings, '/auth/users/') } : {})
}

function showHealth(c: Context<App>) {
  return c.json({ status: 'ok' })
}

async function showReadiness(c: Context<App>) {
  const { db, settings } = c.var
  if (await isMigrated(db)) return c.json({ status: 'ok' })

  const command = settings.development ? 'npm run dev' : 'npm run deploy'
  const detail = `The migration ${newestMigration} was not applied. Run: ${command}`
  return c.json({ detail }, 503)
}

const isOn = (settings: Settings, group: RouteGroup) => !settings.disabledRoutes.includes(group)

const hasUsers = (settings: Settings) =>
  isOn(settings, 'users_list') || isOn(settings, 'user_create')
