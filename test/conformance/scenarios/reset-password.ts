// A new password, by an emailed link.

import { each, type Scenario, step } from '../scenario.ts'
import { oddly } from './faults.ts'
import { address, logsIn, password, signsUp, signsUpByMail, signUp } from './people.ts'

const reset = 'POST /auth/users/reset_password/'
const confirm = 'POST /auth/users/reset_password_confirm/'

const next = 'other-horse-22'
const link = { uid: '<link.uid>', token: '<link.token>' }
const confirmation = { ...link, new_password: next, re_new_password: next }

const alike = { ...link, new_password: 'ann-<run>1' }

export const resetting: Scenario = {
  name: 'reset_password',
  variants: ['default', 'prefix'],
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

/** Django compares the password with the caller, if there is one, and not with the owner of the link. */
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

/** Django finds no user by an address in capitals. */
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

export const scenarios = [resetting, resettingAlike, resettingInCapitals, resettingTwice]
