// A scenario: requests in order, and the values that later requests take from earlier responses. It has no expected
// responses: those are Django's.
//
// `<name>` in a path, a header or a body is the value that was captured under that name. `<run>` differs in each run, so that
// addresses are new. `<hex>` is 32 hex digits, new in every step.

import type { VariantName } from './variants.ts'

export interface Scenario {
  name: string
  variants: VariantName[]
  steps: Step[]
}

export interface Step extends Options {
  name: string
  method: string
  path: string
}

export interface Options {
  headers?: Record<string, string>
  /** The name of a captured access token to send. */
  as?: string
  json?: unknown
  form?: Record<string, string>
  multipart?: Record<string, string>
  /** The exact body; JSON, unless a header names another type. */
  raw?: string
  /** A token made by hand before the request: `<forged>`. */
  forged?: Forgery
  /** The values to capture for later steps, by their key in the response: `{ 'ann.id': 'id' }`. */
  capture?: Record<string, string>
  /** The email that this step causes; later steps use `<as.uid>` and `<as.token>`. */
  mail?: { kind: string; to: string; as: string }
}

/** A JWT. It is signed with the key of both sides, unless it has its own. */
export interface Forgery {
  /** `exp`, `iat`, `nbf` and `refresh_exp`, where numbers, are seconds from now. */
  claims: unknown
  header?: Record<string, unknown>
  key?: string
  hash?: 'SHA-256' | 'SHA-384' | 'SHA-512'
  /** Replaces the signature. */
  signature?: string
}

/** `step('what is sent', 'POST /auth/users/', { json: … })` */
export function step(name: string, request: string, options: Options = {}): Step {
  const [method = '', path = ''] = request.split(' ')
  return { name, method, path, ...options }
}

/** Returns one step for each body, named by its key. */
export function each(
  request: string,
  bodies: Record<string, unknown>,
  options: Options = {},
): Step[] {
  return Object.entries(bodies).map(([name, json]) => step(name, request, { ...options, json }))
}
