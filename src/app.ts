// The API on one screen: what every request passes, then every route file on its prefix.

import { Hono } from 'hono'
import { type App, context, type Env } from './context.ts'
import { sizeLimit } from './http/body.ts'
import { client } from './http/client.ts'
import { cors } from './http/cors.ts'
import { notFound, onError } from './http/errors.ts'
import { language } from './http/language.ts'
import { securityHeaders } from './http/security-headers.ts'
import { activation } from './routes/activation.ts'
import { authtoken } from './routes/authtoken.ts'
import { drfJwt } from './routes/drf-jwt.ts'
import { protectedEndpoint } from './routes/example.ts'
import { personalExport } from './routes/export.ts'
import { forms } from './routes/forms.tsx'
import { impersonation } from './routes/impersonation.ts'
import { jwks } from './routes/jwks.ts'
import { jwt } from './routes/jwt.ts'
import { names } from './routes/login-field.ts'
import { mailbox } from './routes/mailbox.tsx'
import { password } from './routes/password.ts'
import { register } from './routes/register.ts'
import { root } from './routes/root.ts'
import { events } from './routes/security-events.ts'
import { sessions } from './routes/sessions.ts'
import { sliding } from './routes/sliding.ts'
import { users } from './routes/users.ts'
import { pathBelowPrefix } from './settings/urls.ts'

/** A path that no route has: the answer is 404. */
const nowhere = '//'

export const app = new Hono<App>({ getPath })

app.onError(onError)
app.notFound((c) => onError(notFound(), c))

app.use(securityHeaders)
app.use(context)
app.use(language)
app.use(client)

// Pages, before other origins are let in: none of them is to read a mailbox or a form.
app.route('/', mailbox)
app.route('/', forms)

// Public keys, with an answer to other origins of their own: all may read them.
app.route('/', jwks)

app.use(cors)
app.use(sizeLimit)
app.route('/', root)
app.route('/', jwt)
app.route('/', sliding)
// With DRF_JWT on `/api-token-auth/` is drf-jwt's; off, it lets all of its paths pass, and it is authtoken's.
app.route('/', drfJwt)
app.route('/', authtoken)
app.route('/auth', impersonation)
app.route('/auth', sessions)
app.route('/auth', events)
app.route('/auth', personalExport)
app.route('/auth', activation)
app.route('/auth', password)
app.route('/auth', names)
app.route('/auth', users)
app.route('/', register)
app.route('/api', protectedEndpoint)

// Routes are written as Django writes them, without URL_PREFIX; a path answers without its final slash too,
// and Djoser's with the suffix `.json`.
function getPath(request: Request, options?: { env?: Env }): string {
  const pathname = pathBelowPrefix(options?.env, new URL(request.url).pathname)
  if (pathname === undefined) return nowhere
  const path = pathname.startsWith('/auth/users') ? pathname.replace(/\.json$/, '') : pathname
  return path.endsWith('/') || path.includes('.') ? path : `${path}/`
}
