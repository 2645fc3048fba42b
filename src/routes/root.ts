// What this is and whether it is up.

import { Hono } from 'hono'
import type { App } from '../context.ts'

export const root = new Hono<App>()

root.get('/', (c) => {
  const { publicUrl, development } = c.var.settings
  const at = (path: string) => `${publicUrl}${path}`
  return c.json({
    name: 'Gatehouse',
    description: 'Djoser, Simple JWT, DRF authtoken and drf-jwt, at the edge',
    users: at('/auth/users/'),
    jwt: at('/auth/jwt/create/'),
    token: at('/api/token/'),
    protected_endpoint: at('/api/protected-endpoint/'),
    health: at('/healthz'),
    ...(development && { mailbox: at('/dev/mailbox/') }),
  })
})

root.get('/healthz/', (c) => c.json({ status: 'ok' }))
