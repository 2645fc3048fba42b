import { serveStatic } from '@hono/node-server/serve-static'
import { type Context, Hono } from 'hono'
import { csrf } from 'hono/csrf'
import { html } from 'hono/html'
import { authFor, sessionId } from './auth.ts'
import { accountPage, checkEmailPage, logInPage, page, signUpPage } from './pages.ts'

export const app = new Hono()

app.use(csrf()) // refuses the forms of other sites
app.use('/style.css', serveStatic({ root: 'public' }))

app.get('/', async (c) => {
  const { data: user, error } = await authFor(c, sessionId(c)).me()
  if (error?.status === 401) return c.redirect('/login')
  if (error) return c.html(page('Please try again', html`<p>${error.message}</p>`), 503)
  return c.html(accountPage(user))
})

app.get('/login', (c) => c.html(logInPage()))

app.post('/login', async (c) => {
  const { email, password } = await sentBy(c)
  const { error } = await authFor(c).login({ email, password })
  return error ? c.html(logInPage({ email }, error), 400) : c.redirect('/')
})

app.get('/signup', (c) => c.html(signUpPage()))

app.post('/signup', async (c) => {
  const { first_name, last_name, email, password } = await sentBy(c)
  const { error } = await authFor(c).signUp({ first_name, last_name, email, password })
  if (error) return c.html(signUpPage({ first_name, last_name, email }, error), 400)
  return c.html(checkEmailPage(email))
})

app.post('/logout', async (c) => {
  await authFor(c, sessionId(c)).logout()
  return c.redirect('/login')
})

const sentBy = async (c: Context) => (await c.req.parseBody()) as Record<string, string>
