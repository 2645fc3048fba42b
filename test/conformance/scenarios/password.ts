import { each, type Scenario, step } from '../scenario.ts'
import { oddly } from './faults.ts'
import { address, logsIn, password, signsUp, signsUpByMail, signUp } from './people.ts'

const set = 'POST /auth/users/set_password/'
const reset = 'POST /auth/users/reset_password/'
const confirm = 'POST /auth/users/reset_password_confirm/'

const next = 'other-horse-22'
const change = { new_password: next, current_password: password, re_new_password: next }
const link = { uid: '<link.uid>', token: '<link.token>' }
const confirmation = { ...link, new_password: next, re_new_password: next }

const alike = { ...link, new_password: 'ann-<run>1' }

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

/** Longer than any hasher should be asked to take. */
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

export const resetting: Scenario = {
  name: 'reset_password',
  variants: ['default'],
  steps: [
    ...signsUpByMail('ann'),
    logsIn('ann'),
    step('bob signs up', 'POST /auth/users/', { json: signUp('bob') }),
    ...each(reset, {
      'an empty object': {},
      ...oddly('email', {}),
      'no address': { email: 'nowhere' },
      'a number': { email: 5 },
      'a long address': { email: `${'a'.repeat(300)}@example.com` },
      'an address of nobody': { email: address('nobody') },
      'an address of somebody pending': { email: address('bob') },
    }),
    step('anonymous GET', 'GET /auth/users/reset_password/'),
    step('GET', 'GET /auth/users/reset_password/', { as: 'ann.access' }),
    step('a list', reset, { raw: '[]' }),
    step('an address', reset, {
      json: { email: ` ${address('ann')} ` },
      mail: { kind: 'password_reset', to: address('ann'), as: 'link' },
    }),
    ...each(confirm, {
      'confirm: an empty object': {},
      ...oddly('uid', confirmation),
      ...oddly('token', confirmation),
      ...oddly('new_password', confirmation),
      'confirm: a uid of nobody': { ...confirmation, uid: 'OTk5OTk5OTk5' },
      'confirm: a uid of no number': { ...confirmation, uid: 'YWJj' },
      'confirm: a uid that is a number': { ...confirmation, uid: 1 },
      'confirm: a token of no form': { ...confirmation, token: 'nonsense' },
      'confirm: a token that is a number': { ...confirmation, token: 1 },
      'confirm: a weak password': { ...confirmation, new_password: '12345' },
      'confirm: a weak password and a uid of nobody': {
        ...confirmation,
        uid: 'x',
        new_password: '1',
      },
      'confirm: a bad uid and a bad token': { ...confirmation, uid: 'x', token: 'x' },
      'confirm: a password like the address': {
        ...confirmation,
        token: 'x',
        new_password: 'ann-<run>1',
      },
    }),
    step('confirm: anonymous GET', 'GET /auth/users/reset_password_confirm/'),
    step('confirm: GET', 'GET /auth/users/reset_password_confirm/', { as: 'ann.access' }),
    step('confirm', confirm, { json: confirmation }),
    step('confirm again', confirm, { json: confirmation }),
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
    step('the reset link as an activation link', 'POST /auth/users/activation/', { json: link }),
  ],
}

/** Django judges it against who calls, if anybody does, and not against whose link it is. */
export const resettingAlike: Scenario = {
  name: 'reset_password to one like the account',
  variants: ['default'],
  steps: [
    ...signsUpByMail('ann'),
    logsIn('ann'),
    step('an address', reset, {
      json: { email: address('ann') },
      mail: { kind: 'password_reset', to: address('ann'), as: 'link' },
    }),
    ...each(confirm, {
      'a uid of nobody': { ...alike, uid: 'x' },
      'a bad token': { ...alike, token: 'x' },
    }),
    step('a bad token of who calls', confirm, {
      as: 'ann.access',
      json: { ...alike, token: 'x' },
    }),
    step('the link of who calls', confirm, { as: 'ann.access', json: alike }),
    step('the link', confirm, { json: alike }),
  ],
}

/** Django finds nobody by an address in other letters. */
export const resettingInCapitals: Scenario = {
  name: 'reset_password by an address in capitals',
  variants: ['default'],
  steps: [
    ...signsUpByMail('ann'),
    step('capitals', reset, { json: { email: 'ANN-<run>@example.com' } }),
  ],
}

export const resettingTwice: Scenario = {
  name: 'reset_password with the password twice',
  variants: ['retype'],
  steps: [
    ...signsUp('ann'),
    step('an address of nobody', reset, { json: { email: address('nobody') } }),
    step('an address', reset, {
      json: { email: address('ann') },
      mail: { kind: 'password_reset', to: address('ann'), as: 'link' },
    }),
    ...each(confirm, {
      'an empty object': {},
      ...oddly('re_new_password', confirmation),
      'another password': { ...confirmation, re_new_password: 'another-horse-1' },
      'another password, and weak': { ...confirmation, new_password: '1' },
      'another password and a bad token': {
        ...confirmation,
        token: 'x',
        re_new_password: 'another-horse-1',
      },
      success: confirmation,
      again: confirmation,
    }),
  ],
}

export const scenarios = [
  setting,
  settingLong,
  settingTwice,
  resetting,
  resettingAlike,
  resettingInCapitals,
  resettingTwice,
]
