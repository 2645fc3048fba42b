// What is served, its public keys, whether it is up, and the endpoints of tutorials.

import { signUpFields } from '../bodies/users.ts'
import type { Settings } from '../settings/parse.ts'
import type { Answer, Operation } from './operations.ts'
import { array, component, jwt, object, type Properties, type Schema } from './schemas.ts'

const url: Schema = { type: 'string', format: 'uri' }

export const deploymentOperations = (settings: Settings): Operation[] => [
  {
    request: 'GET /',
    id: 'getIndex',
    tag: 'Deployment',
    summary: 'Get the main URLs',
    caller: 'anyone',
    answers: {
      200: {
        description: 'The name, and a URL of each group of routes.',
        schema: {
          type: 'object',
          properties: { name: { type: 'string' }, description: { type: 'string' }, health: url },
          required: ['name', 'description', 'health'],
          additionalProperties: url,
        },
      },
    },
  },
  {
    request: 'GET /auth/',
    id: 'getApiRoot',
    tag: 'Deployment',
    summary: "Get the root of Djoser's router",
    caller: 'anyone, checked',
    answers: {
      200: {
        description: 'Its resources.',
        schema: object({ users: url }, { optional: ['users'] }),
      },
    },
  },
  {
    request: 'GET /healthz/',
    id: 'getHealth',
    tag: 'Deployment',
    summary: 'Check whether the Worker is up',
    caller: 'anyone',
    answers: { 200: isOk },
  },
  {
    request: 'GET /readyz/',
    id: 'getReadiness',
    tag: 'Deployment',
    summary: 'Check whether the database is migrated',
    caller: 'anyone',
    answers: { 200: isOk },
  },
  {
    request: 'GET /.well-known/jwks.json',
    id: 'getKeys',
    tag: 'Deployment',
    summary: 'Get the public keys of access tokens',
    description: 'A JWK Set (RFC 7517 §5). It is empty where a shared secret signs.',
    caller: 'anyone',
    answers: {
      200: {
        description: 'The keys.',
        schema: object({ keys: array({ type: 'object' }) }),
        headers: { ETag: 'For `If-None-Match`.' },
      },
      304: { description: 'The keys are those that the client has.' },
    },
  },
  {
    request: 'GET /openapi.json',
    id: 'getDocument',
    tag: 'Deployment',
    summary: 'Get this document',
    caller: 'anyone',
    answers: {
      200: {
        description: 'The OpenAPI document of this deployment.',
        schema: { type: 'object' },
        headers: { ETag: 'For `If-None-Match`.' },
      },
      304: { description: 'The document is the one that the client has.' },
    },
    errors: { 404: 'The deployment has no document, since `gatehouse deploy` did not write it.' },
  },
  {
    request: 'GET /api/protected-endpoint/',
    id: 'getProtected',
    tag: 'Tutorial',
    summary: 'Get a message that requires a credential',
    caller: 'user',
    answers: {
      200: { description: 'A message.', schema: object({ message: { type: 'string' } }) },
    },
  },
  register(settings),
  ...(settings.development ? [mailbox] : []),
]

const isOk: Answer = { description: 'It is.', schema: object({ status: { const: 'ok' } }) }

const nullableText: Schema = { type: ['string', 'null'] }

const mailbox: Operation = {
  request: 'GET /dev/mailbox/',
  id: 'getMailbox',
  tag: 'Deployment',
  summary: 'Get the emails that were not sent, in development',
  caller: 'anyone',
  answers: {
    200: {
      page: true,
      description: 'The emails, newest first.',
      schema: object({
        count: { type: 'integer' },
        results: array(
          object({
            ...texts('id', 'kind', 'to', 'subject', 'text', 'html'),
            url: nullableText,
            uid: nullableText,
            token: nullableText,
            created_at: { type: 'string', format: 'date-time' },
          }),
        ),
      }),
    },
  },
  errors: { 403: 'The host is not this machine.', 404: 'The request came through Cloudflare.' },
}

function texts(...names: string[]): Properties {
  return Object.fromEntries(names.map((name) => [name, { type: 'string' }]))
}

/** `/register/`, whose errors may have the status 200. */
function register(settings: Settings): Operation {
  const { registerErrorStatus, registerTokens } = settings
  const tokens: Properties =
    registerTokens === 'jwt'
      ? { access: jwt('An access token.', 'AccessTokenClaims'), refresh: jwt('A refresh token.') }
      : { token_obj: { type: 'string' } }
  const saved = object(
    { status: { const: 200 }, data: component('User'), ...tokens, message: { type: 'string' } },
    { optional: Object.keys(tokens) },
  )
  const invalid = object({
    status: { const: 403 },
    errors: { type: 'object', additionalProperties: component('FieldErrors') },
    message: { type: 'string' },
  })
  const others =
    registerErrorStatus === 200 || registerErrorStatus === 400
      ? {}
      : { [registerErrorStatus]: { description: 'A field is invalid.', schema: invalid } }
  return {
    request: 'POST /register/',
    id: 'register',
    captcha: 'sign-up',
    tag: 'Tutorial',
    summary: 'Sign up and log in',
    caller: 'anyone, checked',
    body: signUpFields(settings),
    answers: {
      200: {
        description: 'The user, and tokens if the account is active.',
        schema: registerErrorStatus === 200 ? { anyOf: [saved, invalid] } : saved,
      },
    },
    errors: {
      ...(registerErrorStatus === 400 && { 400: [invalid] }),
      403: 'The caller may not sign users up.',
      others,
    },
    limited: true,
    cookies: true,
  }
}
