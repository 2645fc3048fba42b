// DRF's authtoken: Djoser's login and logout, obtain_auth_token, and the header.

import { each, type Scenario, type Step, step } from '../scenario.ts'
import { oddBodies, oddly } from './faults.ts'
import { address, logsIn, password, signsUp, signsUpByMail } from './people.ts'

const login = 'POST /auth/token/login/'
const obtain = 'POST /api-token-auth/'
const header = (name: string, authorization: string, request = 'GET /auth/users/me/'): Step =>
  step(name, request, { headers: { authorization } })

const djoser: Scenario = {
  name: 'token/login',
  variants: ['default'],
  steps: [
    step('ann signs up', 'POST /auth/users/', {
      json: {
        ...{ email: address('ann'), first_name: 'Ann', last_name: 'Lee' },
        password,
      },
      mail: { kind: 'activation', to: address('ann'), as: 'ann.link' },
    }),
    step('before the activation', login, { json: { email: address('ann'), password } }),
    step('the link', 'POST /auth/users/activation/', {
      json: { uid: '<ann.link.uid>', token: '<ann.link.token>' },
    }),
    step('a log-in', login, {
      json: { email: address('ann'), password },
      capture: { 'ann.key': 'auth_token' },
    }),
    step('by form', login, { form: { email: address('ann'), password } }),
    step('by multipart', login, { multipart: { email: address('ann'), password } }),
    step('spaces around the password', login, {
      json: { email: address('ann'), password: ` ${password} ` },
    }),
    step('a wrong password', login, { json: { email: address('ann'), password: 'wrong-horse-1' } }),
    step('nobody', login, { json: { email: address('nobody'), password } }),
    step('a blank form', login, { form: { email: '', password: '' } }),
    step('a bad header', login, { headers: { authorization: 'Token x' }, json: {} }),
    step('the own header', login, {
      headers: { authorization: 'Token <ann.key>' },
      json: { email: address('ann'), password },
    }),
    ...each(login, oddly('email', { email: address('ann'), password })),
    ...each(login, oddly('password', { email: address('ann'), password })),
    ...Object.entries(oddBodies).map(([name, raw]) => step(name, login, { raw })),
    step('GET', 'GET /auth/token/login/'),
    step('OPTIONS', 'OPTIONS /auth/token/login/'),
    header('me', 'Token <ann.key>'),
    header('me in lower case', 'token <ann.key>'),
    header('the protected endpoint', 'Token <ann.key>', 'GET /api/protected-endpoint/'),
    header('log-out by GET', 'Token <ann.key>', 'GET /auth/token/logout/'),
    step('log-out of nobody', 'POST /auth/token/logout/'),
    header('log-out', 'Token <ann.key>', 'POST /auth/token/logout/'),
    header('me after it', 'Token <ann.key>'),
    header('log-out again', 'Token <ann.key>', 'POST /auth/token/logout/'),
    step('another log-in', login, {
      json: { email: address('ann'), password },
      capture: { 'ann.key': 'auth_token' },
    }),
    header('me with the new key', 'Token <ann.key>'),
    step('the end', 'DELETE /auth/users/me/', {
      headers: { authorization: 'Token <ann.key>' },
      json: { current_password: password },
    }),
    header('me after the end', 'Token <ann.key>'),
  ],
}

const drf: Scenario = {
  name: 'api-token-auth',
  variants: ['default', 'prefix'],
  steps: [
    ...signsUpByMail('ann'),
    step('a log-in', obtain, {
      json: { username: address('ann'), password },
      capture: { 'ann.key': 'token' },
    }),
    step('by form', obtain, { form: { username: address('ann'), password } }),
    step('spaces around the password', obtain, {
      json: { username: address('ann'), password: ` ${password} ` },
    }),
    step('spaces around the name', obtain, {
      json: { username: ` ${address('ann')} `, password },
    }),
    step('a wrong password', obtain, { json: { username: address('ann'), password: 'wrong' } }),
    step('the name as e-mail', obtain, { json: { email: address('ann'), password } }),
    step('a bad header', obtain, { headers: { authorization: 'Bearer x' }, json: {} }),
    ...each(obtain, oddly('username', { username: address('ann'), password })),
    ...each(obtain, oddly('password', { username: address('ann'), password })),
    step('GET', 'GET /api-token-auth/'),
    step('OPTIONS', 'OPTIONS /api-token-auth/'),
    step('text/csv', obtain, { headers: { accept: 'text/csv' }, json: {} }),
    header('me', 'Token <ann.key>'),
  ],
}

const headers: Scenario = {
  name: 'the Token header',
  variants: ['default', 'prefix'],
  steps: [
    header('no key', 'Token'),
    header('a blank key', 'Token '),
    header('two keys', 'Token a b'),
    header('an unknown key', 'Token 9944b09199c62bcf9418ad846dd0e4bbdfc6ee4b'),
    header('a short key', 'Token x'),
    header('an unknown key on an open route', 'Token x', 'POST /auth/users/reset_password/'),
    header('an unknown key where no header is read', 'Token x', 'POST /auth/jwt/create/'),
    header('a JWT', 'Token a.b.c'),
  ],
}

const changed: Scenario = {
  name: 'a key and a new password',
  variants: ['retype'],
  steps: [
    ...signsUp('ann'),
    logsIn('ann'),
    step('a log-in', login, {
      json: { email: address('ann'), password },
      capture: { 'ann.key': 'auth_token' },
    }),
    step('set_password', 'POST /auth/users/set_password/', {
      headers: { authorization: 'Token <ann.key>' },
      json: {
        current_password: password,
        new_password: 'correct-horse-2',
        re_new_password: 'correct-horse-2',
      },
    }),
    header('me after it', 'Token <ann.key>'),
  ],
}

const byName: Scenario = {
  name: 'token/login by username',
  variants: ['username'],
  steps: [
    step('zoe signs up', 'POST /auth/users/', { json: { username: 'zoe-<run>', password } }),
    step('a log-in', login, {
      json: { username: 'zoe-<run>', password },
      capture: { 'zoe.key': 'auth_token' },
    }),
    step('at DRF’s path', obtain, { json: { username: 'zoe-<run>', password } }),
    step('in capitals', login, { json: { username: 'ZOE-<run>', password } }),
    step('without a name', login, { json: { password } }),
    header('me', 'Token <zoe.key>'),
  ],
}

export const scenarios: Scenario[] = [djoser, drf, headers, changed, byName]
