// CORS: preflights, and the headers of other responses.

import { type Scenario, type Step, step } from '../scenario.ts'
import type { VariantName } from '../variants.ts'

const origins = {
  'an allowed origin': 'https://app.example.com',
  'another allowed origin': 'http://localhost:3000',
  'a foreign origin': 'https://evil.example',
  'an origin with a slash': 'https://app.example.com/',
  'an origin in capitals': 'HTTPS://APP.EXAMPLE.COM',
  'another port': 'https://app.example.com:8443',
  'a longer host': 'https://app.example.com.evil.example',
  'another scheme': 'http://app.example.com',
  'the origin null': 'null',
  'no origin at all': '',
}

const preflight = (origin: string, method: string) => ({
  origin,
  'access-control-request-method': method,
  'access-control-request-headers': 'authorization, content-type',
})

function asking(origin: string): Step[] {
  return [
    step('preflight for log-in', 'OPTIONS /auth/jwt/create/', {
      headers: preflight(origin, 'POST'),
    }),
    step('preflight for me', 'OPTIONS /auth/users/me/', { headers: preflight(origin, 'DELETE') }),
    step('preflight for an odd method', 'OPTIONS /api/token/', {
      headers: preflight(origin, 'TRACE'),
    }),
    step('preflight for nowhere', 'OPTIONS /nowhere/', { headers: preflight(origin, 'POST') }),
    step('a preflight that names no method', 'OPTIONS /auth/jwt/verify/', { headers: { origin } }),
    step('400', 'POST /auth/jwt/create/', { json: {}, headers: { origin } }),
    step('401', 'GET /auth/users/me/', { headers: { origin } }),
    step('401 for a bad log-in', 'POST /api/token/', {
      json: { email: 'nobody@example.com', password: 'x', username: 'nobody' },
      headers: { origin },
    }),
    step('404', 'GET /nowhere/', { headers: { origin } }),
    step('405', 'PUT /auth/jwt/create/', { json: {}, headers: { origin } }),
    step('406', 'POST /auth/jwt/verify/', { json: {}, headers: { origin, accept: 'text/csv' } }),
    step('415', 'POST /auth/jwt/verify/', {
      raw: 'x',
      headers: { origin, 'content-type': 'text/plain' },
    }),
    step('a parse error', 'POST /auth/jwt/verify/', { raw: '{', headers: { origin } }),
    step('204', 'POST /auth/users/reset_password/', {
      json: { email: 'nobody-<run>@example.com' },
      headers: { origin },
    }),
    step('HEAD', 'HEAD /auth/users/me/', { headers: { origin } }),
  ]
}

const everyAnswer = (name: string, origin: string, variants: VariantName[]): Scenario => ({
  name: `CORS for ${name}`,
  variants,
  steps: asking(origin),
})

/** Origins are compared as text. */
const manyOrigins: Scenario = {
  name: 'CORS, origin by origin',
  variants: ['default'],
  steps: Object.entries(origins).flatMap(([name, origin]) => [
    step(`preflight: ${name}`, 'OPTIONS /auth/jwt/create/', { headers: preflight(origin, 'POST') }),
    step(`request: ${name}`, 'POST /auth/jwt/create/', { json: {}, headers: { origin } }),
  ]),
}

export const scenarios = [
  everyAnswer('an allowed origin', 'https://app.example.com', [
    'default',
    'retype',
    'username',
    'prefix',
  ]),
  everyAnswer('a foreign origin', 'https://evil.example', ['default', 'retype']),
  manyOrigins,
]
