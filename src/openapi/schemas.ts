// JSON Schema (2020-12, as OpenAPI 3.1 has it) of the values in requests and answers.

import { toJsonSchema } from '@valibot/to-json-schema'
import { type Column, getTableColumns } from 'drizzle-orm'
import * as v from 'valibot'
import { visibleNames } from '../bodies/users.ts'
import { hooks } from '../hooks.ts'
import { securityEvents, sessions, userModel, users } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import type { FieldName } from '../user-model.ts'

export interface Schema {
  readonly [keyword: string]: unknown
}

export type Properties = Record<string, Schema>

/** An object with these properties and no others. */
export const object = (
  properties: Properties,
  { optional = [], ...more }: { optional?: string[]; description?: string } = {},
): Schema => ({
  type: 'object',
  ...more,
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  additionalProperties: false,
})

export const array = (items: Schema): Schema => ({ type: 'array', items })
export const anyOf = (...schemas: Schema[]): Schema =>
  schemas.length === 1 && schemas[0] ? schemas[0] : { anyOf: schemas }
export const orNull = ({ type, ...more }: Schema): Schema => ({ ...more, type: [type, 'null'] })
export const component = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` })

const text: Schema = { type: 'string' }
const integer: Schema = { type: 'integer' }
const time: Schema = { type: 'string', format: 'date-time' }

/** The fields of a body. A field of ours says in its metadata what a client may send. */
export function bodySchema(entries: v.ObjectEntries): Schema {
  const converted = toJsonSchema(v.object(entries), {
    target: 'draft-2020-12',
    errorMode: 'ignore', // a transformation has no JSON Schema, and needs none
  })
  const { type, properties = {}, required = [] } = withoutNoLimits(converted) as Schema
  return { type, properties, required }
}

/** Without keywords that say nothing: no value, a blank default, the end of the numbers of JavaScript. */
const withoutNoLimits = (schema: object): object =>
  JSON.parse(
    JSON.stringify(schema, (keyword, value) =>
      (keyword === 'default' && value === '') || Math.abs(value) === Number.MAX_SAFE_INTEGER
        ? undefined
        : value,
    ),
  )

export const userId = ({ userPk }: Settings): Schema =>
  userPk === 'uuid'
    ? {
        type: ['string', 'integer'],
        description: 'A UUID. A user that another program inserted has a number for a minute.',
      }
    : integer

/**
 * UserSerializer and UserCreateSerializer, which differ in order alone.
 * @param login the login field. An account of before a change of LOGIN_FIELD may have none.
 */
export function userSchema(settings: Settings, login: Schema): Schema {
  const shown = visibleNames(settings).map((name) => [
    name,
    name === 'email' ? text : modelFieldSchema(name as FieldName),
  ])
  return object({
    ...Object.fromEntries(shown),
    id: userId(settings),
    [settings.loginField]: login,
    ...resultSchemas('extraUserFields'),
  })
}

function modelFieldSchema(name: FieldName): Schema {
  const { label, maxLength, min, max } = userModel.fields[name]
  const { type, format, ...more } = columnSchema(users[name])
  return {
    type,
    ...(format !== undefined && { format }),
    title: label,
    ...(maxLength !== undefined && { maxLength }),
    ...(min !== undefined && { minimum: min }),
    ...(max !== undefined && { maximum: max }),
    ...more,
  }
}

/** A column's value in JSON. */
export function columnSchema(column: Column): Schema {
  const schema = valueSchema(column)
  if (column.notNull) return schema
  const { enum: choices } = schema
  return { ...orNull(schema), ...(Array.isArray(choices) && { enum: [...choices, null] }) }
}

function valueSchema({ dataType, columnType, enumValues }: Column): Schema {
  if (enumValues && enumValues.length > 0) return { type: 'string', enum: enumValues }
  switch (dataType) {
    case 'number':
      return { type: columnType === 'SQLiteInteger' ? 'integer' : 'number' }
    case 'boolean':
      return { type: 'boolean' }
    case 'date':
      return time
    default:
      return text
  }
}

/** What the deployer's functions return, by name: any JSON, unless `hooks.schemas` says more. */
export const resultSchemas = (kind: 'claims' | 'loginResponse' | 'extraUserFields'): Properties =>
  Object.fromEntries(
    Object.keys(hooks[kind] ?? {}).map((name) => [
      name,
      (hooks.schemas?.[kind]?.[name] as Schema | undefined) ?? {},
    ]),
  )

/** The answer of a login: its tokens, and what the deployer's hook adds. */
export const loginAnswer = (tokens: Properties): Schema =>
  object({ ...tokens, ...resultSchemas('loginResponse') })

/** A JWT (RFC 7519). @param claims the component that has its claims */
export const jwt = (description: string, claims?: string): Schema => ({
  type: 'string',
  description,
  ...(claims && {
    contentMediaType: 'application/jwt',
    contentSchema: { type: 'array', prefixItems: [{ type: 'object' }, component(claims)] },
  }),
})

export function accessTokenClaims(settings: Settings): Schema {
  const { userIdClaim, userIdField, tokenTypeClaim, jtiClaim, simpleJwtVersion } = settings
  const isText = userIdField !== 'id' || simpleJwtVersion === '5.5' || userIdClaim === 'sub'
  return {
    type: 'object',
    description: 'The claims of an access token.',
    properties: {
      [tokenTypeClaim]: { const: 'access' },
      exp: { type: 'integer', description: 'When it expires, in seconds since 1970.' },
      iat: { type: 'integer', description: 'When it was issued, in seconds since 1970.' },
      ...(jtiClaim && { [jtiClaim]: text }),
      [userIdClaim]: isText ? text : userId(settings),
      sid: { type: 'string', description: 'The session.' },
      ...resultSchemas('claims'),
    },
    required: [tokenTypeClaim, 'exp', 'iat', userIdClaim, 'sid'],
  }
}

const device = object(
  {
    browser: orNull(text),
    os: orNull(text),
    type: { enum: ['desktop', 'mobile', 'tablet', 'tv', 'bot', null] },
  },
  { description: 'What the User-Agent says.' },
)

const { userAgent: _, ...sessionColumns } = getTableColumns(sessions)
const eventColumns = getTableColumns(securityEvents)

export const sessionSchema = (): Schema =>
  object({
    id: columnSchema(sessionColumns.id),
    current: { type: 'boolean', description: 'Whether the request comes from this session.' },
    device: component('Device'),
    ip: columnSchema(sessionColumns.ip),
    country: columnSchema(sessionColumns.country),
    created_at: columnSchema(sessionColumns.createdAt),
    last_used_at: time,
    expires_at: { ...time, description: 'When it ends, if its refresh token is not used.' },
  })

export const securityEventSchema = (settings: Settings): Schema =>
  object({
    id: integer,
    type: columnSchema(eventColumns.type),
    detail: columnSchema(eventColumns.detail),
    count: { type: 'integer', description: 'How often it happened within the hour.' },
    session: columnSchema(eventColumns.sessionId),
    actor: {
      ...actorSchema(settings),
      description: 'The user that caused it, if not the owner; 0 is an operator.',
    },
    device: component('Device'),
    ip: columnSchema(eventColumns.ip),
    country: columnSchema(eventColumns.country),
    created_at: columnSchema(eventColumns.createdAt),
  })

/** The user that caused an event. */
export const actorSchema = ({ userPk }: Settings): Schema => ({
  type: userPk === 'uuid' ? ['string', 'integer', 'null'] : ['integer', 'null'],
})

/** Schemas that several operations share. */
export const sharedSchemas = (settings: Settings): Properties => ({
  User: userSchema(settings, text),
  AnyUser: userSchema(settings, orNull(text)),
  Session: sessionSchema(),
  SecurityEvent: securityEventSchema(settings),
  Device: device,
  AccessTokenClaims: accessTokenClaims(settings),
  FieldErrors: { ...array(text), minItems: 1, description: 'Sentences about a field.' },
  Detail: object({ detail: text }),
  AuthenticationError: object(
    {
      detail: text,
      code: {
        type: 'string',
        enum: [
          'token_not_valid',
          'user_not_found',
          'user_inactive',
          'password_changed',
          'bad_authorization_header',
        ],
      },
      messages: {
        ...array(object({ token_class: text, token_type: text, message: text })),
        description: 'What is wrong with the token, for each class in AUTH_TOKEN_CLASSES.',
      },
    },
    { optional: ['code', 'messages'] },
  ),
})
