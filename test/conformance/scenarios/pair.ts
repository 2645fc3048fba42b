// With RS256, other names of the header and the claims, and usernames in the tokens.

import { rsaPublic } from '../../vectors/keys.ts'
import { type Scenario, step } from '../scenario.ts'
import { password } from './people.ts'

const ann = { username: 'ann-<run>', password }
const header = (token: string) => ({ 'x-access-token': `Bearer ${token}` })
const claims = (kind: string, given: object = {}) => ({
  kind,
  exp: 300,
  iat: 0,
  number: '<hex>',
  sub: 'ann-<run>',
  ...given,
})

export const signing: Scenario = {
  name: 'tokens of a pair of keys',
  variants: ['pair'],
  steps: [
    step('ann signs up', 'POST /auth/users/', { json: ann }),
    step('ann logs in', 'POST /auth/jwt/create/', {
      json: ann,
      capture: { 'ann.access': 'access', 'ann.refresh': 'refresh' },
    }),
    step('me', 'GET /auth/users/me/', { headers: header('<ann.access>') }),
    step('me in the usual header', 'GET /auth/users/me/', { as: 'ann.access' }),
    step('me with a refresh token', 'GET /auth/users/me/', { headers: header('<ann.refresh>') }),
    step('me with the scheme alone', 'GET /auth/users/me/', { headers: header('') }),
    step('refresh', 'POST /auth/jwt/refresh/', { json: { refresh: '<ann.refresh>' } }),
    step('refresh with an access token', 'POST /auth/jwt/refresh/', {
      json: { refresh: '<ann.access>' },
    }),
    step('verify', 'POST /auth/jwt/verify/', { json: { token: '<ann.access>' } }),
    step('blacklist', 'POST /api/token/blacklist/', { json: { refresh: '<ann.refresh>' } }),
    step('refresh after it', 'POST /auth/jwt/refresh/', { json: { refresh: '<ann.refresh>' } }),
    step('a sliding token', 'POST /api/token/sliding/', { json: ann }),
  ],
}

/** The public key must not work as a shared secret. */
export const confusing: Scenario = {
  name: 'tokens under the public key',
  variants: ['pair'],
  steps: [
    step('ann signs up', 'POST /auth/users/', { json: ann }),
    ...['RS256', 'HS256', 'none'].flatMap((alg) => [
      step(`verify: ${alg}`, 'POST /auth/jwt/verify/', {
        forged: { claims: claims('access'), key: rsaPublic, header: { alg, typ: 'JWT' } },
        json: { token: '<forged>' },
      }),
      step(`refresh: ${alg}`, 'POST /auth/jwt/refresh/', {
        forged: { claims: claims('refresh'), key: rsaPublic, header: { alg, typ: 'JWT' } },
        json: { refresh: '<forged>' },
      }),
      step(`me: ${alg}`, 'GET /auth/users/me/', {
        forged: { claims: claims('access'), key: rsaPublic, header: { alg, typ: 'JWT' } },
        headers: header('<forged>'),
      }),
    ]),
  ],
}

export const scenarios = [signing, confusing]
