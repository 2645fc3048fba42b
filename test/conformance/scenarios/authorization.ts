// The Authorization header.

import { type Scenario, step } from '../scenario.ts'
import { claims, wrongClaims, wrongSignatures, wrongTexts, wrongUsers } from './forgeries.ts'
import { logsIn, signsUpByMail } from './people.ts'

/** Every bad token on a protected view. */
const authenticating: Scenario = {
  name: 'the Authorization header',
  variants: ['default'],
  steps: [
    ...signsUpByMail('ann'),
    logsIn('ann'),
    step('none', 'GET /api/protected-endpoint/'),
    step('right', 'GET /api/protected-endpoint/', { as: 'ann.access' }),
    ...Object.entries({
      blank: '',
      'a scheme alone': 'Bearer',
      'a scheme and a space': 'Bearer ',
      'three parts': 'Bearer <ann.access> x',
      'the other scheme': 'JWT <ann.access>',
      'a scheme in small letters': 'bearer <ann.access>',
      'a scheme in capitals': 'BEARER <ann.access>',
      'the other scheme in small letters': 'jwt <ann.access>',
      'an unknown scheme': 'Basic <ann.access>',
      'an unknown scheme alone': 'Basic',
      'no scheme': '<ann.access>',
      'two spaces': 'Bearer  <ann.access>',
      'a tab': 'Bearer\t<ann.access>',
      'two headers in one': 'Bearer <ann.access>, Bearer <ann.access>',
      'a refresh token': 'Bearer <ann.refresh>',
      quotes: 'Bearer "<ann.access>"',
    }).map(([name, authorization]) =>
      step(name, 'GET /api/protected-endpoint/', { headers: { authorization } }),
    ),
    ...Object.entries(wrongTexts('<ann.access>')).map(([name, text]) =>
      step(`text: ${name}`, 'GET /auth/users/me/', {
        headers: { authorization: `Bearer ${text}` },
      }),
    ),
    ...Object.entries({
      ...wrongClaims('access'),
      ...wrongUsers('access'),
      ...wrongSignatures('access'),
    }).map(([name, forged]) =>
      step(`token: ${name}`, 'GET /auth/users/me/', {
        forged,
        headers: { authorization: 'Bearer <forged>' },
      }),
    ),
    ...[
      'POST /auth/users/',
      'POST /auth/users/reset_password/',
      'POST /auth/users/activation/',
    ].flatMap((request) => [
      step(`${request} with a bad token`, request, {
        json: {},
        headers: { authorization: 'Bearer x' },
      }),
      step(`${request} with a scheme alone`, request, {
        json: {},
        headers: { authorization: 'JWT' },
      }),
      step(`${request} with an unknown scheme`, request, {
        json: {},
        headers: { authorization: 'Basic x' },
      }),
      step(`${request} with an expired token`, request, {
        forged: { claims: claims('access', { exp: -10 }) },
        json: {},
        headers: { authorization: 'Bearer <forged>' },
      }),
    ]),
    step('POST to the protected endpoint', 'POST /api/protected-endpoint/', {
      as: 'ann.access',
      json: {},
    }),
    step('anonymous POST to it', 'POST /api/protected-endpoint/', { json: {} }),
    step('OPTIONS of it', 'OPTIONS /api/protected-endpoint/', { as: 'ann.access' }),
    step('anonymous OPTIONS of it', 'OPTIONS /api/protected-endpoint/'),
  ],
}

export const scenarios = [authenticating]
