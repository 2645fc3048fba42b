// Where a life is played: the account over the wire, its clock, and how an answer is read.

import { vi } from 'vitest'
import type { client } from '../support/api.ts'
import type { Caller, Model, Outcome } from './model.ts'

export interface World {
  api: ReturnType<typeof client>
  id: number
  email: string
  /** A member of staff, whom no setting of the run touches. */
  staff: { api: ReturnType<typeof client>; access: string }
}

/** What an account's password is in turn, from the first one on. */
export const first = 'a pond of herons'
export const passwords = [first, 'a flock of geese', 'a heap of stones']

export type Answer = Awaited<ReturnType<World['api']['get']>>

export function pass(model: Model, milliseconds: number) {
  model.now += milliseconds
  vi.setSystemTime(model.now)
}

/** Status and sentence, for comparison with what was foretold. */
export function outcome({ status, body }: Answer): Outcome {
  const { detail, non_field_errors, current_password, token } = status < 400 ? {} : Object(body)
  const [sentence] = [detail, non_field_errors, current_password, token].flat().filter(Boolean)
  return { status, ...(sentence !== undefined && { said: sentence }) }
}

export const authorization = ({ kind, text }: Caller) => ({
  headers: { authorization: `${kind === 'key' ? 'Token' : 'Bearer'} ${text}` },
})
