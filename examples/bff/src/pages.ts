// The pages, without a script.

import type { GatehouseError } from 'gatehouse-auth/client'
import { html } from 'hono/html'

type Markup = ReturnType<typeof html>
type Values = Record<string, string>

export const page = (title: string, content: Markup) => html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title}</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/style.css">
  </head>
  <body>
    <main>
      <h1>${title}</h1>
      ${content}
    </main>
  </body>
</html>`

export const accountPage = (user: { first_name: string; last_name: string; email: string }) =>
  page(
    'Your account',
    html`<dl>
        <dt>Name</dt>
        <dd>${user.first_name} ${user.last_name}</dd>
        <dt>Email address</dt>
        <dd>${user.email}</dd>
      </dl>
      <form method="post" action="/logout"><button type="submit">Log out</button></form>`,
  )

export const logInPage = (values?: Values, error?: GatehouseError<unknown>) =>
  page(
    'Log in',
    html`<form method="post">
        ${inputs(
          [
            { name: 'email', label: 'Email address', type: 'email', autocomplete: 'username' },
            {
              name: 'password',
              label: 'Password',
              type: 'password',
              autocomplete: 'current-password',
            },
          ],
          values,
          error,
        )}
        <button type="submit">Log in</button>
      </form>
      <p>No account yet? <a href="/signup">Sign up</a></p>`,
  )

export const signUpPage = (values?: Values, error?: GatehouseError<unknown>) =>
  page(
    'Sign up',
    html`<form method="post">
        ${inputs(
          [
            { name: 'first_name', label: 'First name', autocomplete: 'given-name' },
            { name: 'last_name', label: 'Last name', autocomplete: 'family-name' },
            { name: 'email', label: 'Email address', type: 'email', autocomplete: 'username' },
            { name: 'password', label: 'Password', type: 'password', autocomplete: 'new-password' },
          ],
          values,
          error,
        )}
        <button type="submit">Sign up</button>
      </form>
      <p>You have an account? <a href="/login">Log in</a></p>`,
  )

export const checkEmailPage = (email: string) =>
  page(
    'Check your email',
    html`<p>We have sent a link to ${email}. Follow it to activate your account.</p>
      <p>Then <a href="/login">log in</a>.</p>`,
  )

interface Field {
  name: string
  label: string
  type?: string
  autocomplete: string
}

/** The fields of a form, each with the server's errors. Those of no field are after all of them. */
function inputs(fields: Field[], values: Values = {}, error?: GatehouseError<unknown>): Markup {
  const errors: Record<string, string[] | undefined> = error?.fields ?? {}
  const firstWrong = fields.find(({ name }) => errors[name])
  const marksOf = (name: string) => html`aria-invalid="true" aria-describedby="${name}-error"
    ${name === firstWrong?.name ? 'autofocus' : ''}`
  return html`${fields.map(
    ({ name, label, type = 'text', autocomplete }) => html`
      <label for="${name}">${label}</label>
      <input id="${name}" name="${name}" type="${type}" value="${values[name] ?? ''}"
        autocomplete="${autocomplete}" ${errors[name] ? marksOf(name) : ''}>
      ${errors[name] ? html`<p class="error" id="${name}-error">${errors[name].join(' ')}</p>` : ''}`,
  )}
  ${error && !firstWrong ? html`<p class="error" role="alert">${error.message}</p>` : ''}`
}
