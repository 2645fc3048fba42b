// The endpoints of JWTs, at the paths of Djoser and of Simple JWT.

import { each, type Forgery, type Scenario, type Step, step } from '../scenario.ts'
import { oddBodies, oddly } from './faults.ts'
import { claims, wrongClaims, wrongSignatures, wrongTexts, wrongUsers } from './forgeries.ts'
import { address, logsIn, password, signsUpByMail, signUp } from './people.ts'

const right = { email: address('ann'), password }

const forgeries = (request: string, field: string, tokens: Record<string, Forgery>): Step[] =>
  Object.entries(tokens).map(([name, forged]) =>
    step(name, request, { forged, json: { [field]: '<forged>' } }),
  )

const texts = (request: string, field: string, token: string): Step[] =>
  each(
    request,
    Object.fromEntries(
      Object.entries({ ...wrongTexts(token), 'beyond ASCII': 'é.é.é' }).map(([name, text]) => [
        name,
        { [field]: text },
      ]),
    ),
  )

const bodies = (request: string) =>
  Object.entries(oddBodies).map(([name, raw]) => step(`body: ${name}`, request, { raw }))

function creating(path: string): Scenario {
  const create = `POST ${path}`
  return {
    name: path,
    variants: ['default'],
    steps: [
      step('bob signs up', 'POST /auth/users/', { json: signUp('bob') }),
      ...signsUpByMail('ann'),
      ...each(create, {
        'an empty object': {},
        ...oddly('email', right),
        ...oddly('password', right),
        'no address': { ...right, email: 'nowhere' },
        'a long address': { ...right, email: `${'a'.repeat(300)}@example.com` },
        'numbers for both': { email: 1, password: 2 },
        'a wrong password': { ...right, password: 'wrong' },
        'a password in capitals': { ...right, password: password.toUpperCase() },
        'somebody unknown': { ...right, email: address('nobody') },
        'somebody pending': { ...right, email: address('bob') },
        'white space around both': { email: ` ${address('ann')} `, password: ` ${password} ` },
        'capitals in the domain': { ...right, email: 'ann-<run>@EXAMPLE.COM' },
        success: right,
        'more than it needs': { ...right, extra: [1], token_type: 'x' },
        'a long password': { ...right, password: 'x'.repeat(4097) },
      }),
      step('capitals in the address', create, {
        json: { ...right, email: 'ANN-<run>@example.com' },
      }),
      step('a username in place of the address', create, {
        json: { username: address('ann'), password },
      }),
      step('as a form', create, { form: right }),
      step('as a multipart form', create, { multipart: right }),
      step('as a form without a password', create, { form: { email: address('ann') } }),
      step('as a multipart form without anything', create, { multipart: {} }),
      ...bodies(create),
      step('with a bad Authorization header', create, {
        json: right,
        headers: { authorization: 'Bearer x' },
      }),
      step('with a bare scheme', create, { json: right, headers: { authorization: 'Bearer' } }),
      step('GET', `GET ${path}`),
      step('HEAD', `HEAD ${path}`),
      step('PUT', `PUT ${path}`, { json: right }),
      step('DELETE', `DELETE ${path}`),
      step('OPTIONS', `OPTIONS ${path}`),
    ],
  }
}

/** One step for each method, without a body. */
const methods = (path: string, ...names: string[]) =>
  names.map((name) => step(name, `${name} ${path}`))

function refreshing(path: string): Scenario {
  const refresh = `POST ${path}`
  return {
    name: path,
    variants: ['default'],
    steps: [
      ...signsUpByMail('ann'),
      logsIn('ann'),
      ...each(refresh, {
        'an empty object': {},
        ...oddly('refresh', {}),
        'a number': { refresh: 7 },
        success: { refresh: '<ann.refresh>' },
        'the same again': { refresh: '<ann.refresh>' },
        'white space around it': { refresh: ' <ann.refresh>\n' },
        'an access token': { refresh: '<ann.access>' },
      }),
      ...texts(refresh, 'refresh', '<ann.refresh>'),
      ...forgeries(refresh, 'refresh', wrongClaims('refresh')),
      ...forgeries(refresh, 'refresh', wrongUsers('refresh')),
      ...forgeries(refresh, 'refresh', wrongSignatures('refresh')),
      step('as a form', refresh, { form: { refresh: '<ann.refresh>' } }),
      step('as a multipart form', refresh, { multipart: { refresh: '<ann.refresh>' } }),
      ...bodies(refresh),
      step('with a bad Authorization header', refresh, {
        json: { refresh: '<ann.refresh>' },
        headers: { authorization: 'Bearer x' },
      }),
      ...methods(path, 'GET', 'OPTIONS'),
    ],
  }
}

function verifying(path: string): Scenario {
  const verify = `POST ${path}`
  return {
    name: path,
    variants: ['default'],
    steps: [
      ...signsUpByMail('ann'),
      logsIn('ann'),
      ...each(verify, {
        'an empty object': {},
        ...oddly('token', {}),
        'a number': { token: 7 },
        'an access token': { token: '<ann.access>' },
        'a refresh token': { token: '<ann.refresh>' },
        'white space around it': { token: ' <ann.access> ' },
      }),
      ...texts(verify, 'token', '<ann.access>'),
      ...forgeries(verify, 'token', wrongClaims('access')),
      ...forgeries(verify, 'token', wrongUsers('access')),
      ...forgeries(verify, 'token', wrongSignatures('access')),
      ...bodies(verify),
      ...methods(path, 'GET', 'OPTIONS'),
    ],
  }
}

/** Djoser mounts no blacklist; with the app installed, but without BLACKLIST_AFTER_ROTATION. */
export const blacklisting: Scenario = {
  name: '/api/token/blacklist/',
  variants: ['default', 'prefix'],
  steps: [
    ...signsUpByMail('ann'),
    logsIn('ann'),
    ...each('POST /api/token/blacklist/', {
      'an empty object': {},
      ...oddly('refresh', {}),
      'a word': { refresh: 'nonsense' },
      'an access token': { refresh: '<ann.access>' },
    }),
    ...forgeries('POST /api/token/blacklist/', 'refresh', {
      expired: { claims: claims('refresh', { exp: -10 }) },
      'another key': {
        claims: claims('refresh'),
        key: 'another-key-another-key-another-key-another',
      },
      'without jti': { claims: claims('refresh', { jti: undefined }) },
      'of nobody': { claims: claims('refresh', { user_id: 999999999 }) },
      'of another Django': { claims: claims('refresh') },
    }),
    ...each('POST /api/token/blacklist/', {
      success: { refresh: '<ann.refresh>' },
      'the same again': { refresh: '<ann.refresh>' },
    }),
    step('a refresh with it', 'POST /api/token/refresh/', { json: { refresh: '<ann.refresh>' } }),
    step('a refresh with it at Djoser', 'POST /auth/jwt/refresh/', {
      json: { refresh: '<ann.refresh>' },
    }),
    step('verify of it', 'POST /api/token/verify/', { json: { token: '<ann.refresh>' } }),
    step('its access token', 'GET /auth/users/me/', { as: 'ann.access' }),
    step('GET', 'GET /api/token/blacklist/'),
    step('OPTIONS', 'OPTIONS /api/token/blacklist/'),
    step('as a form', 'POST /api/token/blacklist/', { form: { refresh: '<ann.refresh>' } }),
  ],
}

export const scenarios = [
  creating('/auth/jwt/create/'),
  creating('/api/token/'),
  refreshing('/auth/jwt/refresh/'),
  verifying('/auth/jwt/verify/'),
  ...short('/api/token/'),
  blacklisting,
]

/** The second paths of refresh and verify, without a repetition of every fault. */
function short(prefix: string): Scenario[] {
  return [
    {
      name: `${prefix}refresh/ and ${prefix}verify/`,
      variants: ['default'],
      steps: [
        ...signsUpByMail('ann'),
        step('a pair', `POST ${prefix}`, {
          json: right,
          capture: { 'ann.access': 'access', 'ann.refresh': 'refresh' },
        }),
        ...each(`POST ${prefix}refresh/`, {
          'refresh: an empty object': {},
          'refresh: a word': { refresh: 'nonsense' },
          'refresh: an access token': { refresh: '<ann.access>' },
          'refresh: success': { refresh: '<ann.refresh>' },
        }),
        ...each(`POST ${prefix}verify/`, {
          'verify: an empty object': {},
          'verify: a word': { token: 'nonsense' },
          'verify: an access token': { token: '<ann.access>' },
          'verify: a refresh token': { token: '<ann.refresh>' },
        }),
        step('refresh: GET', `GET ${prefix}refresh/`),
        step('verify: GET', `GET ${prefix}verify/`),
        step('refresh: OPTIONS', `OPTIONS ${prefix}refresh/`),
        step('verify: OPTIONS', `OPTIONS ${prefix}verify/`),
        ...bodies(`POST ${prefix}refresh/`),
      ],
    },
  ]
}
