// All sentences that a language may translate, for translators and for the checks.

import { es } from './es.ts'
import type { Languages } from './translations.ts'

/** Sentences that stay English in Spanish, as in Django's packages. Other languages have some of them. */
const withoutSpanish = [
  // REST framework and Django
  'CSRF Failed: Sec-Fetch-Site is {}.',
  'Origin checking failed - {} does not match any trusted origins.',
  'No data provided',
  '{} with this {} already exists.',
  // Simple JWT
  'No active account found for the given token.',
  "The user's password has been changed.",
  'Token is invalid',
  'Token is expired',
  // drf-jwt
  'Invalid Authorization header. No credentials provided.',
  'Invalid Authorization header. Credentials string should not contain spaces.',
  'Invalid payload.',
  'Invalid signature.',
  'Token has expired.',
  'Signature has expired.',
  'Refresh has expired.',
  'Error decoding token.',
  'Error decoding signature.',
  "User doesn't exist.",
  'Token is blacklisted.',
]

/** The English sentences. `{}` is a value. */
export const sentences: readonly string[] = [
  ...Object.keys(es.sentences),
  ...Object.keys(es.djangoUserModel),
  ...withoutSpanish,
]

/** The sentences that each language of the deployer's lacks, by its code. One for `es` replaces single sentences. */
export const missingSentences = (languages: Languages): Record<string, string[]> =>
  Object.fromEntries(
    Object.entries(languages)
      .filter(([code]) => code !== 'es')
      .map(([code, { sentences: own, djangoUserModel = {} }]) => [
        code,
        sentences.filter((sentence) => !(sentence in own) && !(sentence in djangoUserModel)),
      ]),
  )
