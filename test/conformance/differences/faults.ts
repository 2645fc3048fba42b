// Where Django answers with a 5xx.

import type { Allowed } from '../differences.ts'
import { everything, invalidToken, invalidUid, never5xx, notFound } from './shared.ts'

export const faults: Allowed[] = [
  {
    reason: never5xx,
    steps: [
      'activation › a uid that is a number',
      'reset_password › confirm: a uid that is a number',
    ],
    fields: everything,
    django: { status: 500 },
    worker: { status: 400, json: invalidUid },
  },
  {
    reason: never5xx,
    steps: [
      'activation › a token that is a number',
      'reset_password › confirm: a token that is a number',
    ],
    fields: everything,
    django: { status: 500 },
    worker: { status: 400, json: invalidToken },
  },
  {
    reason: never5xx,
    steps: /^reset_email › (uid: |confirm: a uid that is a number)/,
    fields: everything,
    django: { status: 500 },
    worker: { status: 400, json: invalidUid },
  },
  {
    reason: never5xx,
    steps: /^reset_email › (token: |confirm: a token that is a number)/,
    fields: everything,
    django: { status: 500 },
    worker: { status: 400, json: invalidToken },
  },
  {
    reason: never5xx,
    steps: /^tokens of a user with a UUID › me: (a number as text|no UUID|a list)$/,
    fields: everything,
    django: { status: 500 },
    worker: { status: 401 },
  },
  {
    reason: never5xx,
    steps: ['users/me › HEAD', 'methods › OPTIONS /auth/users/me/'],
    fields: everything,
    django: { status: 500 },
    worker: { status: 200 },
  },
  {
    reason: never5xx,
    steps: ['users/{id} › GET 99999999999999999999'],
    stack: 'old',
    fields: everything,
    django: { status: 500 },
    worker: { status: 404, json: notFound },
  },
  {
    reason: never5xx,
    steps: ['bodies › JSON nested deeply'],
    fields: everything,
    django: { status: 500 },
    worker: { status: 400 },
  },
  {
    reason: never5xx,
    steps: /without jti$/,
    fields: everything,
    django: { status: 500 },
    worker: { status: 401, json: { detail: 'Token has no id', code: 'token_not_valid' } },
  },
  {
    reason: never5xx,
    steps: /› no claims at all$/,
    fields: everything,
    django: { status: 500 },
    worker: { status: 401, json: { detail: "Token has no 'exp' claim", code: 'token_not_valid' } },
  },
  {
    reason: never5xx,
    steps: /^the Authorization header › token: user /,
    fields: everything,
    django: { status: 500 },
    worker: { status: 401, json: { detail: 'User not found', code: 'user_not_found' } },
  },
  {
    reason: never5xx,
    steps: /exp (null|a list)$/,
    stack: 'old',
    fields: everything,
    django: { status: 500 },
    worker: { status: 401 },
  },
]
