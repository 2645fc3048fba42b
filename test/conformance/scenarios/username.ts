// Django's own User model, with LOGIN_FIELD username.

import { each, type Scenario, type Step, step } from '../scenario.ts'
import { oddly } from './faults.ts'
import { methodsOf, notThere } from './names.ts'
import { address, adminPassword, password } from './people.ts'

const users = 'POST /auth/users/'
const name = (of: string) => `${of}-<run>`
const signUp = (of: string) => ({ username: name(of), email: address(of), password })

const signsUp = (of: string): Step =>
  step(`${of} signs up`, users, { json: signUp(of), capture: { [`${of}.id`]: 'id' } })

const logsIn = (of: string, given: object = {}): Step =>
  step(`${of} logs in`, 'POST /auth/jwt/create/', {
    json: { username: name(of), password, ...given },
    capture: { [`${of}.access`]: 'access', [`${of}.refresh`]: 'refresh' },
  })

const ann = signUp('ann')

export const signingUp: Scenario = {
  name: 'signing up with a name',
  variants: ['username'],
  steps: [
    ...each(users, {
      'an empty object': {},
      ...oddly('username', ann),
      ...oddly('password', ann),
      'a name with a space': { ...ann, username: 'an n' },
      'a name with a slash': { ...ann, username: 'a/n' },
      'a name with every sign': { ...ann, username: 'a@.+-_<run>' },
      'a name beyond ASCII': { ...ann, username: 'änn李<run>' },
      'a name that ends with a line feed': { ...ann, username: 'feed<run>\n' },
      'a name of 151 letters': { ...ann, username: 'a'.repeat(151) },
      'a name of 151 signs that are not allowed': { ...ann, username: '!'.repeat(151) },
      'a full-width letter': { ...ann, username: 'Ａnn<run>' },
      'email: no address': { ...signUp('ann'), email: 'nowhere' },
      'email: null': { ...signUp('ann'), email: null },
      'email: a list': { ...signUp('ann'), email: [] },
      'email: 255 letters': { ...signUp('ann'), email: `${'a'.repeat(243)}@example.com` },
      'a password like the name': { username: 'featherstone', password: 'featherstone1' },
      'a password like the address': {
        ...signUp('ann'),
        email: 'featherstone@example.com',
        password: 'Featherstone',
      },
      'a weak password': { ...ann, password: '12345' },
      success: ann,
      'the same name': ann,
      'the same name in capitals': { ...ann, username: 'ANN-<run>' },
      'the same address': { ...signUp('bob'), email: address('ann') },
      'without an address': { ...signUp('cas'), email: undefined },
      'a blank address': { ...signUp('dan'), email: '' },
      'capitals in the address': { ...signUp('eve'), email: 'EVE-<run>@EXAMPLE.COM' },
      'names are ignored': { ...signUp('fay'), first_name: 'Fay', last_name: 'Lee', role: 'admin' },
    }),
    step('as a form', users, { form: signUp('gus') }),
  ],
}

export const me: Scenario = {
  name: 'users/me by name',
  variants: ['username'],
  steps: [
    signsUp('ann'),
    signsUp('bob'),
    logsIn('ann'),
    logsIn('admin', { username: 'admin', password: adminPassword }),
    step('anonymous', 'GET /auth/users/me/'),
    step('GET', 'GET /auth/users/me/', { as: 'ann.access' }),
    step('GET with the first scheme', 'GET /auth/users/me/', {
      headers: { authorization: 'JWT <ann.access>' },
    }),
    step('a scheme alone', 'GET /auth/users/me/', { headers: { authorization: 'JWT' } }),
    step('a list', 'GET /auth/users/', { as: 'ann.access' }),
    step('a list for staff', 'GET /auth/users/', { as: 'admin.access' }),
    step('GET oneself', 'GET /auth/users/<ann.id>/', { as: 'ann.access' }),
    step('GET another', 'GET /auth/users/<bob.id>/', { as: 'ann.access' }),
    step('GET another for staff', 'GET /auth/users/<bob.id>/', { as: 'admin.access' }),
    ...each(
      'PUT /auth/users/me/',
      { 'PUT nothing': {}, 'PUT an address': { email: 'Put-<run>@EXAMPLE.com' } },
      { as: 'ann.access' },
    ),
    ...each(
      'PATCH /auth/users/me/',
      {
        'PATCH nothing': {},
        'PATCH a bad address': { email: 'nowhere' },
        'PATCH null': { email: null },
        'PATCH a blank address': { email: '' },
        "PATCH somebody else's address": { email: address('bob') },
        'PATCH the name': { username: 'other-<run>' },
        'PATCH first_name': { first_name: 'Anna' },
        'PATCH a long address': { email: `${'a'.repeat(243)}@example.com` },
      },
      { as: 'ann.access' },
    ),
    step('GET afterwards', 'GET /auth/users/me/', { as: 'ann.access' }),
    step('OPTIONS of the list', 'OPTIONS /auth/users/', { as: 'ann.access' }),
    step('DELETE with a wrong password', 'DELETE /auth/users/me/', {
      as: 'ann.access',
      json: { current_password: 'x' },
    }),
    step('DELETE', 'DELETE /auth/users/me/', {
      as: 'ann.access',
      json: { current_password: password },
    }),
    step('GET after the end', 'GET /auth/users/me/', { as: 'ann.access' }),
  ],
}

export const loggingIn: Scenario = {
  name: 'logging in by name',
  variants: ['username'],
  steps: [
    signsUp('ann'),
    logsIn('ann'),
    ...each('POST /auth/jwt/create/', {
      'an empty object': {},
      ...oddly('username', { username: name('ann'), password }),
      'a wrong password': { username: name('ann'), password: 'wrong' },
      'in capitals': { username: 'ANN-<run>', password },
      'by the address': { username: address('ann'), password },
      'an address in place of the name': { email: address('ann'), password },
    }),
    step('OPTIONS', 'OPTIONS /auth/jwt/create/'),
    ...each('POST /api/token/', {
      'api: an empty object': {},
      'api: success': { username: name('ann'), password },
    }),
    ...each('POST /auth/jwt/refresh/', {
      'refresh: a word': { refresh: 'x' },
      'refresh: success': { refresh: '<ann.refresh>' },
    }),
  ],
}

export const passwords: Scenario = {
  name: 'passwords by name',
  variants: ['username'],
  steps: [
    signsUp('ann'),
    logsIn('ann'),
    ...each(
      'POST /auth/users/set_password/',
      {
        'set: an empty object': {},
        'set: one like the name': { new_password: 'ann-<run>', current_password: password },
        'set: success': { new_password: 'other-horse-22', current_password: password },
      },
      { as: 'ann.access' },
    ),
    ...each('POST /auth/users/reset_password/', {
      'reset: an empty object': {},
      'reset: by name': { username: name('ann') },
      'reset: a blank address': { email: '' },
      'reset: nobody': { email: address('nobody') },
    }),
    step('reset', 'POST /auth/users/reset_password/', {
      json: { email: address('ann') },
      mail: { kind: 'password_reset', to: address('ann'), as: 'link' },
    }),
    step('confirm: a bad token', 'POST /auth/users/reset_password_confirm/', {
      json: { uid: '<link.uid>', token: 'x', new_password: 'third-horse-33' },
    }),
    step('confirm', 'POST /auth/users/reset_password_confirm/', {
      json: { uid: '<link.uid>', token: '<link.token>', new_password: 'third-horse-33' },
    }),
    logsIn('ann', { password: 'third-horse-33' }),
  ],
}

const link = { uid: '<link.uid>', token: '<link.token>' }

export const changing: Scenario = {
  name: 'set_username and reset_username',
  variants: ['username'],
  steps: [
    signsUp('ann'),
    signsUp('bob'),
    logsIn('ann'),
    ...methodsOf('username'),
    ...notThere('email'),
    ...each(
      'POST /auth/users/set_username/',
      {
        'an empty object': {},
        ...oddly('new_username', { current_password: password, new_username: 'next-<run>' }),
        'a name with a space': { current_password: password, new_username: 'a n' },
        'a name of 151 letters': { current_password: password, new_username: 'a'.repeat(151) },
        "a wrong password and somebody else's name": {
          current_password: 'wrong',
          new_username: 'bob-<run>',
        },
        "somebody else's name": { current_password: password, new_username: 'bob-<run>' },
        'her own name': { current_password: password, new_username: 'ann-<run>' },
        "somebody else's name in capitals": {
          current_password: password,
          new_username: 'BOB-<run>',
        },
        'a full-width letter': { current_password: password, new_username: 'Ａnn-<run>' },
      },
      { as: 'ann.access' },
    ),
    step('GET me', 'GET /auth/users/me/', { as: 'ann.access' }),
    step('a log-in with the name as typed', 'POST /auth/jwt/create/', {
      json: { username: 'Ａnn-<run>', password },
    }),
    step('an address', 'POST /auth/users/reset_username/', {
      json: { email: address('ann') },
      mail: { kind: 'username_reset', to: address('ann'), as: 'link' },
    }),
    ...each('POST /auth/users/reset_username_confirm/', {
      'confirm: an empty object': {},
      'confirm: a name with a space': { ...link, new_username: 'a n' },
      'confirm: a bad token': { ...link, token: 'x', new_username: 'next-<run>' },
      'confirm: a taken name': { ...link, new_username: 'bob-<run>' },
      'confirm: no link and a taken name': { new_username: 'bob-<run>' },
      confirm: { ...link, new_username: 'next-<run>' },
      'confirm again': { ...link, new_username: 'third-<run>' },
    }),
    step('GET me afterwards', 'GET /auth/users/me/', { as: 'ann.access' }),
  ],
}

export const scenarios = [signingUp, me, loggingIn, passwords, changing]
