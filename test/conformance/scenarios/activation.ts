// Activation by an emailed link.

import { each, type Scenario, step } from '../scenario.ts'
import { oddly } from './faults.ts'
import { address, adminLogsIn, logsIn, password, signUp } from './people.ts'

const activation = 'POST /auth/users/activation/'
const resend = 'POST /auth/users/resend_activation/'
const link = { uid: '<first.uid>', token: '<first.token>' }

export const activating: Scenario = {
  name: 'activation',
  variants: ['default', 'prefix'],
  steps: [
    step('ann signs up', 'POST /auth/users/', {
      json: signUp('ann'),
      mail: { kind: 'activation', to: address('ann'), as: 'first' },
    }),
    step('bob signs up', 'POST /auth/users/', {
      json: signUp('bob'),
      mail: { kind: 'activation', to: address('bob'), as: 'bob' },
    }),
    ...each(activation, { 'an empty object': {}, ...oddly('uid', link), ...oddly('token', link) }),
    ...each(activation, {
      'a uid that is no base64': { ...link, uid: '!!!' },
      'a uid beyond ASCII': { ...link, uid: 'é' },
      'a uid of no number': { ...link, uid: 'YWJj' },
      'a uid of nobody': { ...link, uid: 'OTk5OTk5OTk5' },
      'a uid of a great number': { ...link, uid: 'OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk' },
      'a uid of bytes that are no text': { ...link, uid: '_w' },
      'a uid that is a number': { ...link, uid: 1 },
      'a token that is a number': { ...link, token: 1 },
      'a token of no form': { ...link, token: 'nonsense' },
      'a token with another hash': { ...link, token: `<first.token>0` },
      'a token of another time': { ...link, token: `1<first.token>` },
      "somebody else's token": { ...link, token: '<bob.token>' },
      "somebody else's uid": { ...link, uid: '<bob.uid>' },
    }),
    step('a log-in before', 'POST /auth/jwt/create/', {
      json: { email: address('ann'), password },
    }),
    step('the link', activation, { json: link }),
    step('the link again', activation, { json: link }),
    step('a bad token when active', activation, { json: { ...link, token: 'nonsense' } }),
    logsIn('ann'),
    step('as a form', activation, { form: { uid: '<bob.uid>', token: '<bob.token>' } }),
    step('the first link, logged in', activation, { json: link, as: 'ann.access' }),
    step('anonymous GET', 'GET /auth/users/activation/'),
    step('GET', 'GET /auth/users/activation/', { as: 'ann.access' }),
    step('PUT', 'PUT /auth/users/activation/', { as: 'ann.access', json: {} }),
  ],
}

export const resending: Scenario = {
  name: 'resend_activation',
  variants: ['default'],
  steps: [
    step('ann signs up', 'POST /auth/users/', {
      json: signUp('ann'),
      mail: { kind: 'activation', to: address('ann'), as: 'first' },
    }),
    ...each(resend, {
      'an empty object': {},
      ...oddly('email', {}),
      'no address': { email: 'nowhere' },
      'a number': { email: 5 },
      'an address of nobody': { email: address('nobody') },
    }),
    step('pending', resend, {
      json: { email: address('ann') },
      mail: { kind: 'activation', to: address('ann'), as: 'second' },
    }),
    step('the first link', activation, { json: link }),
    step('the second link', activation, { json: { uid: '<second.uid>', token: '<second.token>' } }),
    step('active', resend, { json: { email: address('ann') } }),
    adminLogsIn,
    step('logged in', resend, { as: 'admin.access', json: { email: address('ann') } }),
    step('anonymous GET', 'GET /auth/users/resend_activation/'),
    step('GET', 'GET /auth/users/resend_activation/', { as: 'admin.access' }),
  ],
}

/** An activation link resets no password, and a reset link activates no account. In Django either link does both. */
export const purposes: Scenario = {
  name: 'links of another purpose',
  variants: ['default'],
  steps: [
    step('ann signs up', 'POST /auth/users/', {
      json: signUp('ann'),
      mail: { kind: 'activation', to: address('ann'), as: 'first' },
    }),
    step('a reset by the activation link', 'POST /auth/users/reset_password_confirm/', {
      json: { ...link, new_password: 'other-horse-22' },
    }),
  ],
}

/** Without activation emails. */
export const withoutActivation: Scenario = {
  name: 'resend_activation, switched off',
  variants: ['retype', 'rotation'],
  steps: [
    step('ann signs up', 'POST /auth/users/', { json: signUp('ann') }),
    step('an empty object', resend, { json: {} }),
    step('no address', resend, { json: { email: 'nowhere' } }),
    step('an address of nobody', resend, { json: { email: address('nobody') } }),
    step('active', resend, { json: { email: address('ann') } }),
    step('activation of nobody', activation, { json: { uid: 'OTk5OTk5OTk5', token: 'x' } }),
  ],
}

export const scenarios = [activating, resending, purposes, withoutActivation]
