// One field of a body, as a valibot schema.

import * as v from 'valibot'

/** Why a value is not valid, in REST framework's sentences. */
export interface InvalidValue {
  errors: string[]
}

export const invalidValue = (...errors: string[]): InvalidValue => ({ errors })

/**
 * A field that rejects null.
 * @param read makes the field's value of what was sent, or says why it is not valid
 * @param metadata what a client may send, as JSON Schema: type, length, choices. The OpenAPI document shows it
 */
export const field = <T>(
  read: (value: unknown) => T | InvalidValue,
  metadata: Record<string, unknown>,
) =>
  v.pipe(
    v.unknown(),
    v.rawTransform<unknown, T>(({ dataset: { value }, addIssue, NEVER }) => {
      const result = value === null ? invalidValue('This field may not be null.') : read(value)
      if (!isInvalid(result)) return result
      for (const message of result.errors) addIssue({ message })
      return NEVER
    }),
    v.metadata(metadata),
  )

const isInvalid = (result: unknown): result is InvalidValue =>
  typeof result === 'object' && result !== null && 'errors' in result
