// Reading, editing and deleting users.

import { each, type Scenario, step } from '../scenario.ts'
import {
  address,
  adminLogsIn,
  adminPassword,
  logsIn,
  password,
  signsUpByMail,
  signUp,
} from './people.ts'

const users = 'POST /auth/users/'
const ann = signUp('ann')

export const me: Scenario = {
  name: 'users/me',
  variants: ['default', 'prefix'],
  steps: [
    ...signsUpByMail('ann'),
    logsIn('ann'),
    step('anonymous GET', 'GET /auth/users/me/'),
    step('anonymous PUT', 'PUT /auth/users/me/', { json: {} }),
    step('anonymous PATCH', 'PATCH /auth/users/me/', { json: {} }),
    step('anonymous DELETE', 'DELETE /auth/users/me/', { json: {} }),
    step('GET', 'GET /auth/users/me/', { as: 'ann.access' }),
    step('GET with the other scheme', 'GET /auth/users/me/', {
      headers: { authorization: 'JWT <ann.access>' },
    }),
    step('GET as .json', 'GET /auth/users/me.json', { as: 'ann.access' }),
    step('HEAD', 'HEAD /auth/users/me/', { as: 'ann.access' }),
    step('POST', 'POST /auth/users/me/', { as: 'ann.access', json: {} }),
    ...each(
      'PUT /auth/users/me/',
      {
        'PUT nothing': {},
        'PUT without a last name': { first_name: 'Anna' },
        'PUT with nulls': { first_name: null, last_name: null },
        'PUT with blanks': { first_name: '', last_name: ' ' },
        'PUT with a long name': { first_name: 'a'.repeat(256), last_name: 'Lee' },
        'PUT all': { first_name: 'Anna', last_name: 'Leigh' },
        'PUT what nobody may write': {
          first_name: 'Anna',
          last_name: 'Leigh',
          email: 'x',
          id: 1,
          role: 'admin',
          is_staff: true,
        },
      },
      { as: 'ann.access' },
    ),
    ...each(
      'PATCH /auth/users/me/',
      {
        'PATCH nothing': {},
        'PATCH a first name': { first_name: ' Hanna ' },
        'PATCH a number': { first_name: 5 },
        'PATCH true': { first_name: true },
        'PATCH an object': { last_name: {} },
        'PATCH a NUL': { last_name: '\u0000' },
        'PATCH the address': { email: 'other-<run>@example.com' },
        'PATCH the password': { password: 'other-horse-22' },
        'PATCH the role': { role: 'admin' },
      },
      { as: 'ann.access' },
    ),
    step('PATCH a list', 'PATCH /auth/users/me/', { as: 'ann.access', raw: '[]' }),
    step('PATCH null', 'PATCH /auth/users/me/', { as: 'ann.access', raw: 'null' }),
    step('PATCH broken JSON', 'PATCH /auth/users/me/', { as: 'ann.access', raw: '{' }),
    step('PATCH as a form', 'PATCH /auth/users/me/', {
      as: 'ann.access',
      form: { last_name: 'Form' },
    }),
    step('PUT as a form without a name', 'PUT /auth/users/me/', {
      as: 'ann.access',
      form: { last_name: 'Form' },
    }),
    step('PATCH as a multipart form', 'PATCH /auth/users/me/', {
      as: 'ann.access',
      multipart: { first_name: 'Multi' },
    }),
    step('GET afterwards', 'GET /auth/users/me/', { as: 'ann.access' }),
    ...each(
      'DELETE /auth/users/me/',
      {
        'DELETE without a password': {},
        'DELETE with a blank password': { current_password: '' },
        'DELETE with null': { current_password: null },
        'DELETE with true': { current_password: true },
        'DELETE with a NUL': { current_password: '\u0000' },
        'DELETE with a wrong password': { current_password: 'wrong' },
      },
      { as: 'ann.access' },
    ),
    step('DELETE without a body', 'DELETE /auth/users/me/', { as: 'ann.access' }),
    step('DELETE with a list', 'DELETE /auth/users/me/', { as: 'ann.access', raw: '[]' }),
    step('DELETE', 'DELETE /auth/users/me/', {
      as: 'ann.access',
      json: { current_password: password },
    }),
    step('GET after the end', 'GET /auth/users/me/', { as: 'ann.access' }),
    step('a log-in after the end', 'POST /auth/jwt/create/', {
      json: { email: address('ann'), password },
    }),
    step('a refresh after the end', 'POST /auth/jwt/refresh/', {
      json: { refresh: '<ann.refresh>' },
    }),
    step('verify after the end', 'POST /auth/jwt/verify/', { json: { token: '<ann.access>' } }),
    step('blacklist after the end', 'POST /api/token/blacklist/', {
      json: { refresh: '<ann.refresh>' },
    }),
    step('the address is free again', users, { json: ann }),
  ],
}

export const detail: Scenario = {
  name: 'users/{id}',
  variants: ['default'],
  steps: [
    ...signsUpByMail('ann'),
    ...signsUpByMail('bob'),
    logsIn('ann'),
    logsIn('bob'),
    adminLogsIn,
    step('anonymous list', 'GET /auth/users/'),
    step('a list of oneself', 'GET /auth/users/', { as: 'ann.access' }),
    step('a list as .json', 'GET /auth/users.json', { as: 'ann.access' }),
    step('a list for staff', 'GET /auth/users/', { as: 'admin.access' }),
    step('PUT on the list', 'PUT /auth/users/', { as: 'ann.access', json: {} }),
    step('DELETE on the list', 'DELETE /auth/users/', { as: 'ann.access' }),
    step('sign-up by somebody logged in', users, { as: 'ann.access', json: {} }),
    step('anonymous GET', 'GET /auth/users/<ann.id>/'),
    step('anonymous PATCH', 'PATCH /auth/users/<ann.id>/', { json: {} }),
    step('anonymous DELETE', 'DELETE /auth/users/<ann.id>/', { json: {} }),
    step('anonymous GET of a missing one', 'GET /auth/users/999999999/'),
    step('GET oneself', 'GET /auth/users/<ann.id>/', { as: 'ann.access' }),
    step('GET oneself as .json', 'GET /auth/users/<ann.id>.json', { as: 'ann.access' }),
    step('HEAD oneself', 'HEAD /auth/users/<ann.id>/', { as: 'ann.access' }),
    step('POST to oneself', 'POST /auth/users/<ann.id>/', { as: 'ann.access', json: {} }),
    step('GET another', 'GET /auth/users/<bob.id>/', { as: 'ann.access' }),
    step('PUT another', 'PUT /auth/users/<bob.id>/', { as: 'ann.access', json: {} }),
    step('PATCH another', 'PATCH /auth/users/<bob.id>/', { as: 'ann.access', json: {} }),
    step('DELETE another', 'DELETE /auth/users/<bob.id>/', {
      as: 'ann.access',
      json: { current_password: password },
    }),
    ...[
      '999999999',
      '0',
      '-1',
      'abc',
      '1.5',
      '99999999999999999999',
      '%00',
      '%F0%9F%90%89',
      '+1',
      '1%20',
    ].map((id) => step(`GET ${id}`, `GET /auth/users/${id}/`, { as: 'ann.access' })),
    step('PATCH a missing one', 'PATCH /auth/users/999999999/', { as: 'ann.access', json: {} }),
    step('DELETE a missing one', 'DELETE /auth/users/999999999/', { as: 'ann.access', json: {} }),
    step('GET a missing one for staff', 'GET /auth/users/999999999/', { as: 'admin.access' }),
    step('PUT oneself with nothing', 'PUT /auth/users/<ann.id>/', { as: 'ann.access', json: {} }),
    step('PUT oneself', 'PUT /auth/users/<ann.id>/', {
      as: 'ann.access',
      json: { first_name: 'Anna', last_name: 'Leigh' },
    }),
    step('PATCH oneself', 'PATCH /auth/users/<ann.id>/', {
      as: 'ann.access',
      json: { first_name: 'Hanna', role: 'admin' },
    }),
    step('PATCH oneself with null', 'PATCH /auth/users/<ann.id>/', {
      as: 'ann.access',
      json: { first_name: null },
    }),
    step('GET by staff', 'GET /auth/users/<bob.id>/', { as: 'admin.access' }),
    step('PATCH by staff', 'PATCH /auth/users/<bob.id>/', {
      as: 'admin.access',
      json: { last_name: 'Staffed' },
    }),
    step('PATCH the address by staff', 'PATCH /auth/users/<bob.id>/', {
      as: 'admin.access',
      json: { email: 'new-<run>@example.com' },
    }),
    step('PUT by staff with a blank', 'PUT /auth/users/<bob.id>/', {
      as: 'admin.access',
      json: { first_name: '', last_name: 'x' },
    }),
    step('DELETE by staff without a password', 'DELETE /auth/users/<bob.id>/', {
      as: 'admin.access',
      json: {},
    }),
    step("DELETE by staff with the user's password", 'DELETE /auth/users/<bob.id>/', {
      as: 'admin.access',
      json: { current_password: password },
    }),
    step('DELETE by staff', 'DELETE /auth/users/<bob.id>/', {
      as: 'admin.access',
      json: { current_password: adminPassword },
    }),
    step('GET by staff afterwards', 'GET /auth/users/<bob.id>/', { as: 'admin.access' }),
    step('bob afterwards', 'GET /auth/users/me/', { as: 'bob.access' }),
    step('DELETE oneself with a wrong password', 'DELETE /auth/users/<ann.id>/', {
      as: 'ann.access',
      json: { current_password: 'wrong' },
    }),
    step('DELETE oneself', 'DELETE /auth/users/<ann.id>/', {
      as: 'ann.access',
      json: { current_password: password },
    }),
    step('ann afterwards', 'GET /auth/users/<ann.id>/', { as: 'ann.access' }),
  ],
}

/** With HIDE_USERS off. */
export const seenUsers: Scenario = {
  name: 'users that are not hidden',
  variants: ['retype'],
  steps: [
    step('ann signs up', users, { json: signUp('ann'), capture: { 'ann.id': 'id' } }),
    step('bob signs up', users, { json: signUp('bob'), capture: { 'bob.id': 'id' } }),
    logsIn('ann'),
    step('a list', 'GET /auth/users/', { as: 'ann.access' }),
    step('GET another', 'GET /auth/users/<bob.id>/', { as: 'ann.access' }),
    step('PUT another', 'PUT /auth/users/<bob.id>/', { as: 'ann.access', json: {} }),
    step('PATCH another', 'PATCH /auth/users/<bob.id>/', { as: 'ann.access', json: {} }),
    step('DELETE another', 'DELETE /auth/users/<bob.id>/', {
      as: 'ann.access',
      json: { current_password: password },
    }),
    step('GET a missing one', 'GET /auth/users/999999999/', { as: 'ann.access' }),
    step('anonymous GET', 'GET /auth/users/<bob.id>/'),
  ],
}

export const scenarios = [me, detail, seenUsers]
