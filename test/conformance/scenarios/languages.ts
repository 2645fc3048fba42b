// With LocaleMiddleware: the choice of the language. spanish.ts has the messages.

import { type Scenario, step } from '../scenario.ts'
import { inSpanish } from './in-spanish.ts'

const logIn = 'POST /auth/jwt/create/'
const me = '/auth/users/me/'
const protectedEndpoint = 'GET /api/protected-endpoint/'

const asked = [
  ...['es', 'es-MX', 'es-MX,en;q=0.5', 'ES', 'es-419', 'es_MX', 'es-mx-x-y', 'Es;q=0.1', 'es;q=0'],
  ...['en', 'en-US,en;q=0.9,es;q=0.8', 'en-gb', 'fr', 'fr,es', 'fr,es;q=0.1,en;q=0.2', 'fr-FR, *'],
  ...['*', '*;q=0.1,es', 'es;q=0.5,*', 'en;q=0.5,es;q=0.5', 'es;q=0.5,en;q=0.50', 'q=1', '', ' es'],
  ...['es ', 'es;q=2', 'es;q=1.0000', 'es;q=0.1234', 'es;q=.5', 'es; q=0.5 , en', 'es;level=1'],
  ...[
    'es,',
    ',es',
    'es,,en',
    'en;q=0.1;es',
    'es en',
    '(){}',
    'es~mx',
    'toolonglanguage,es',
    '12,es',
  ],
  ...['zh-hant,es', 'e', 'es-', '-es', `es${',fr'.repeat(170)}`, `${'fr,'.repeat(166)}es,en`],
  ...[`${'fr,'.repeat(165)}es,en`, `es${'-aaaaaaaa'.repeat(60)}`, `es${';'.repeat(600)}`],
]

export const choosing: Scenario = {
  name: 'which language',
  variants: ['languages', 'spanish'],
  steps: [
    step('none asked for', protectedEndpoint),
    ...asked.map((language, at) =>
      step(`${at}: ${language.slice(0, 40)}`, protectedEndpoint, {
        headers: { 'accept-language': language },
      }),
    ),
    ...inSpanish(
      step('what is not there', 'GET /nothing/'),
      step('a method with no view of its own', 'DELETE /auth/jwt/create/'),
      step('a media type with a quote', logIn, {
        raw: '{}',
        headers: { 'content-type': 'text/"plain" in request.' },
      }),
      step('OPTIONS', 'OPTIONS /auth/jwt/create/'),
    ),
  ],
}

/** A preflight is answered before the language is chosen. */
export const crossOrigin: Scenario = {
  name: 'CORS in Spanish',
  variants: ['languages'],
  steps: inSpanish(
    ...['https://app.example.com', 'https://elsewhere.example.com'].flatMap((origin) => [
      step(`${origin}: a refusal`, protectedEndpoint, { headers: { origin } }),
      step(`preflight from ${origin}`, `OPTIONS ${me}`, {
        headers: { origin, 'access-control-request-method': 'GET' },
      }),
    ]),
  ),
}

export const scenarios = [choosing, crossOrigin]
