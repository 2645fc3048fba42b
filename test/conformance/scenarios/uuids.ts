// Users whose primary keys are UUIDs: in URLs, claims and links, in every form that a client may send.

import { each, type Scenario, type Step, step } from '../scenario.ts'
import { address, adminLogsIn, logsIn, password, signsUpByMail } from './people.ts'

const nobody = '0b6a1b62-5d5c-4a5e-8f2b-0d9c8f3a1e77'
const next = 'other-horse-22'

export const shown: Scenario = {
  name: 'users with UUIDs',
  variants: ['uuid'],
  steps: [
    ...signsUpByMail('ann'),
    ...signsUpByMail('bob'),
    logsIn('ann'),
    adminLogsIn,
    step('me', 'GET /auth/users/me/', { as: 'ann.access' }),
    step('a list of oneself', 'GET /auth/users/', { as: 'ann.access' }),
    step('oneself', 'GET /auth/users/<ann.id>/', { as: 'ann.access' }),
    step('oneself as .json', 'GET /auth/users/<ann.id>.json', { as: 'ann.access' }),
    step('another', 'GET /auth/users/<bob.id>/', { as: 'ann.access' }),
    step('another by staff', 'GET /auth/users/<bob.id>/', { as: 'admin.access' }),
    step('another in braces by staff', 'GET /auth/users/{<bob.id>}/', { as: 'admin.access' }),
    step('another as a URN by staff', 'GET /auth/users/urn:uuid:<bob.id>/', { as: 'admin.access' }),
    ...['5', '0', '-1', 'abc', '%00', '<bob.id>0', nobody, nobody.replaceAll('-', '')].map((id) =>
      step(`GET ${id}`, `GET /auth/users/${id}/`, { as: 'admin.access' }),
    ),
    step('PATCH a missing one', `PATCH /auth/users/${nobody}/`, { as: 'ann.access', json: {} }),
    step('PATCH by staff', 'PATCH /auth/users/<bob.id>/', {
      as: 'admin.access',
      json: { last_name: 'Staffed', id: nobody },
    }),
    step('DELETE oneself', 'DELETE /auth/users/<ann.id>/', {
      as: 'ann.access',
      json: { current_password: password },
    }),
    step('oneself afterwards', 'GET /auth/users/<ann.id>/', { as: 'ann.access' }),
  ],
}

const claims = (type: string, user_id: unknown) => ({
  ...{ token_type: type, exp: 300, iat: 0, refresh_exp: 3600, jti: '<hex>', user_id },
})

const named: Record<string, unknown> = {
  'the UUID': '<ann.id>',
  'nobody’s UUID': nobody,
  'a number': 5,
  'a number as text': '5',
  'no UUID': 'abc',
  null: null,
  true: true,
  'a list': [],
}

const withClaims = (name: string, user: unknown): Step[] => [
  step(`me: ${name}`, 'GET /auth/users/me/', {
    forged: { claims: claims('access', user) },
    headers: { authorization: 'Bearer <forged>' },
  }),
  step(`verify: ${name}`, 'POST /auth/jwt/verify/', {
    forged: { claims: claims('access', user) },
    json: { token: '<forged>' },
  }),
]

export const tokens: Scenario = {
  name: 'tokens of a user with a UUID',
  variants: ['uuid'],
  steps: [
    ...signsUpByMail('ann'),
    logsIn('ann'),
    step('refresh', 'POST /auth/jwt/refresh/', { json: { refresh: '<ann.refresh>' } }),
    ...Object.entries(named).flatMap(([name, user]) => withClaims(name, user)),
    step('a sliding token', 'POST /api/token/sliding/', {
      json: { email: address('ann'), password },
      capture: { 'ann.sliding': 'token' },
    }),
    step('the next sliding token', 'POST /api/token/sliding/refresh/', {
      json: { token: '<ann.sliding>' },
    }),
    step('me by a sliding token', 'GET /auth/users/me/', { as: 'ann.sliding' }),
    step('blacklist', 'POST /api/token/blacklist/', { json: { refresh: '<ann.refresh>' } }),
    step('refresh afterwards', 'POST /auth/jwt/refresh/', { json: { refresh: '<ann.refresh>' } }),
  ],
}

const uidOf = (text: string) => btoa(text).replace(/=+$/, '')

export const links: Scenario = {
  name: 'links of a user with a UUID',
  variants: ['uuid'],
  steps: [
    ...signsUpByMail('ann'),
    step('reset', 'POST /auth/users/reset_password/', {
      json: { email: address('ann') },
      mail: { kind: 'password_reset', to: address('ann'), as: 'link' },
    }),
    ...each('POST /auth/users/reset_password_confirm/', {
      'a uid of nobody': { uid: uidOf(nobody), token: '<link.token>', new_password: next },
      'a uid of a number': { uid: uidOf('5'), token: '<link.token>', new_password: next },
      'a uid of no UUID': { uid: uidOf('abc'), token: '<link.token>', new_password: next },
      'a wrong token': { uid: '<link.uid>', token: 'x', new_password: next },
      success: { uid: '<link.uid>', token: '<link.token>', new_password: next },
      'success once': { uid: '<link.uid>', token: '<link.token>', new_password: next },
    }),
    logsIn('ann', { password: next }),
  ],
}

export const scenarios = [shown, tokens, links]
