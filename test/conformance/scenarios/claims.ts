// With AUDIENCE, ISSUER, LEEWAY and USER_ID_CLAIM, and CHECK_REVOKE_TOKEN where Simple JWT has it.

import { type Scenario, step } from '../scenario.ts'
import { address, logsIn, password, signsUp } from './people.ts'

const claims = (type: string, given: object = {}) => ({
  token_type: type,
  exp: 300,
  iat: 0,
  jti: '<hex>',
  account_id: '<ann.id>',
  aud: 'https://api.example.com',
  iss: 'https://auth.example.com',
  ...given,
})

const changed: Record<string, object> = {
  'nothing wrong': {},
  'without aud': { aud: undefined },
  'another aud': { aud: 'https://other.example.com' },
  'aud a list': { aud: ['https://other.example.com', 'https://api.example.com'] },
  'aud a list of others': { aud: ['https://other.example.com'] },
  'aud an empty list': { aud: [] },
  'aud a number': { aud: 7 },
  'aud with a slash': { aud: 'https://api.example.com/' },
  'without iss': { iss: undefined },
  'another iss': { iss: 'https://other.example.com' },
  'iss null': { iss: null },
  'iss a list': { iss: ['https://auth.example.com'] },
  'expired within the leeway': { exp: -30 },
  'expired beyond the leeway': { exp: -90 },
  'nbf within the leeway': { nbf: 30 },
  'nbf beyond the leeway': { nbf: 90 },
  'iat within the leeway': { iat: 30 },
  'iat beyond the leeway': { iat: 90 },
  'the user under the default claim': { account_id: undefined, user_id: '<ann.id>' },
}

export const reading: Scenario = {
  name: 'claims that are read',
  variants: ['claims'],
  steps: [
    ...signsUp('ann'),
    logsIn('ann'),
    step('me', 'GET /auth/users/me/', { as: 'ann.access' }),
    step('refresh', 'POST /auth/jwt/refresh/', { json: { refresh: '<ann.refresh>' } }),
    step('verify', 'POST /auth/jwt/verify/', { json: { token: '<ann.access>' } }),
    ...Object.entries(changed).flatMap(([name, given]) => [
      step(`verify: ${name}`, 'POST /auth/jwt/verify/', {
        forged: { claims: claims('access', given) },
        json: { token: '<forged>' },
      }),
      step(`refresh: ${name}`, 'POST /auth/jwt/refresh/', {
        forged: { claims: claims('refresh', given) },
        json: { refresh: '<forged>' },
      }),
      step(`me: ${name}`, 'GET /auth/users/me/', {
        forged: { claims: claims('access', given) },
        headers: { authorization: 'Bearer <forged>' },
      }),
    ]),
  ],
}

export const revoking: Scenario = {
  name: 'tokens from before a new password',
  variants: ['claims'],
  steps: [
    ...signsUp('ann'),
    logsIn('ann'),
    step('set_password', 'POST /auth/users/set_password/', {
      as: 'ann.access',
      json: { new_password: 'other-horse-22', current_password: password },
    }),
    step('me', 'GET /auth/users/me/', { as: 'ann.access' }),
    step('protected', 'GET /api/protected-endpoint/', { as: 'ann.access' }),
    step('a public route', 'POST /auth/users/reset_password/', { as: 'ann.access', json: {} }),
    step('verify', 'POST /auth/jwt/verify/', { json: { token: '<ann.access>' } }),
    step('refresh', 'POST /auth/jwt/refresh/', {
      json: { refresh: '<ann.refresh>' },
      capture: { 'late.access': 'access' },
    }),
    step('me after the refresh', 'GET /auth/users/me/', { as: 'late.access' }),
    step('blacklist', 'POST /api/token/blacklist/', { json: { refresh: '<ann.refresh>' } }),
    logsIn('ann', { email: address('ann'), password: 'other-horse-22' }),
    step('me with a new token', 'GET /auth/users/me/', { as: 'ann.access' }),
  ],
}

export const scenarios = [reading, revoking]
