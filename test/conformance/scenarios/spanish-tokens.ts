// The messages about tokens, in Spanish.

import { each, type Scenario, step } from '../scenario.ts'
import { oddly } from './faults.ts'
import { claims } from './forgeries.ts'
import { inSpanish, signsUp } from './in-spanish.ts'
import { address, signUp } from './people.ts'

const logIn = 'POST /auth/jwt/create/'
const refresh = 'POST /auth/jwt/refresh/'
const verify = 'POST /api/token/verify/'
const opaque = 'POST /api-token-auth/'
const protectedEndpoint = 'GET /api/protected-endpoint/'

const calling = (name: string, authorization: string) =>
  step(name, protectedEndpoint, { headers: { authorization } })

const forged = (name: string, given: object, type = 'access') =>
  step(name, protectedEndpoint, {
    forged: { claims: claims(type, given) },
    headers: { authorization: 'Bearer <forged>' },
  })

const ann = signUp('ann')

export const tokens: Scenario = {
  name: 'tokens in Spanish',
  variants: ['languages'],
  steps: [
    ...signsUp('ann'),
    ...inSpanish(
      ...each(logIn, {
        'log-in: an empty object': {},
        ...oddly('email', ann),
        'log-in: wrong': { email: address('ann'), password: 'wrong' },
      }),
      calling('no values', 'Bearer'),
      calling('three values', 'Bearer a b'),
      calling('a word', 'Bearer nonsense'),
      calling('a refresh token', 'Bearer <ann.refresh>'),
      forged('expired', { exp: -10 }),
      forged('without exp', { exp: undefined }),
      forged('without a type', { token_type: undefined }),
      forged('without a user', { user_id: undefined }),
      forged('nobody', { user_id: 999999999 }),
      forged('before another password', {}),
      calling('no key', 'Token'),
      calling('two keys', 'Token a b'),
      calling('an unknown key', 'Token 0123456789012345678901234567890123456789'),
      ...each(refresh, {
        'refresh: an empty object': {},
        'refresh: a word': { refresh: 'nonsense' },
        'refresh: an access token': { refresh: '<ann.access>' },
      }),
      ...each(verify, { 'verify: an empty object': {}, 'verify: a word': { token: 'nonsense' } }),
      step('blacklist', 'POST /api/token/blacklist/', { json: { refresh: '<ann.refresh>' } }),
      step('blacklist again', 'POST /api/token/blacklist/', { json: { refresh: '<ann.refresh>' } }),
      step('verify what is blacklisted', verify, { json: { token: '<ann.refresh>' } }),
      ...each('POST /api/token/sliding/refresh/', {
        'sliding: an empty object': {},
        'sliding: a word': { token: 'nonsense' },
        'sliding: an access token': { token: '<ann.access>' },
      }),
      step('sliding: too old', 'POST /api/token/sliding/refresh/', {
        forged: { claims: claims('sliding', { refresh_exp: -10 }) },
        json: { token: '<forged>' },
      }),
      step('sliding: no time to refresh', 'POST /api/token/sliding/refresh/', {
        forged: { claims: claims('sliding') },
        json: { token: '<forged>' },
      }),
      ...each(opaque, {
        'authtoken: an empty object': {},
        'authtoken: wrong': { username: address('ann'), password: 'wrong' },
      }),
      ...each('POST /auth/token/login/', {
        'login: an empty object': {},
        'login: wrong': { email: address('ann'), password: 'wrong' },
      }),
      step('GET', 'GET /auth/jwt/create/'),
      step('text/plain', logIn, { raw: 'x', headers: { 'content-type': 'text/plain' } }),
      step('accepting text/csv', logIn, { json: {}, headers: { accept: 'text/csv' } }),
      step('a broken form', logIn, {
        raw: 'x',
        headers: { 'content-type': 'multipart/form-data; boundary=' },
      }),
    ),
  ],
}
