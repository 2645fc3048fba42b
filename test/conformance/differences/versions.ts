// Where the older packages answer differently from the newer ones, which we follow.

import type { Allowed } from '../differences.ts'

const djoser21 = 'Djoser 2.1; we follow 2.3'
const pyjwt26 = 'PyJWT 2.6; we are as strict as 2.15'

export const versions: Allowed[] = [
  {
    reason: djoser21,
    steps: /^resend_activation › (an address of nobody|active|logged in)$/,
    stack: 'old',
    fields: ['status'],
    django: { status: 400 },
    worker: { status: 204 },
  },
  {
    reason: 'Djoser 2.1 sends an activation email on every edit; we follow 2.3',
    steps: ['users/me › mail', 'users/{id} › mail', 'users with UUIDs › mail'],
    stack: 'old',
    fields: ['mail'],
  },
  {
    reason: pyjwt26,
    steps: /(jti a number|a kid that is a number|an unknown crit)$/,
    stack: 'old',
    fields: ['status', 'body', 'www-authenticate'],
    django: { status: 200 },
    worker: { status: 401 },
  },
  {
    reason: 'the older packages have fewer Spanish messages, and another one for a short password',
    steps:
      /in Spanish › (.*: (true|a list|an object|nobody|wrong|a bad token|two|the link again)|a (weak|wrong) password|another password|verify what is blacklisted)$/,
    stack: 'old',
    fields: ['body'],
  },
  {
    reason: 'REST framework 3.14; we follow 3.18, where an empty page number is the first page',
    steps: ['pages by number › page='],
    stack: 'old',
    fields: ['status', 'body'],
    django: { status: 404 },
    worker: { status: 200 },
  },
  {
    reason: pyjwt26,
    steps: /^a sliding token refreshed › (jti a number|a kid that is a number|an unknown crit)$/,
    stack: 'old',
    fields: ['body'],
    django: { status: 401 },
    worker: { status: 401 },
  },
  {
    reason: 'django-cors-headers 3 sends this header to every origin; we follow 4',
    steps: /^CORS/,
    stack: 'old',
    fields: ['access-control-allow-credentials'],
  },
  {
    reason: 'django-cors-headers 3 allows three headers more; we follow 4',
    steps: /^CORS/,
    stack: 'old',
    fields: ['access-control-allow-headers'],
  },
  {
    reason: 'Django 3.2; we follow 5.2 on a top-level domain of digits',
    steps: ['signing up › address: a number for a top-level domain'],
    stack: 'old',
    fields: ['status', 'body'],
    worker: { status: 400 },
  },
]
