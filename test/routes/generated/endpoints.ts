// Every endpoint: its fields, each with a kind, and the shape of its response to a valid request.

import type { Kind } from './arbitraries.ts'
import type { Configuration } from './setup.ts'
import type { Shape } from './shapes.ts'

type Fields = Record<string, Kind>

export interface Endpoint {
  body?: Fields
  query?: Fields
  /** The kind of `:id` in the path. */
  id?: Kind
  answer: Shape
  /** Whether it changes the caller's password, login name or tokens, or deletes the caller. */
  spends?: boolean
  /** The configuration that has it; undefined for all. */
  configuration?: Configuration
}

const link: Fields = { uid: 'uid', token: 'linkToken' }
const names: Fields = { email: 'email', username: 'username' }
const credentials: Fields = { ...names, password: 'password' }
const signUp: Fields = {
  email: 'newEmail',
  username: 'newUsername',
  first_name: 'text',
  last_name: 'text',
  role: 'choice',
  password: 'password',
  re_password: 'password',
}
const edit: Fields = { first_name: 'text', last_name: 'text', email: 'email' }
const newEmail: Fields = { new_email: 'newEmail', re_new_email: 'newEmail' }
const newUsername: Fields = { new_username: 'newUsername', re_new_username: 'newUsername' }
const newPassword: Fields = { new_password: 'newPassword', re_new_password: 'password' }
const current: Fields = { current_password: 'password' }
const list: Fields = {
  page: 'page',
  limit: 'limit',
  offset: 'offset',
  ordering: 'ordering',
  search: 'search',
}

const spends = true

export const endpoints: Record<string, Endpoint> = {
  'GET /': { answer: 'links' },
  'GET /healthz/': { answer: 'links' },
  'GET /readyz/': { answer: 'links' },
  'GET /auth/': { answer: 'links' },
  'GET /api/protected-endpoint/': { answer: 'links' },
  'GET /.well-known/jwks.json': { answer: 'keys' },
  'GET /openapi.json': { answer: 'nothing' },
  'GET /docs/*': { answer: 'nothing' },

  'GET /auth/users/': { query: list, answer: 'users' },
  'POST /auth/users/': { body: signUp, answer: 'user' },
  'POST /register/': { body: signUp, answer: 'registered' },
  'GET /auth/users/me/': { answer: 'user' },
  'PUT /auth/users/me/': { body: edit, answer: 'user' },
  'PATCH /auth/users/me/': { body: edit, answer: 'user' },
  'DELETE /auth/users/me/': { body: current, answer: 'nothing', spends },
  'GET /auth/users/:id/': { id: 'primaryKey', answer: 'user' },
  'PUT /auth/users/:id/': { id: 'primaryKey', body: edit, answer: 'user' },
  'PATCH /auth/users/:id/': { id: 'primaryKey', body: edit, answer: 'user' },
  'DELETE /auth/users/:id/': { id: 'primaryKey', body: current, answer: 'nothing', spends },

  'GET /auth/sessions/': { query: { user: 'primaryKey' }, answer: 'sessions' },
  'DELETE /auth/sessions/': { query: { user: 'primaryKey' }, answer: 'nothing', spends },
  'DELETE /auth/sessions/:id/': { id: 'uid', answer: 'nothing', spends },
  'POST /auth/jwt/logout/': { body: { refresh: 'refresh' }, answer: 'nothing', spends },
  'GET /auth/users/me/events/': { query: { before: 'primaryKey' }, answer: 'events' },
  'GET /auth/users/me/export/': { query: { page: 'page' }, answer: 'exported' },
  'GET /auth/users/:id/events/': {
    id: 'primaryKey',
    query: { before: 'primaryKey' },
    answer: 'events',
  },
  'POST /auth/users/:id/disable/': { id: 'primaryKey', answer: 'nothing', spends },
  'POST /auth/users/:id/enable/': { id: 'primaryKey', answer: 'nothing' },
  'POST /auth/users/activation/': { body: link, answer: 'nothing', spends },
  'POST /auth/users/resend_activation/': { body: names, answer: 'nothing' },
  'POST /auth/users/set_password/': {
    body: { ...current, ...newPassword },
    answer: 'nothing',
    spends,
  },
  'POST /auth/users/reset_password/': { body: names, answer: 'nothing' },
  'POST /auth/users/reset_password_confirm/': {
    body: { ...link, ...newPassword },
    answer: 'nothing',
    spends,
  },
  'POST /auth/users/set_email/': { body: { ...current, ...newEmail }, answer: 'nothing', spends },
  'POST /auth/users/reset_email/': { body: names, answer: 'nothing' },
  'POST /auth/users/reset_email_confirm/': {
    body: { ...link, ...newEmail },
    answer: 'nothing',
    spends,
  },
  'POST /auth/users/set_email_confirm/': { body: link, answer: 'nothing', spends },
  'POST /auth/users/set_username/': {
    body: { ...current, ...newUsername },
    answer: 'nothing',
    spends,
    configuration: 'byName',
  },
  'POST /auth/users/reset_username/': { body: names, answer: 'nothing', configuration: 'byName' },
  'POST /auth/users/reset_username_confirm/': {
    body: { ...link, ...newUsername },
    answer: 'nothing',
    spends,
    configuration: 'byName',
  },

  'POST /auth/jwt/create/': { body: credentials, answer: 'pair' },
  'POST /auth/jwt/refresh/': { body: { refresh: 'refresh' }, answer: 'refreshed', spends },
  'POST /auth/jwt/verify/': { body: { token: 'token' }, answer: 'empty' },
  'POST /api/token/': { body: credentials, answer: 'pair' },
  'POST /api/token/refresh/': { body: { refresh: 'refresh' }, answer: 'refreshed', spends },
  'POST /api/token/verify/': { body: { token: 'token' }, answer: 'empty' },
  'POST /api/token/blacklist/': { body: { refresh: 'refresh' }, answer: 'empty', spends },
  'POST /api/token/sliding/': { body: credentials, answer: 'token' },
  'POST /api/token/sliding/refresh/': { body: { token: 'sliding' }, answer: 'token' },

  'POST /auth/token/login/': { body: credentials, answer: 'key' },
  'POST /auth/token/logout/': { answer: 'nothing', spends },
  'POST /api-token-auth/': { body: credentials, answer: 'token' },
  'POST /api-token-verify/': { body: { token: 'drf' }, answer: 'token', configuration: 'drfJwt' },
  'POST /api-token-refresh/': { body: { token: 'drf' }, answer: 'token', configuration: 'drfJwt' },
  'POST /auth/impersonate/': {
    body: { user: 'primaryKey' },
    answer: 'token',
    configuration: 'drfJwt',
  },
  'POST /auth/logout/': {
    body: { token: 'drf' },
    answer: 'token',
    configuration: 'drfJwt',
    spends,
  },

  'GET /activate/': { query: link, answer: 'page' },
  'POST /activate/': { body: link, answer: 'page', spends },
  'GET /activate/again/': { answer: 'page' },
  'POST /activate/again/': { body: { email: 'email' }, answer: 'page' },
  'GET /reset-password/again/': { answer: 'page' },
  'POST /reset-password/again/': { body: { email: 'email' }, answer: 'page' },
  'GET /reset-password/': { query: link, answer: 'page' },
  'POST /reset-password/': { body: { ...link, ...newPassword }, answer: 'page', spends },
  'GET /reset-username/': { query: link, answer: 'page' },
  'POST /reset-username/': {
    body: { ...link, new_name: 'newEmail' },
    answer: 'page',
    spends,
  },
  'GET /change-email/': { query: link, answer: 'page' },
  'POST /change-email/': { body: link, answer: 'page', spends },
}
