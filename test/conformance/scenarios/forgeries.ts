// JWTs with one fault each, and some that are unusual but valid.

import type { Forgery } from '../scenario.ts'

/** Simple JWT's claims, as another Django with the same key issues them. */
export const claims = (type: string, given: object = {}) => ({
  token_type: type,
  exp: 300,
  iat: 0,
  jti: '<hex>',
  user_id: '<ann.id>',
  ...given,
})

/** Signed with the right key; one claim is invalid. */
export function wrongClaims(type: string): Record<string, Forgery> {
  const changed: Record<string, object> = {
    'nothing wrong': {},
    'a user by text': { user_id: '<ann.id.text>' },
    expired: { exp: -10 },
    'expired this second': { exp: 0 },
    'without exp': { exp: undefined },
    'exp null': { exp: null },
    'exp a text': { exp: 'soon' },
    'exp a list': { exp: [] },
    'exp a fraction': { exp: 300.5 },
    'exp before 1970': { exp: -1e11 },
    'nbf in the future': { nbf: 100 },
    'nbf a text': { nbf: 'soon' },
    'iat in the future': { iat: 100 },
    'iat a text': { iat: 'now' },
    'without iat': { iat: undefined },
    'without jti': { jti: undefined },
    'jti a number': { jti: 7 },
    'without a type': { token_type: undefined },
    'type null': { token_type: null },
    'type unknown': { token_type: 'sliding' },
    'type in capitals': { token_type: type.toUpperCase() },
    'another type': { token_type: type === 'access' ? 'refresh' : 'access' },
    'an audience': { aud: 'https://api.example.com' },
    'an issuer': { iss: 'https://auth.example.com' },
    'a claim of the deployer': { role: 'admin' },
  }
  return Object.fromEntries(
    Object.entries(changed).map(([name, given]) => [name, { claims: claims(type, given) }]),
  )
}

/** Of users that do not exist. */
export function wrongUsers(type: string): Record<string, Forgery> {
  const changed: Record<string, object> = {
    'without a user': { user_id: undefined },
    'user null': { user_id: null },
    'user unknown': { user_id: 999999999 },
    'user zero': { user_id: 0 },
    'user negative': { user_id: -1 },
    'user a word': { user_id: 'abc' },
    'user blank': { user_id: '' },
    'user a list': { user_id: [1] },
    'user an object': { user_id: { id: 1 } },
    'user beyond 64 bits': { user_id: '99999999999999999999' },
  }
  return Object.fromEntries(
    Object.entries(changed).map(([name, given]) => [name, { claims: claims(type, given) }]),
  )
}

export function wrongSignatures(type: string): Record<string, Forgery> {
  return {
    'another key': { claims: claims(type), key: 'another-key-another-key-another-key-another' },
    HS512: { claims: claims(type), hash: 'SHA-512' },
    HS384: { claims: claims(type), hash: 'SHA-384' },
    'alg none': { claims: claims(type), header: { alg: 'none', typ: 'JWT' }, signature: '' },
    'alg none with a signature': { claims: claims(type), header: { alg: 'none', typ: 'JWT' } },
    'alg None': { claims: claims(type), header: { alg: 'None', typ: 'JWT' }, signature: '' },
    'alg RS256': { claims: claims(type), header: { alg: 'RS256', typ: 'JWT' } },
    'alg in small letters': { claims: claims(type), header: { alg: 'hs256', typ: 'JWT' } },
    'alg unknown': { claims: claims(type), header: { alg: 'XX', typ: 'JWT' } },
    'alg a number': { claims: claims(type), header: { alg: 256, typ: 'JWT' } },
    'without alg': { claims: claims(type), header: { typ: 'JWT' } },
    'without typ': { claims: claims(type), header: { alg: 'HS256' } },
    'another typ': { claims: claims(type), header: { alg: 'HS256', typ: 'at+jwt' } },
    'a kid': { claims: claims(type), header: { alg: 'HS256', typ: 'JWT', kid: 'mine' } },
    'a kid that is a number': {
      claims: claims(type),
      header: { alg: 'HS256', typ: 'JWT', kid: 7 },
    },
    'a jku': {
      claims: claims(type),
      header: { alg: 'HS256', typ: 'JWT', jku: 'https://evil.example' },
    },
    'an unknown crit': {
      claims: claims(type),
      header: { alg: 'HS256', typ: 'JWT', crit: ['x'], x: 1 },
    },
    'another signature': { claims: claims(type), signature: 'c2lnbmF0dXJl' },
    'no signature': { claims: claims(type), signature: '' },
    'a signature beyond base64': { claims: claims(type), signature: '!!!' },
    'claims a list': { claims: [] },
    'claims a text': { claims: 'claims' },
    'claims null': { claims: null },
    'no claims at all': { claims: {} },
  }
}

/** Texts in place of a token. */
export const wrongTexts = (token: string): Record<string, string> => ({
  'a word': 'nonsense',
  'two parts': 'eyJhbGciOiJIUzI1NiJ9.e30',
  'three parts that are none': 'a.b.c',
  'four parts': `${token}.x`,
  'dots alone': '..',
  'a letter more': `${token}x`,
})
