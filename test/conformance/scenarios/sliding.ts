// With both classes in AUTH_TOKEN_CLASSES, and the lifetimes of sliding tokens.

import { each, type Scenario, type Step, step } from '../scenario.ts'
import { oddBodies, oddly } from './faults.ts'
import { claims, wrongClaims, wrongSignatures, wrongTexts } from './forgeries.ts'
import { address, logsIn, password, signsUp } from './people.ts'

const create = 'POST /api/token/sliding/'
const refresh = 'POST /api/token/sliding/refresh/'
const verify = 'POST /api/token/verify/'
const right = { email: address('ann'), password }

const slides = (name: string): Step =>
  step(`${name} logs in to slide`, create, {
    json: { ...right, email: address(name) },
    capture: { [`${name}.token`]: 'token' },
  })

const bodies = (request: string) =>
  Object.entries(oddBodies).map(([name, raw]) => step(`body: ${name}`, request, { raw }))

export const creating: Scenario = {
  name: 'a sliding token',
  variants: ['sliding'],
  steps: [
    ...signsUp('ann'),
    ...each(create, {
      'an empty object': {},
      ...oddly('email', right),
      ...oddly('password', right),
      'a wrong password': { ...right, password: 'wrong' },
      'somebody unknown': { ...right, email: address('nobody') },
      success: right,
    }),
    step('as a form', create, { form: right }),
    ...bodies(create),
    step('with a bad Authorization header', create, {
      json: right,
      headers: { authorization: 'Bearer x' },
    }),
    step('GET', 'GET /api/token/sliding/'),
    step('OPTIONS', 'OPTIONS /api/token/sliding/'),
  ],
}

const windows: Record<string, object> = {
  'nothing wrong': {},
  'no time to refresh': { refresh_exp: undefined },
  'a time to refresh that is past': { refresh_exp: -10 },
  'a time to refresh that is this second': { refresh_exp: 0 },
  'a time to refresh that is a text': { refresh_exp: 'soon' },
  'a time to refresh that is null': { refresh_exp: null },
  'another user': { user_id: 999999999 },
  'no user': { user_id: undefined },
}
const sliding = (given: object) => claims('sliding', { refresh_exp: 3600, ...given })

export const refreshing: Scenario = {
  name: 'a sliding token refreshed',
  variants: ['sliding'],
  steps: [
    ...signsUp('ann'),
    slides('ann'),
    logsIn('ann'),
    ...each(refresh, {
      'an empty object': {},
      ...oddly('token', {}),
      success: { token: '<ann.token>' },
      'the same again': { token: '<ann.token>' },
      'an access token': { token: '<ann.access>' },
      'a refresh token': { token: '<ann.refresh>' },
      ...Object.fromEntries(
        Object.entries(wrongTexts('<ann.token>')).map(([name, token]) => [name, { token }]),
      ),
    }),
    ...Object.entries(windows).map(([name, given]) =>
      step(`forged: ${name}`, refresh, {
        forged: { claims: sliding(given) },
        json: { token: '<forged>' },
      }),
    ),
    ...Object.entries({ ...wrongClaims('sliding'), ...wrongSignatures('sliding') }).map(
      ([name, forged]) => step(name, refresh, { forged, json: { token: '<forged>' } }),
    ),
    step('as a form', refresh, { form: { token: '<ann.token>' } }),
    ...bodies(refresh),
    step('GET', 'GET /api/token/sliding/refresh/'),
    step('OPTIONS', 'OPTIONS /api/token/sliding/refresh/'),
  ],
}

export const using: Scenario = {
  name: 'a sliding token in use',
  variants: ['sliding'],
  steps: [
    ...signsUp('ann'),
    slides('ann'),
    logsIn('ann'),
    step('me', 'GET /auth/users/me/', { as: 'ann.token' }),
    step('protected', 'GET /api/protected-endpoint/', { as: 'ann.token' }),
    step('me with an access token', 'GET /auth/users/me/', { as: 'ann.access' }),
    step('me with a refresh token', 'GET /auth/users/me/', { as: 'ann.refresh' }),
    step('me with a word', 'GET /auth/users/me/', { headers: { authorization: 'Bearer x' } }),
    ...Object.entries({
      expired: { exp: -10 },
      'without exp': { exp: undefined },
      'without a type': { token_type: undefined },
      'an unknown type': { token_type: 'drifting' },
      'without a user': { user_id: undefined },
      'of nobody': { user_id: 999999999 },
    }).map(([name, given]) =>
      step(`me with one ${name}`, 'GET /auth/users/me/', {
        forged: { claims: sliding(given) },
        headers: { authorization: 'Bearer <forged>' },
      }),
    ),
    step('verify', verify, { json: { token: '<ann.token>' } }),
    step('verify of one from elsewhere', verify, {
      forged: { claims: sliding({}) },
      json: { token: '<forged>' },
    }),
    step('as a refresh token', 'POST /api/token/refresh/', { json: { refresh: '<ann.token>' } }),
    step('set_password', 'POST /auth/users/set_password/', {
      as: 'ann.token',
      json: { new_password: 'other-horse-22', current_password: password },
    }),
    step('me after a new password', 'GET /auth/users/me/', { as: 'ann.token' }),
    step('refresh after a new password', refresh, { json: { token: '<ann.token>' } }),
  ],
}

export const blacklisting: Scenario = {
  name: 'a sliding token on the blacklist',
  variants: ['sliding'],
  steps: [
    ...signsUp('ann'),
    slides('ann'),
    step('blacklist', 'POST /api/token/blacklist/', { json: { refresh: '<ann.token>' } }),
    step('me', 'GET /auth/users/me/', { as: 'ann.token' }),
    step('verify', verify, { json: { token: '<ann.token>' } }),
    step('refresh', refresh, { json: { token: '<ann.token>' } }),
  ],
}

export const scenarios = [creating, refreshing, using, blacklisting]
