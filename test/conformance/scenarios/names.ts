// Changes of the login name: by password, or by an emailed link.

import { each, type Scenario, type Step, step } from '../scenario.ts'
import { oddly } from './faults.ts'
import { address, logsIn, password, signsUp, signsUpByMail } from './people.ts'

const set = 'POST /auth/users/set_email/'
const reset = 'POST /auth/users/reset_email/'
const confirm = 'POST /auth/users/reset_email_confirm/'

const change = (email: string) => ({ current_password: password, new_email: email })
const twice = (email: string) => ({ new_email: email, re_new_email: email })
const link = { uid: '<link.uid>', token: '<link.token>' }
const next = address('next')

/** The paths that exist only with the other LOGIN_FIELD. */
export const notThere = (field: string): Step[] =>
  [`set_${field}`, `reset_${field}`, `reset_${field}_confirm`].flatMap((name) => {
    const path = `/auth/users/${name}/`
    return [
      step(`anonymous POST to ${name}`, `POST ${path}`, { json: {} }),
      step(`anonymous GET of ${name}`, `GET ${path}`),
      step(`POST to ${name}`, `POST ${path}`, { as: 'ann.access', json: {} }),
      step(`GET of ${name}`, `GET ${path}`, { as: 'ann.access' }),
      step(`OPTIONS of ${name}`, `OPTIONS ${path}`, { as: 'ann.access' }),
    ]
  })

export const methodsOf = (field: string): Step[] =>
  [`set_${field}`, `reset_${field}`, `reset_${field}_confirm`].flatMap((name) => {
    const path = `/auth/users/${name}/`
    return [
      step(`${name}: anonymous GET`, `GET ${path}`),
      step(`${name}: GET`, `GET ${path}`, { as: 'ann.access' }),
      step(`${name}: PUT`, `PUT ${path}`, { as: 'ann.access', json: {} }),
      step(`${name}: OPTIONS`, `OPTIONS ${path}`, { as: 'ann.access' }),
      step(`${name}: a list`, `POST ${path}`, { as: 'ann.access', raw: '[]' }),
    ]
  })

export const setting: Scenario = {
  name: 'set_email',
  variants: ['default', 'prefix'],
  steps: [
    ...signsUpByMail('ann'),
    ...signsUpByMail('bob'),
    logsIn('ann'),
    step('anonymous', set, { json: change(next) }),
    ...methodsOf('email'),
    ...notThere('username'),
    ...each(
      set,
      {
        'an empty object': {},
        ...oddly('new_email', change(next)),
        ...oddly('current_password', change(next)),
        'no address': change('nowhere'),
        'a long address': change(`${'a'.repeat(250)}@example.com`),
        'an address of 256 letters': change(`${'a'.repeat(60)}@${'b.'.repeat(92)}example.com`),
        'a wrong password': { ...change(next), current_password: 'wrong' },
        'a wrong password and no address': { current_password: 'wrong', new_email: 'nowhere' },
        "a wrong password and somebody else's address": {
          ...change(address('bob')),
          current_password: 'wrong',
        },
        "somebody else's address": change(address('bob')),
        'his own address': change(address('ann')),
        'a username in place of the address': { current_password: password, new_username: next },
        'another spelling twice is not asked for': { ...change(next), re_new_email: 'x' },
      },
      { as: 'ann.access' },
    ),
    step('GET me with the token from before', 'GET /auth/users/me/', { as: 'ann.access' }),
    step('a refresh with the token from before', 'POST /auth/jwt/refresh/', {
      json: { refresh: '<ann.refresh>' },
    }),
    step('a log-in with the old one', 'POST /auth/jwt/create/', {
      json: { email: address('ann'), password },
    }),
    step('a log-in with the new one', 'POST /auth/jwt/create/', {
      json: { email: next, password },
    }),
    step('as a form, with white space around it', set, {
      as: 'ann.access',
      form: { current_password: password, new_email: ' Third-<run>@EXAMPLE.com ' },
    }),
    step('GET me afterwards', 'GET /auth/users/me/', { as: 'ann.access' }),
  ],
}

/** For Django, an address in capitals is another address. */
export const settingInCapitals: Scenario = {
  name: 'set_email to an address in capitals',
  variants: ['default'],
  steps: [
    ...signsUpByMail('ann'),
    ...signsUpByMail('bob'),
    logsIn('ann'),
    ...each(
      set,
      {
        "somebody else's": change('BOB-<run>@EXAMPLE.COM'),
        'his own': change('ANN-<run>@EXAMPLE.COM'),
      },
      { as: 'ann.access' },
    ),
  ],
}

export const settingTwice: Scenario = {
  name: 'set_email with the address twice',
  variants: ['retype'],
  steps: [
    ...signsUp('ann'),
    ...signsUp('bob'),
    logsIn('ann'),
    ...each(
      set,
      {
        'an empty object': {},
        ...oddly('re_new_email', { ...change(next), ...twice(next) }),
        'another address': { ...change(next), re_new_email: address('other') },
        'another address, and a wrong password': {
          current_password: 'wrong',
          new_email: next,
          re_new_email: 'x',
        },
        "somebody else's address, and another": { ...change(address('bob')), re_new_email: 'x' },
        success: { ...change(next), ...twice(next) },
      },
      { as: 'ann.access' },
    ),
  ],
}

export const resetting: Scenario = {
  name: 'reset_email',
  variants: ['default'],
  steps: [
    ...signsUpByMail('ann'),
    ...signsUpByMail('bob'),
    logsIn('ann'),
    ...each(reset, {
      'an empty object': {},
      ...oddly('email', {}),
      'no address': { email: 'nowhere' },
      'an address of nobody': { email: address('nobody') },
    }),
    step('an address', reset, {
      json: { email: ` ${address('ann')} ` },
      mail: { kind: 'username_reset', to: address('ann'), as: 'link' },
    }),
    ...each(confirm, {
      'confirm: an empty object': {},
      'confirm: a link alone': link,
      ...oddly('new_email', { ...link, ...twice(next) }),
      ...oddly('uid', { ...link, ...twice(next) }),
      ...oddly('token', { ...link, ...twice(next) }),
      'confirm: a uid of nobody': { ...twice(next), ...link, uid: 'OTk5OTk5OTk5' },
      'confirm: a uid that is a number': { ...twice(next), ...link, uid: 1 },
      'confirm: a token that is a number': { ...twice(next), ...link, token: 1 },
      'confirm: a bad token': { ...twice(next), ...link, token: 'x' },
      'confirm: a bad token and a taken address': {
        ...twice(address('bob')),
        ...link,
        token: 'x',
      },
      'confirm: no link and a taken address': twice(address('bob')),
      'confirm: a taken address': { ...twice(address('bob')), ...link },
      'confirm: his own address': { ...twice(address('ann')), ...link },
    }),
    step('confirm', confirm, { json: { ...twice(next), ...link } }),
    step('confirm again', confirm, { json: { ...twice(address('third')), ...link } }),
    step('GET me with the token from before', 'GET /auth/users/me/', { as: 'ann.access' }),
    step('a log-in with the old one', 'POST /auth/jwt/create/', {
      json: { email: address('ann'), password },
    }),
    step('a log-in with the new one', 'POST /auth/jwt/create/', {
      json: { email: next, password },
    }),
  ],
}

export const resettingTwice: Scenario = {
  name: 'reset_email with the address twice',
  variants: ['retype'],
  steps: [
    ...signsUp('ann'),
    logsIn('ann'),
    step('an address', reset, {
      json: { email: address('ann') },
      mail: { kind: 'username_reset', to: address('ann'), as: 'link' },
    }),
    ...each(confirm, {
      'confirm: an empty object': {},
      'confirm: once': { ...link, new_email: next },
      'confirm: another address': { ...link, ...twice(next), re_new_email: 'x' },
      'confirm: another address, and a bad uid': { new_email: next, re_new_email: 'x', uid: 'x' },
      confirm: { ...link, ...twice(next) },
    }),
  ],
}

export const unknownAddresses: Scenario = {
  name: 'an address of nobody, where that is told',
  variants: ['claims'],
  steps: [
    ...signsUp('ann'),
    ...each(reset, { 'an address of nobody': { email: address('nobody') } }),
    ...each('POST /auth/users/reset_password/', {
      'a password for nobody': { email: address('nobody') },
    }),
    ...each('POST /auth/users/resend_activation/', {
      'an activation for nobody': { email: address('nobody') },
      'an activation for somebody active': { email: address('ann') },
    }),
    step('an address', reset, {
      json: { email: address('ann') },
      mail: { kind: 'username_reset', to: address('ann'), as: 'link' },
    }),
  ],
}

export const scenarios = [
  setting,
  settingInCapitals,
  settingTwice,
  resetting,
  resettingTwice,
  unknownAddresses,
]
