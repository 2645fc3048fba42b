// An example of an endpoint of your own: a file like this, and two lines in app.ts.

import { Hono } from 'hono'
import type { App } from '../context.ts'
import { authenticated } from '../guards/guards.ts'
import { view } from '../http/view.ts'

export const exampleRoutes = new Hono<App>()

exampleRoutes.use(
  '/protected-endpoint/',
  view('Protected Endpoint', ['GET'], { guard: authenticated }),
)

exampleRoutes.get('/protected-endpoint/', authenticated, (c) =>
  c.json({ message: 'You have access to this protected endpoint.' }),
)
