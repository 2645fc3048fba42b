// The script of the reference page: Scalar's standalone build. The package for Fastify serves it, and is the smallest that
// contains it (docs/decisions/052).

import scalar from '@scalar/fastify-api-reference'

interface Route {
  url: string
  handler(request: unknown, reply: Reply): unknown
}

interface Reply {
  header(name: string, value: string): Reply
  send(body: string): Reply
}

/** The JavaScript, which defines `window.Scalar`. */
export function referenceScript(): string {
  const routes: Route[] = []
  const fastify = { route: (route: Route) => routes.push(route), initialConfig: {} }
  const options = { routePrefix: '/', configuration: { url: '/openapi.json' } }
  const register = scalar as unknown as (app: object, options: object, done: () => void) => void
  register(fastify, options, () => undefined)
  const script = routes.find(({ url }) => url.endsWith('.js'))
  let sent = ''
  const reply: Reply = {
    header: () => reply,
    send(body) {
      sent = body
      return reply
    },
  }
  script?.handler({}, reply)
  if (!sent.includes('createApiReference')) throw new Error('Scalar’s script was not found')
  return sent
}
