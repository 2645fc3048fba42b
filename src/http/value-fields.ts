// Fields of numbers, truth values and times, with REST framework's sentences.

import * as v from 'valibot'
import { strip } from '../strip.ts'

interface NumberOptions {
  /** IntegerField; else FloatField. */
  whole: boolean
  min?: number | undefined
  max?: number | undefined
}

const { MIN_SAFE_INTEGER, MAX_SAFE_INTEGER } = Number

/** IntegerField and FloatField: numbers, and texts that are one. */
export const number = ({ whole, min = MIN_SAFE_INTEGER, max = MAX_SAFE_INTEGER }: NumberOptions) =>
  field<number>(
    (value) => {
      if (typeof value === 'string' && value.length > 1000)
        return invalidValue('String value too large.')
      const read = numberIn(value, whole)
      if (read === undefined) {
        return invalidValue(whole ? 'A valid integer is required.' : 'A valid number is required.')
      }
      if (read > max) return invalidValue(`Ensure this value is less than or equal to ${max}.`)
      if (read < min) return invalidValue(`Ensure this value is greater than or equal to ${min}.`)
      return read
    },
    { type: whole ? 'integer' : 'number', minimum: min, maximum: max },
  )

/** BooleanField. */
export const boolean = () =>
  field<boolean>(
    (value) => {
      const said = typeof value === 'object' ? '' : String(value).toLowerCase()
      if (['true', 't', 'y', 'yes', 'on', '1'].includes(said)) return true
      if (['false', 'f', 'n', 'no', 'off', '0'].includes(said)) return false
      return invalidValue('Must be a valid boolean.')
    },
    { type: 'boolean' },
  )

/** DateTimeField: ISO 8601 as django.utils.dateparse reads it; without a zone, in UTC. */
export const dateTime = () =>
  field<Date>((value) => timeIn(value) ?? invalidValue(wrongFormat), {
    type: 'string',
    format: 'date-time',
  })

const format = 'YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]'
const wrongFormat = `Datetime has wrong format. Use one of these formats instead: ${format}.`

interface InvalidValue {
  error: string
}
const invalidValue = (sentence: string): InvalidValue => ({ error: sentence })

function field<T>(read: (value: unknown) => T | InvalidValue, metadata: Record<string, unknown>) {
  return v.pipe(
    v.unknown(),
    v.rawTransform<unknown, T>(({ dataset: { value }, addIssue, NEVER }) => {
      const found = value === null ? invalidValue('This field may not be null.') : read(value)
      if (!isInvalid(found)) return found
      addIssue({ message: found.error })
      return NEVER
    }),
    v.metadata(metadata),
  )
}

const isInvalid = (found: unknown): found is InvalidValue =>
  typeof found === 'object' && found !== null && 'error' in found

function numberIn(value: unknown, whole: boolean): number | undefined {
  if (typeof value === 'bigint' || (typeof value === 'boolean' && !whole)) return Number(value)
  const said = typeof value === 'number' ? String(value) : value
  if (typeof said !== 'string') return undefined
  const bare = strip(said)
  const looks = whole ? /^[+-]?\d+(\.0*)?$/ : /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
  const read = Number(bare)
  return looks.test(bare) && Number.isFinite(read) ? read : undefined
}

const iso =
  /^(\d{4})-(\d{1,2})-(\d{1,2})[T ](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,6})\d*)?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?$/

function timeIn(value: unknown): Date | undefined {
  const [, year, month, day, hour, minute, second = 0, fraction = '', zone = 'Z'] =
    (typeof value === 'string' && iso.exec(strip(value))) || []
  if (year === undefined) return undefined
  const parts = [year, Number(month) - 1, day, hour, minute, second].map(Number)
  const [y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0] = parts
  const local = new Date(Date.UTC(y, mo, d, h, mi, s, Number(fraction.padEnd(3, '0').slice(0, 3))))
  const isReal =
    local.getUTCFullYear() === y &&
    local.getUTCMonth() === mo &&
    local.getUTCDate() === d &&
    h < 24 &&
    mi < 60 &&
    s < 60
  return isReal ? new Date(local.getTime() - offsetOf(zone)) : undefined
}

/** Milliseconds that a zone is ahead of UTC. */
function offsetOf(zone: string): number {
  if (zone === 'Z') return 0
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0')
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000
}
