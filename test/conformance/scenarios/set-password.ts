// A new password, with the current one.

import { each, type Scenario, step } from '../scenario.ts'
import { oddly } from './faults.ts'
import { address, logsIn, password, signsUp, signsUpByMail, signUp } from './people.ts'

const set = 'POST /auth/users/set_password/'

const next = 'other-horse-22'
const change = { new_password: next, current_password: password, re_new_password: next }

const longest = `${'Xk4-z'.repeat(819)}a`

const weak = {
  'a short one': 'Xk4-z',
  'a common one': 'password1',
  'digits alone': '9402817365',
  'all at once': '12345',
  'one like the address': 'ann-<run>1',
  'one like the first name': 'Bartholomew1',
}

export const setting: Scenario = {
  name: 'set_password',
  variants: ['default'],
  steps: [
    step('ann signs up', 'POST /auth/users/', {
      json: { ...signUp('ann'), first_name: 'Bartholomew' },
      mail: { kind: 'activation', to: address('ann'), as: 'first' },
    }),
    step('ann follows the link', 'POST /auth/users/activation/', {
      json: { uid: '<first.uid>', token: '<first.token>' },
    }),
    logsIn('ann'),
    step('anonymous', set, { json: change }),
    step('anonymous GET', 'GET /auth/users/set_password/'),
    step('GET', 'GET /auth/users/set_password/', { as: 'ann.access' }),
    step('PUT', 'PUT /auth/users/set_password/', { as: 'ann.access', json: {} }),
    ...each(
      set,
      {
        'an empty object': {},
        ...oddly('new_password', change),
        ...oddly('current_password', change),
        'a wrong password': { ...change, current_password: 'wrong' },
        'a wrong password and a weak one': { current_password: 'wrong', new_password: '1' },
        'no password and a weak one': { new_password: '1' },
      },
      { as: 'ann.access' },
    ),
    ...Object.entries(weak).map(([name, new_password]) =>
      step(`weak: ${name}`, set, { as: 'ann.access', json: { ...change, new_password } }),
    ),
    step('a list', set, { as: 'ann.access', raw: '[]' }),
    step('the same as before', set, {
      as: 'ann.access',
      json: { ...change, new_password: password },
    }),
    step('white space around both', set, {
      as: 'ann.access',
      json: { new_password: ` ${next} `, current_password: ` ${password} ` },
    }),
    step('the old one again', set, { as: 'ann.access', json: change }),
    step('GET me with the token from before', 'GET /auth/users/me/', { as: 'ann.access' }),
    step('a refresh with the token from before', 'POST /auth/jwt/refresh/', {
      json: { refresh: '<ann.refresh>' },
    }),
    step('a log-in with the old one', 'POST /auth/jwt/create/', {
      json: { email: address('ann'), password },
    }),
    step('a log-in with the new one', 'POST /auth/jwt/create/', {
      json: { email: address('ann'), password: next },
    }),
    step('as a form', set, {
      as: 'ann.access',
      form: { new_password: password, current_password: next },
    }),
  ],
}

/** Longer than the limit for a hash. */
export const settingLong: Scenario = {
  name: 'set_password to 4097 letters',
  variants: ['default'],
  steps: [
    ...signsUpByMail('ann'),
    logsIn('ann'),
    step('4096 letters', set, { as: 'ann.access', json: { ...change, new_password: longest } }),
    step('4097 letters', set, {
      as: 'ann.access',
      json: { current_password: longest, new_password: `${longest}b` },
    }),
  ],
}

export const settingTwice: Scenario = {
  name: 'set_password with the password twice',
  variants: ['retype'],
  steps: [
    ...signsUp('ann'),
    step('ann logs in elsewhere', 'POST /auth/jwt/create/', {
      json: { email: address('ann'), password },
      capture: { 'other.access': 'access', 'other.refresh': 'refresh' },
    }),
    logsIn('ann'),
    ...each(
      set,
      {
        'an empty object': {},
        ...oddly('re_new_password', change),
        'another password': { ...change, re_new_password: 'another-horse-1' },
        'another password, and weak': { ...change, new_password: '1' },
        'another password, and a wrong one': {
          ...change,
          current_password: 'wrong',
          re_new_password: 'x',
        },
        success: change,
      },
      { as: 'ann.access' },
    ),
    step('GET me with the token from before', 'GET /auth/users/me/', { as: 'ann.access' }),
    step('a refresh with the token from before', 'POST /auth/jwt/refresh/', {
      json: { refresh: '<ann.refresh>' },
    }),
    step('GET me elsewhere', 'GET /auth/users/me/', { as: 'other.access' }),
    step('a refresh elsewhere', 'POST /auth/jwt/refresh/', {
      json: { refresh: '<other.refresh>' },
    }),
    step('a log-in with the new one', 'POST /auth/jwt/create/', {
      json: { email: address('ann'), password: next },
    }),
  ],
}

export const scenarios = [setting, settingLong, settingTwice]
