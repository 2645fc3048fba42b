// The account that a test plays with: its client, its clock, and how a response is read.

import { vi } from 'vitest'
import type { client } from '../support/api.ts'
import type { Caller, Model, Outcome } from './model.ts'

export interface Setup {
  api: ReturnType<typeof client>
  id: number
  email: string
  /** A member of staff, whose settings are not those of the run. */
  staff: { api: ReturnType<typeof client>; access: string }
}

/** The passwords of an account; `first` is the one at the start. */
export const first = 'a pond of herons'
export const passwords = [first, 'a flock of geese', 'a heap of stones']

export type Answer = Awaited<ReturnType<Setup['api']['get']>>

export function advance(model: Model, milliseconds: number) {
  model.now += milliseconds
  vi.setSystemTime(model.now)
}

/** The status and the sentence of a response, to compare with the expected ones. */
export function outcome({ status, body }: Answer): Outcome {
  const { detail, non_field_errors, current_password, token } = status < 400 ? {} : Object(body)
  const [sentence] = [detail, non_field_errors, current_password, token].flat().filter(Boolean)
  return { status, ...(sentence !== undefined && { sentence: sentence }) }
}

export const authorization = ({ kind, text }: Caller) => ({
  headers: { authorization: `${kind === 'key' ? 'Token' : 'Bearer'} ${text}` },
})
