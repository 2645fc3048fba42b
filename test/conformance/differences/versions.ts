// What the older packages answered, where we speak the newer ones.

import type { Allowed } from '../differences.ts'

const djoser21 = 'Djoser 2.1, where we speak 2.3'
const pyjwt26 = 'PyJWT 2.6, where we are as strict as 2.15'

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
    reason: `${djoser21}: activation mail on every edit`,
    steps: ['users/me › mail', 'users/{id} › mail'],
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
    reason: 'the older packages have less Spanish, and of a short password another',
    steps:
      /in Spanish › (.*: (true|a list|an object|nobody|wrong|a bad token|two|the link again)|a (weak|wrong) password|another password|verify what is blacklisted)$/,
    stack: 'old',
    fields: ['body'],
  },
  {
    reason: 'REST framework 3.14, where we speak 3.18: an empty page is the first',
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
    reason: 'django-cors-headers 3, where we speak 4: the origin need not be allowed',
    steps: /^CORS/,
    stack: 'old',
    fields: ['access-control-allow-credentials'],
  },
  {
    reason: 'django-cors-headers 3, where we speak 4: three headers more',
    steps: /^CORS/,
    stack: 'old',
    fields: ['access-control-allow-headers'],
  },
  {
    reason: 'Django 3.2, where we speak 5.2: a top-level domain of digits',
    steps: ['signing up › address: a number for a top-level domain'],
    stack: 'old',
    fields: ['status', 'body'],
    worker: { status: 400 },
  },
]
