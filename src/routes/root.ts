// What this is and whether it is up.

import { Hono } from 'hono'
import type { App } from '../context.ts'
import { rejectBadCredentials } from '../guards/guards.ts'
import { view } from '../http/view.ts'
import { isMigrated, newestMigration } from '../migrations.ts'
import type { Settings } from '../settings/parse.ts'
import type { RouteGroup } from '../settings/route-groups.ts'
import { ownUrl } from '../settings/urls.ts'

export const rootRoutes = new Hono<App>()

rootRoutes.use('/', view('Gatehouse', ['GET']))

rootRoutes.get('/', (c) => {
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
    health: at('/healthz'),
    ...(settings.development && { mailbox: at('/dev/mailbox/') }),
  })
})

// Djoser's router names its one resource here.
rootRoutes.use('/auth/', view('Api Root', ['GET']))

rootRoutes.get('/auth/', rejectBadCredentials, (c) => {
  const { settings } = c.var
  return c.json(hasUsers(settings) ? { users: ownUrl(settings, '/auth/users/') } : {})
})

rootRoutes.use('/healthz/', view('Health', ['GET']))

rootRoutes.get('/healthz/', (c) => c.json({ status: 'ok' }))

rootRoutes.use('/readyz/', view('Readiness', ['GET']))

rootRoutes.get('/readyz/', async (c) => {
  const { db, settings } = c.var
  if (await isMigrated(db)) return c.json({ status: 'ok' })

  const command = settings.development ? 'npm run dev' : 'npm run deploy'
  const detail = `The migration ${newestMigration} was not applied. Run: ${command}`
  return c.json({ detail }, 503)
})

const isOn = (settings: Settings, family: RouteGroup) => !settings.disabledRoutes.includes(family)

const hasUsers = (settings: Settings) =>
  isOn(settings, 'users_list') || isOn(settings, 'user_create')
