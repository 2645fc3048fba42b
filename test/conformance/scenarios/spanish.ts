// The messages of each package, in Spanish.

import { each, type Scenario, step } from '../scenario.ts'
import { nul, oddBodies, oddly, surrogate } from './faults.ts'
import { inLanguage, inSpanish, signsUp } from './in-spanish.ts'
import { address, password, signUp } from './people.ts'
import { tokens } from './spanish-tokens.ts'

const users = 'POST /auth/users/'
const logIn = 'POST /auth/jwt/create/'
const activation = 'POST /auth/users/activation/'
const reset = 'POST /auth/users/reset_password/'
const resetConfirm = 'POST /auth/users/reset_password_confirm/'
const me = '/auth/users/me/'

const ann = signUp('ann')
const link = { uid: '<ann.link.uid>', token: '<ann.link.token>' }

export const signingUp: Scenario = {
  name: 'signing up in Spanish',
  variants: ['languages'],
  steps: inSpanish(
    ...each(users, {
      'an empty object': {},
      ...oddly('email', ann),
      ...oddly('password', ann),
      ...oddly('first_name', ann),
      'no address': { ...ann, email: 'nowhere' },
      'a first name of 256 letters': { ...ann, first_name: 'a'.repeat(256) },
      'a name with everything': { ...ann, first_name: `${'a'.repeat(256)}${nul}${surrogate}` },
      'a weak password': { ...ann, password: '12345', re_password: '12345' },
      'a password like the first name': {
        ...ann,
        first_name: 'Featherstone',
        password: 'featherstone',
      },
      'a password like the last name': {
        ...ann,
        last_name: 'Featherstone',
        password: 'featherstone',
      },
      'a password like the address': {
        ...ann,
        email: 'featherstone@<run>.example.com',
        password: 'Featherstone@<run>.example.com',
      },
      'another password': { ...ann, re_password: 'x' },
    }),
    ...Object.entries(oddBodies).map(([name, raw]) => step(name, users, { raw })),
    step('ann signs up', users, {
      json: ann,
      mail: { kind: 'activation', to: address('ann'), as: 'ann.link' },
    }),
    step('ann signs up again', users, { json: ann }),
    step('a log-in before', logIn, { json: { email: address('ann'), password } }),
    ...each(activation, {
      'activation: an empty object': {},
      'activation: nobody': { ...link, uid: 'OTk5OTk5OTk5' },
      'activation: a bad token': { ...link, token: 'nonsense' },
      'activation: the link': link,
      'activation: the link again': link,
    }),
    ...each('POST /auth/users/resend_activation/', {
      'resend: nobody': { email: address('nobody') },
      'resend: no address': { email: 'nowhere' },
    }),
  ),
}

const current = { current_password: password }

export const account: Scenario = {
  name: 'an account in Spanish',
  variants: ['languages'],
  steps: [
    ...signsUp('ann'),
    ...signsUp('bob'),
    ...inSpanish(
      step('a missing page', 'GET /auth/users/?page=7', { as: 'ann.access' }),
      step('another one', 'GET /auth/users/<bob.id>/', { as: 'ann.access' }),
      step('a blank name', `PATCH ${me}`, { as: 'ann.access', json: { first_name: '' } }),
      step('a wrong password', `DELETE ${me}`, {
        as: 'ann.access',
        json: { current_password: 'x' },
      }),
      ...each(
        'POST /auth/users/set_password/',
        {
          'set_password: an empty object': {},
          'set_password: wrong': { current_password: 'x', new_password: 'other-horse-22' },
          'set_password: weak': { ...current, new_password: 'ann-<run>' },
          'set_password: short': { ...current, new_password: 'password' },
        },
        { as: 'ann.access' },
      ),
      ...each(
        'POST /auth/users/set_email/',
        {
          'set_email: an empty object': {},
          'set_email: taken': {
            ...current,
            new_email: address('bob'),
            re_new_email: address('bob'),
          },
          'set_email: two': { ...current, new_email: address('cas'), re_new_email: address('dan') },
        },
        { as: 'ann.access' },
      ),
      step('set_email, anonymous', 'POST /auth/users/set_email/', { json: {} }),
      ...each(reset, {
        'reset: an empty object': {},
        'reset: no address': { email: 'nowhere' },
        'reset: nobody': { email: address('nobody') },
      }),
      step('reset', reset, {
        json: { email: address('ann') },
        mail: { kind: 'password_reset', to: address('ann'), as: 'reset' },
      }),
      ...each(resetConfirm, {
        'confirm: an empty object': {},
        'confirm: nobody': { uid: 'OTk5OTk5OTk5', token: 'x', new_password: 'other-horse-22' },
        'confirm: a bad token': { uid: '<reset.uid>', token: 'x', new_password: 'other-horse-22' },
        'confirm: weak': { uid: '<reset.uid>', token: '<reset.token>', new_password: '1234567890' },
      }),
      ...each('POST /auth/users/reset_email_confirm/', {
        'reset_email: an empty object': {},
        'reset_email: nobody': { uid: 'OTk5OTk5OTk5', token: 'x', new_email: address('cas') },
      }),
    ),
  ],
}

const name = (of: string) => `${of}-<run>`
const cas = { username: name('cas'), email: address('cas'), password }

/** A request without Accept-Language is answered in Spanish. */
export const names: Scenario = {
  name: 'names in Spanish',
  variants: ['spanish'],
  steps: [
    ...each(users, {
      'an empty object': {},
      'a name with a space': { ...cas, username: 'c a s' },
      'a name of 151 signs': { ...cas, username: '!'.repeat(151) },
      'email: no address': { ...cas, email: 'nowhere' },
      'a password like the name': { username: 'featherstone', password: 'featherstone1' },
      'a password like the address': {
        ...cas,
        email: 'featherstone@example.com',
        password: 'Featherstone',
      },
      success: cas,
      'the same name': cas,
    }),
    step('log-in', logIn, {
      json: { username: name('cas'), password },
      capture: { 'cas.access': 'access' },
    }),
    step('log-in: wrong', logIn, { json: { username: name('cas'), password: 'x' } }),
    step('set_password: two', 'POST /auth/users/set_password/', {
      as: 'cas.access',
      json: { ...current, new_password: 'other-horse-22', re_new_password: 'x' },
    }),
    ...each(
      'POST /auth/users/set_username/',
      {
        'set_username: taken': { ...current, new_username: 'admin', re_new_username: 'admin' },
        'set_username: two': { ...current, new_username: name('dan'), re_new_username: 'x' },
      },
      { as: 'cas.access' },
    ),
    ...inLanguage('en', [step('in English', users, { json: {} })]),
    ...inLanguage('fr', [step('in French', users, { json: {} })]),
  ],
}

export const scenarios = [signingUp, account, tokens, names]
