// Your own endpoints. They come after CORS and the size limit, and before Gatehouse's own. src/openapi.ts may describe them.

import { type App, type Authenticated, authenticated, endpoint } from 'gatehouse-auth'
import { type Context, Hono } from 'hono'

export const routes = new Hono<App>()

// Each method has its guards, and then its handler.
endpoint(routes, '/api/hello/', {
  name: 'Hello',
  guard: authenticated,
  GET: [authenticated, sayHello],
})

function sayHello(c: Context<Authenticated>) {
  const { user } = c.var
  return c.json({ message: `Hello, ${user.first_name}!` })
}
