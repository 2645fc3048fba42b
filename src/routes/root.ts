// What this is and whether it is up.

import { Hono } from 'hono'
import type { App } from '../context.ts'
import { identified } from '../drf/authentication.ts'
import { view } from '../drf/views.ts'

export const root = new Hono<App>()

root.use('/', view('Gatehouse', ['GET']))

root.get('/', (c) => {
  const { publicUrl, development } = c.var.settings
  const at = (path: string) => `${publicUrl}${path}`
  return c.json({
    name: 'Gatehouse',
    description: 'Django auth at the edge: Djoser, Simple JWT and authtoken',
    users: at('/auth/users/'),
    jwt: at('/auth/jwt/create/'),
    token: at('/api/token/'),
    authtoken: at('/api-token-auth/'),
    protected_endpoint: at('/api/protected-endpoint/'),
    health: at('/healthz'),
    ...(development && { mailbox: at('/dev/mailbox/') }),
  })
})

// Djoser's router names its one resource here.
root.use('/auth/', view('Api Root', ['GET']))

root.get('/auth/', identified, (c) => c.json({ users: `${c.var.settings.publicUrl}/auth/users/` }))

root.use('/healthz/', view('Health', ['GET']))

root.get('/healthz/', (c) => c.json({ status: 'ok' }))
