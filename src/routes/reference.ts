// The reference page of the API at `/docs/`, for people: static assets of this package. The page reads `/openapi.json`, and
// sends the requests that its readers try to this origin only.

import { type Context, Hono, type Next } from 'hono'
import type { App } from '../context.ts'
import { unlessDisabled } from '../http/disabled-routes.ts'
import { notFound } from '../http/errors.ts'
import { refuseWrites } from '../http/public-answers.ts'

export const referenceRoutes = new Hono<App>()

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ')

referenceRoutes.use('/docs/*', unlessDisabled, ifShown)

referenceRoutes.get('/docs/*', showReference)

referenceRoutes.all('/docs/*', refuseWrites)

async function ifShown(c: Context<App>, next: Next) {
  if (!c.var.settings.apiReference) throw notFound()
  await next()
}

async function showReference(c: Context<App>) {
  // The addresses in the page are relative.
  if (/\/docs$/.test(new URL(c.req.url).pathname)) return c.redirect('docs/', 301)

  const ifNoneMatch = c.req.header('if-none-match')
  const asset = await c.env.ASSETS.fetch(
    `https://assets${c.req.path.replace('docs', 'reference')}`,
    {
      headers: ifNoneMatch ? { 'If-None-Match': ifNoneMatch } : {},
    },
  )
  if (asset.status >= 400) throw notFound()
  const response = new Response(asset.body, asset)
  response.headers.set('Content-Security-Policy', policy)
  response.headers.set('X-Robots-Tag', 'noindex')
  return response
}
