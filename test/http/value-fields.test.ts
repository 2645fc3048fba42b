// The fields for numbers, booleans and times accept and reject the same values as REST framework
// (test/vectors/fields.py).

import * as v from 'valibot'
import { expect, test } from 'vitest'
import { boolean, dateTime, number } from '../../src/http/value-fields.ts'
import vectors from '../vectors/fields.json'

type Outcome = { value?: unknown; errors?: string[] }

const fields: Record<keyof typeof vectors, v.GenericSchema> = {
  integer: number({ whole: true, min: 0, max: 7 }),
  number: number({ whole: false, min: -1, max: 7.5 }),
  boolean: boolean(),
  dateTime: dateTime(),
}

for (const [kind, field] of Object.entries(fields)) {
  const cases = vectors[kind as keyof typeof vectors] as [unknown, Outcome][]
  test.each(cases)(`${kind} of %j`, (value, expected) => {
    const { success, output, issues } = v.safeParse(field, value)
    const made = output instanceof Date ? output.getTime() : output
    const outcome = success ? { value: made } : { errors: issues.map(({ message }) => message) }
    expect(outcome).toEqual(expected)
  })
}
