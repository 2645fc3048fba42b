// What an operation of the document is made of. Each file of operations has one function, which lists those of a group for
// the settings of a deployment.

import type * as v from 'valibot'
import type { Settings } from '../settings/parse.ts'
import type { Properties, Schema } from './schemas.ts'
import type { Tag } from './tags.ts'

/** The callers of an operation. `anyone, checked`: no credential is required, and a bad one is refused. */
export type RequiredCaller = 'anyone' | 'anyone, checked' | 'user' | 'staff'

export interface Operation {
  /** The method, and the path without URL_PREFIX. */
  request: `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`
  id: string
  tag: Tag
  summary: string
  /** Markdown. */
  description?: string
  caller: RequiredCaller
  /** Parameters of the query, by name. */
  query?: Properties
  /** The body's fields, as JSON or as a form. */
  body?: v.ObjectEntries
  /** The fields of a form, of a page. */
  form?: Properties
  /** The answers that are no errors, by status. */
  answers: Record<number, Answer>
  /** The errors that this operation has besides those that all operations of its kind have. */
  errors?: Errors
  /** The kind of request in TURNSTILE_REQUIRED_FOR, if it may require a captcha. */
  captcha?: 'sign-up' | 'reset' | 'login'
  /** Whether a rate limit or a throttle may refuse it. */
  limited?: boolean
  /** Whether it sets or reads the cookies of AUTH_COOKIES or drf-jwt. */
  cookies?: boolean
}

export interface Answer {
  description: string
  /** The body. Without one, there is none. */
  schema?: Schema
  /** An example of the body, unless one was recorded. */
  example?: unknown
  /** By default JSON. */
  mediaType?: 'text/html'
  /** Whether a browser gets a page in place of the JSON. */
  page?: boolean
  /** Whether the body may be missing. */
  mayBeEmpty?: boolean
  headers?: Record<string, string>
}

export interface Errors {
  /** Forms of a 400 other than errors by field. */
  400?: Schema[]
  /** Other names of fields that a 400 may have errors for. */
  fields?: string[]
  /** Whether a 400 may have no body: without activation emails, no account can get another one. */
  mayBeEmpty?: boolean
  /** When the answer is 401, for an operation that requires no credential. */
  401?: string
  /** When the answer is 403. */
  403?: string
  /** When the answer is 404. */
  404?: string
  /** Any other error, by status. */
  others?: Record<number, Answer>
}

export type Operations = (settings: Settings) => Operation[]

export const noBody = (description: string): Record<204, Answer> => ({ 204: { description } })

/** The method in lower case, and the path. */
export function partsOf({ request }: Operation): [method: string, path: string] {
  const [method = '', path = ''] = request.split(' ')
  return [method.toLowerCase(), path]
}
