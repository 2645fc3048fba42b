// The documented bodies, for each kind of response.

import * as v from 'valibot'

const texts = v.pipe(v.array(v.string()), v.minLength(1))
const errors = v.pipe(v.record(v.string(), texts), v.minEntries(1))
const detail = v.strictObject({ detail: v.string() })

const byEmail = { first_name: v.string(), last_name: v.string(), role: v.string() }
const id = v.pipe(v.number(), v.integer())
const user = v.union([
  v.strictObject({ ...byEmail, id, email: v.nullable(v.string()) }),
  // A user that signed up where LOGIN_FIELD is email has no username, and the configurations share their users.
  v.strictObject({ email: v.string(), id, username: v.nullable(v.string()) }),
])
const address = v.nullable(v.pipe(v.string(), v.startsWith('https://auth.test/auth/users/?')))
const tokens = {
  refresh: v.optional(v.string()),
  access: v.optional(v.string()),
  token_obj: v.optional(v.string()),
}

const text = v.nullable(v.string())
const where = { device: v.unknown(), ip: text, country: text, created_at: v.string() }

export const shapes = {
  nothing: v.literal(''),
  empty: v.strictObject({}),
  page: v.pipe(v.string(), v.regex(/^<!doctype html><html lang="(en|es)">/)),
  keys: v.strictObject({ keys: v.array(v.object({ kty: v.string() })) }),
  links: v.record(v.string(), v.string()),
  user,
  users: v.union([
    v.array(user),
    v.strictObject({ count: id, next: address, previous: address, results: v.array(user) }),
  ]),
  sessions: v.array(
    v.strictObject({
      id: v.string(),
      current: v.boolean(),
      ...where,
      last_used_at: v.string(),
      expires_at: text,
    }),
  ),
  events: v.array(
    v.strictObject({
      id,
      type: v.string(),
      detail: v.unknown(),
      count: id,
      ...where,
      session: text,
      actor: v.nullable(id),
    }),
  ),
  exported: v.object({
    exported_at: v.string(),
    user: v.object({ id }),
    next: text,
    sessions: v.array(v.object({ id: v.string() })),
    security_events: v.array(v.object({ id })),
  }),
  pair: v.strictObject({ refresh: v.string(), access: v.string() }),
  refreshed: v.strictObject({ access: v.string(), refresh: v.optional(v.string()) }),
  token: v.strictObject({ pk: v.optional(v.nullable(id)), token: v.string() }),
  key: v.strictObject({ auth_token: v.string() }),
  registered: v.union([
    v.strictObject({ status: v.literal(200), data: user, ...tokens, message: v.string() }),
    v.strictObject({ status: v.literal(403), errors: errors, message: v.string() }),
  ]),
  options: v.union([
    v.literal(''),
    v.strictObject({
      name: v.string(),
      description: v.string(),
      renders: texts,
      parses: texts,
    }),
  ]),
}

export type Shape = keyof typeof shapes

/** The bodies of an error response, by its status. */
const errorBodies: Record<number, v.GenericSchema> = {
  400: v.union([errors, detail, texts, shapes.nothing, shapes.page]),
  401: v.strictObject({
    detail: v.string(),
    code: v.optional(v.string()),
    messages: v.optional(
      v.array(
        v.strictObject({ token_class: v.string(), token_type: v.string(), message: v.string() }),
      ),
    ),
  }),
  403: detail,
  404: detail,
  405: detail,
  406: detail,
  413: detail,
  415: detail,
}

/** Whether a response is documented. */
export function isDocumented(method: string, status: number, body: unknown, shape: Shape) {
  if (method === 'HEAD') return status < 500 && body === ''
  const schema =
    status < 300 ? shapes[method === 'OPTIONS' ? 'options' : shape] : errorBodies[status]
  return schema !== undefined && v.is(schema, body)
}
