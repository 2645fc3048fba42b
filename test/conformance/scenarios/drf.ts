// REST framework's own behaviour: methods, media types, paths and bodies.

import { type Scenario, type Step, step } from '../scenario.ts'
import { logsIn, signsUpByMail } from './people.ts'

const publicRoutes = [
  '/auth/users/activation/',
  '/auth/users/reset_password/',
  '/auth/jwt/create/',
  '/auth/jwt/refresh/',
  '/api/token/verify/',
]

const types = {
  'text/plain': '{}',
  'text/xml': '<a/>',
  'application/octet-stream': '{}',
  'application/x-json': '{}',
  'application/problem+json': '{}',
  nonsense: '{}',
  'multipart/form-data': 'x',
  'multipart/form-data; boundary=': 'x',
  'multipart/form-data; boundary=b': 'x',
  'application/json; charset=nonsense': '{}',
  'application/json;': '{}',
}

const accepts = [
  'application/json',
  'application/*',
  '*/*',
  '*/*;q=0',
  'application/json;q=0.5',
  'application/json; indent=4',
  'application/json; version=1',
  'text/csv',
  'text/csv, application/json',
  'text/csv, */*;q=0.1',
  'application/xml',
  'application/vnd.api+json',
  'nonsense',
  'image/*',
  ',',
]

const formats = ['json', 'xml', 'JSON', '', 'nonsense']

function negotiating(request: string, options: { json?: unknown; as?: string }): Step[] {
  return [
    ...accepts.map((accept) =>
      step(`${request} accepting ${accept}`, request, { ...options, headers: { accept } }),
    ),
    ...formats.map((format) =>
      step(`${request} with format=${format}`, `${request}?format=${format}`, options),
    ),
  ]
}

export const methodsNotAllowed: Scenario = {
  name: 'methods',
  variants: ['default', 'prefix'],
  steps: [
    ...signsUpByMail('ann'),
    logsIn('ann'),
    ...publicRoutes.flatMap((path) =>
      ['PUT', 'PATCH', 'DELETE', 'HEAD'].map((method) =>
        step(`${method} ${path}`, `${method} ${path}`),
      ),
    ),
    ...publicRoutes.map((path) =>
      step(`PATCH ${path}, logged in`, `PATCH ${path}`, { as: 'ann.access', json: {} }),
    ),
    step('anonymous OPTIONS /auth/users/', 'OPTIONS /auth/users/'),
    step('OPTIONS /auth/users/', 'OPTIONS /auth/users/', { as: 'ann.access' }),
    step('anonymous OPTIONS /auth/users/me/', 'OPTIONS /auth/users/me/'),
    step('OPTIONS /auth/users/me/', 'OPTIONS /auth/users/me/', { as: 'ann.access' }),
    step('OPTIONS /auth/users/{id}/', 'OPTIONS /auth/users/<ann.id>/', { as: 'ann.access' }),
    ...['activation', 'reset_password', 'set_password'].flatMap((action) => [
      step(`anonymous OPTIONS of ${action}`, `OPTIONS /auth/users/${action}/`),
      step(`OPTIONS of ${action}`, `OPTIONS /auth/users/${action}/`, { as: 'ann.access' }),
    ]),
  ],
}

export const mediaTypes: Scenario = {
  name: 'media types',
  variants: ['default'],
  steps: [
    ...signsUpByMail('ann'),
    logsIn('ann'),
    ...['POST /auth/jwt/create/', 'POST /auth/users/'].flatMap((request) =>
      Object.entries(types).map(([type, raw]) =>
        step(`${request} of ${type}`, request, { raw, headers: { 'content-type': type } }),
      ),
    ),
    step('PATCH of text/plain', 'PATCH /auth/users/me/', {
      as: 'ann.access',
      raw: 'x',
      headers: { 'content-type': 'text/plain' },
    }),
    step('anonymous PATCH of text/plain', 'PATCH /auth/users/me/', {
      raw: 'x',
      headers: { 'content-type': 'text/plain' },
    }),
    step('text/plain without a body', 'POST /auth/jwt/create/', {
      raw: '',
      headers: { 'content-type': 'text/plain' },
    }),
    step('DELETE of text/plain', 'DELETE /auth/users/me/', {
      as: 'ann.access',
      raw: 'x',
      headers: { 'content-type': 'text/plain' },
    }),
    step('a method that is not allowed, of text/plain', 'PUT /auth/jwt/create/', {
      raw: 'x',
      headers: { 'content-type': 'text/plain' },
    }),
    ...negotiating('POST /auth/jwt/create/', { json: {} }),
    ...negotiating('GET /auth/users/me/', { as: 'ann.access' }),
    step('anonymous, accepting text/csv', 'GET /auth/users/me/', {
      headers: { accept: 'text/csv' },
    }),
    step('a bad method, accepting text/csv', 'PUT /auth/jwt/create/', {
      headers: { accept: 'text/csv' },
    }),
    step('a bad token, accepting text/csv', 'GET /auth/users/me/', {
      headers: { accept: 'text/csv', authorization: 'Bearer x' },
    }),
  ],
}

export const paths: Scenario = {
  name: 'paths',
  variants: ['default', 'prefix'],
  steps: [
    ...signsUpByMail('ann'),
    logsIn('ann'),
    step('an unknown one', 'GET /nowhere/'),
    step('an unknown one under /auth/', 'GET /auth/nowhere/'),
    step('an unknown one under /auth/jwt/', 'POST /auth/jwt/nowhere/', { json: {} }),
    step('an unknown one, POST', 'POST /api/nowhere/', { json: {} }),
    step('below a user', 'GET /auth/users/<ann.id>/nowhere/', { as: 'ann.access' }),
    step('the root of Djoser, anonymous', 'GET /auth/'),
    step('jwt/create without the slash', 'POST /auth/jwt/create', { json: {} }),
    step('users without the slash', 'GET /auth/users', { as: 'ann.access' }),
    step('users/me without the slash', 'GET /auth/users/me', { as: 'ann.access' }),
    step('activation without the slash', 'POST /auth/users/activation', { json: {} }),
    step('token without the slash', 'POST /api/token', { json: {} }),
    step('two slashes', 'POST /auth/jwt/create//', { json: {} }),
    step('two slashes inside', 'POST /auth//jwt/create/', { json: {} }),
    step('in capitals', 'POST /auth/JWT/create/', { json: {} }),
    step('with a query', 'POST /auth/jwt/create/?a=b', { json: {} }),
    step('me with a suffix, anonymous', 'GET /auth/users/me.json'),
    step('me with an unknown suffix', 'GET /auth/users/me.xml', { as: 'ann.access' }),
    step('me with an unknown suffix, anonymous', 'GET /auth/users/me.xml'),
    step('a list with an unknown suffix', 'GET /auth/users.xml', { as: 'ann.access' }),
    step('a suffix and a slash', 'GET /auth/users/me.json/', { as: 'ann.access' }),
    step('activation as .json', 'POST /auth/users/activation.json', { json: {} }),
    step('jwt/create as .json', 'POST /auth/jwt/create.json', { json: {} }),
    step('sign-up as .json', 'POST /auth/users.json', { json: {} }),
    step('me as .json, DELETE', 'DELETE /auth/users/me.json', { as: 'ann.access', json: {} }),
  ],
}

const login = 'POST /auth/jwt/create/'
const form = 'application/x-www-form-urlencoded'

const rawJson = {
  'a body of 3 MB': `{"email": "${'a'.repeat(3_000_000)}"}`,
  'JSON nested deeply': `{"email": ${'['.repeat(5000)}${']'.repeat(5000)}, "password": "x"}`,
  'a great number': `{"email": 1${'0'.repeat(400)}, "password": "x"}`,
  'an infinite number': '{"email": 1e999, "password": "x"}',
  Infinity: '{"email": Infinity, "password": "x"}',
}
const moreRawJson = {
  'a line feed in a text': '{"email": "a\nb"}',
  'single quotes': "{'email': 'a'}",
  'white space around': ' \n{}\t ',
}
const rawForms: [name: string, raw: string, type?: string][] = [
  ['a form with a name twice', 'email=a&email=b&password=x'],
  ['a form that is none', '%zz&=&&;'],
  ['a form in JSON', '{"email": "a", "password": "b"}'],
  ['a form with a NUL', 'email=a%00b&password=x'],
  ['a form with bytes that are no text', 'email=%ff%fe&password=x', `${form}; charset=utf-8`],
  ['a form with pluses', 'email=a+b%2Bc&password='],
]

const rawSteps = (bodies: Record<string, string>) =>
  Object.entries(bodies).map(([name, raw]) => step(name, login, { raw }))

export const bodies: Scenario = {
  name: 'bodies',
  variants: ['default'],
  steps: [
    ...rawSteps(rawJson),
    step('a number with an exponent', 'POST /auth/users/', {
      raw: '{"first_name": 1E2, "last_name": 1.0}',
    }),
    ...rawSteps(moreRawJson),
    ...rawForms.map(([name, raw, type = form]) =>
      step(name, login, { raw, headers: { 'content-type': type } }),
    ),
    step('names of the prototype', login, {
      raw: '{"__proto__": {"email": "a"}, "constructor": 1, "toString": 2}',
    }),
  ],
}

export const scenarios = [methodsNotAllowed, mediaTypes, paths, bodies]
