// What a scenario is: requests, one after the other, and what a later one takes from an earlier answer.
// It says nothing of what should be answered: Django says that.
//
// `<name>` in a path, a header or a body stands for what was captured under that name; `<run>` differs
// from run to run, so that addresses are new; `<hex>` is 32 hex digits, new in every step.

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
  /** The captured name of an access token to send. */
  as?: string
  json?: unknown
  form?: Record<string, string>
  multipart?: Record<string, string>
  /** A body to the letter; JSON, unless a header says otherwise. */
  raw?: string
  /** A token made by hand before the request: `<forged>`. */
  forged?: Forgery
  /** What later steps need, by the key it has in the answer: `{ 'ann.id': 'id' }`. */
  capture?: Record<string, string>
  /** The mail that this step causes: later steps find `<as.uid>` and `<as.token>`. */
  mail?: { kind: string; to: string; as: string }
}

/** A JWT, signed with the key that both sides know unless it says otherwise. */
export interface Forgery {
  /** `exp`, `iat`, `nbf` and `refresh_exp`, where numbers, are seconds from now. */
  claims: unknown
  header?: Record<string, unknown>
  key?: string
  hash?: 'SHA-256' | 'SHA-384' | 'SHA-512'
  /** In place of a signature. */
  signature?: string
}

/** `step('what is sent', 'POST /auth/users/', { json: … })` */
export function step(name: string, request: string, options: Options = {}): Step {
  const [method = '', path = ''] = request.split(' ')
  return { name, method, path, ...options }
}

/** One step for each of several bodies that are wrong in their own way. */
export function each(
  request: string,
  bodies: Record<string, unknown>,
  options: Options = {},
): Step[] {
  return Object.entries(bodies).map(([name, json]) => step(name, request, { ...options, json }))
}
