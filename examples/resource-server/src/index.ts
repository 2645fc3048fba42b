// A Worker that verifies tokens itself, with the keys that Gatehouse publishes. A request needs no call to Gatehouse.

import { env } from 'cloudflare:workers'
import { requireAccessToken } from 'gatehouse-auth/hono'
import { Hono } from 'hono'

const { ISSUER: issuer, AUDIENCE: audience } = env as unknown as Record<
  'ISSUER' | 'AUDIENCE',
  string
>

const app = new Hono()

app.get('/', (c) => c.text('Open to all.'))

app.get('/books/', requireAccessToken({ issuer, audience }), (c) =>
  c.json({ reader: c.var.user.id, until: c.var.claims.exp, books: [] }),
)

export default app
