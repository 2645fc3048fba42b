// When a session ends, and which tokens are valid.

import type { Allowed } from '../differences.ts'
import { answer, everything, missingUser, never5xx } from './shared.ts'

const foreignToken =
  'a user that signed up here has no refresh token of Django: it would belong to none of their logins'

const signedElsewhere =
  /^(\/auth\/jwt\/refresh\/ › (a claim of the deployer|a jku|a kid|a user by text|an audience|an issuer|another typ|exp a fraction|nothing wrong|user .*|without (a user|iat|typ))|claims that are read › refresh: .*|tokens from before › (blacklist|me|refresh.*)|\/api\/token\/blacklist\/ › of (another Django|nobody))$/

export const sessions: Allowed[] = [
  {
    reason: 'a reset revokes every session',
    steps: ['reset_password › a refresh with the token from before'],
    fields: [...answer, 'www-authenticate'],
    worker: { status: 401, json: { detail: 'Token is blacklisted', code: 'token_not_valid' } },
  },
  {
    reason: 'LOGOUT_ON_PASSWORD_CHANGE revokes the other sessions; Django revokes no JWT',
    steps: ['set_password with the password twice › a refresh elsewhere'],
    fields: ['status', 'body', 'www-authenticate'],
    worker: { status: 401, json: { detail: 'Token is blacklisted', code: 'token_not_valid' } },
  },
  {
    reason: 'a token that is used twice revokes its session, and so its successors',
    steps: ['a token used twice › the second'],
    fields: ['status', 'body', 'www-authenticate'],
    worker: { status: 401, json: { detail: 'Token is blacklisted', code: 'token_not_valid' } },
  },
  {
    reason: missingUser,
    steps: /^(users\/me › a refresh after the end|a user who is gone › refresh)$/,
    fields: everything,
    worker: { status: 401, json: { detail: 'No active account found for the given token.' } },
  },
  {
    reason: 'a refresh of a deleted user is refused, so it has not blacklisted the token',
    steps: ['a user who is gone › blacklist'],
    stack: 'old',
    variant: 'rotation',
    fields: ['status', 'body', 'www-authenticate'],
    django: { status: 401 },
    worker: { status: 200, json: {} },
  },
  {
    reason: 'a session is deleted with its user',
    steps: ['a user who is gone › verify'],
    fields: ['status', 'body'],
    django: { status: 200 },
    worker: { status: 400, json: { non_field_errors: ['Token is blacklisted'] } },
  },
  {
    reason: foreignToken,
    steps: signedElsewhere,
    fields: ['status', 'body', 'www-authenticate'],
    worker: { status: 401 },
  },
  {
    reason: never5xx,
    steps: signedElsewhere,
    fields: everything,
    django: { status: 500 },
    worker: { status: 401 },
  },
  {
    reason: foreignToken,
    steps: ['tokens from before a new password › me after the refresh'],
    stack: 'new',
    fields: ['body'],
    worker: { status: 401 },
  },
  {
    reason:
      'a refresh token ends with the password that it was issued for, as an access token does',
    steps: ['tokens from before a new password › refresh'],
    stack: 'new',
    fields: ['status', 'body', 'www-authenticate'],
    django: { status: 200 },
    worker: { status: 401, json: { detail: "The user's password has been changed." } },
  },
  {
    reason:
      'a token that was refused for a new password is revoked, as in Simple JWT’s next version',
    steps: ['tokens from before a new password › blacklist'],
    stack: 'new',
    fields: ['status', 'body', 'www-authenticate'],
    django: { status: 200 },
    worker: { status: 401, json: { detail: 'Token is blacklisted', code: 'token_not_valid' } },
  },
]
