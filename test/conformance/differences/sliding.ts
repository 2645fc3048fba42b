// Sliding tokens.

import type { Allowed } from '../differences.ts'
import { everything, missingUser, never5xx } from './shared.ts'

const slidingEnds = 'a sliding token ends with the password'
const slidingRevoked = 'a client can blacklist a sliding token'
const slidingAnswers =
  /^(a sliding token.* › (success|as a form|the same again|with a bad Authorization header|ann logs in to slide)|.* › (a|the next) sliding token)$/

const passwordChanged = { detail: "The user's password has been changed." }

export const sliding: Allowed[] = [
  {
    reason: `${slidingEnds}, so it has a claim for the password that it was issued for`,
    steps: slidingAnswers,
    stack: 'old',
    fields: ['body'],
    worker: { status: 200 },
  },
  {
    reason: slidingEnds,
    steps: ['a sliding token in use › me after a new password'],
    stack: 'old',
    fields: ['status', 'body', 'www-authenticate'],
    django: { status: 200 },
    worker: { status: 401, json: { ...passwordChanged, code: 'password_changed' } },
  },
  {
    reason: `${slidingEnds}; a user that signed up here has none of Django`,
    steps: [
      'a sliding token in use › refresh after a new password',
      'a sliding token refreshed › forged: nothing wrong',
    ],
    fields: ['status', 'body', 'www-authenticate'],
    django: { status: 200 },
    worker: { status: 401, json: passwordChanged },
  },
  {
    reason: missingUser,
    steps: /^a sliding token refreshed › forged: (another|no) user$/,
    fields: ['status', 'body', 'www-authenticate'],
    django: { status: 200 },
    worker: { status: 401, json: { detail: 'No active account found for the given token.' } },
  },
  {
    reason: never5xx,
    steps: /^a sliding token refreshed › forged: a time to refresh that is (a text|null)$/,
    fields: everything,
    django: { status: 500 },
    worker: { status: 401 },
  },
  {
    reason: slidingRevoked,
    steps: ['a sliding token on the blacklist › blacklist'],
    fields: ['status', 'body', 'www-authenticate'],
    django: { status: 401 },
    worker: { status: 200, json: {} },
  },
  {
    reason: slidingRevoked,
    steps: /^a sliding token on the blacklist › (me|refresh)$/,
    fields: ['status', 'body', 'www-authenticate'],
    django: { status: 200 },
    worker: { status: 401 },
  },
  {
    reason: slidingRevoked,
    steps: ['a sliding token on the blacklist › verify'],
    fields: ['status', 'body'],
    django: { status: 200 },
    worker: { status: 400, json: { non_field_errors: ['Token is blacklisted'] } },
  },
]
