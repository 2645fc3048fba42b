// An example for an endpoint of your own. It requires a file like this, and two lines in app.ts.

import { type Context, Hono } from 'hono'
import type { App } from '../context.ts'
import { authenticated } from '../guards/guards.ts'
import { endpoint } from '../http/view.ts'

export const exampleRoutes = new Hono<App>()

endpoint(exampleRoutes, '/protected-endpoint/', {
  name: 'Protected Endpoint',
  guard: authenticated,
  GET: [authenticated, showMessage],
})

function showMessage(c: Context<App>) {
  return c.json({ message: 'You have access to this protected endpoint.' })
}
