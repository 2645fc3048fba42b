// The fields for numbers, booleans and times, with REST framework's sentences.

import { strip } from '../strip.ts'
import { field, invalidValue } from './field.ts'

interface NumberOptions {
  /** True for an IntegerField, false for a FloatField. */
  whole: boolean
  min?: number | undefined
  max?: number | undefined
}

const { MIN_SAFE_INTEGER, MAX_SAFE_INTEGER } = Number

/** IntegerField and FloatField: numbers, and texts that hold one. */
export const number = ({ whole, min = MIN_SAFE_INTEGER, max = MAX_SAFE_INTEGER }: NumberOptions) =>
  field<number>(
    (value) => {
      if (typeof value === 'string' && value.length > 1000) {
        return invalidValue('String value too large.')
      }
      const parsed = parseNumber(value, whole)
      if (parsed === undefined) {
        return invalidValue(whole ? 'A valid integer is required.' : 'A valid number is required.')
      }
      if (parsed > max) return invalidValue(`Ensure this value is less than or equal to ${max}.`)
      if (parsed < min) return invalidValue(`Ensure this value is greater than or equal to ${min}.`)
      return parsed
    },
    { type: whole ? 'integer' : 'number', minimum: min, maximum: max },
  )

/** BooleanField. */
export const boolean = () =>
  field<boolean>(
    (value) => {
      const word = typeof value === 'object' ? '' : String(value).toLowerCase()
      if (['true', 't', 'y', 'yes', 'on', '1'].includes(word)) return true
      if (['false', 'f', 'n', 'no', 'off', '0'].includes(word)) return false
      return invalidValue('Must be a valid boolean.')
    },
    { type: 'boolean' },
  )

/** DateTimeField: ISO 8601 as django.utils.dateparse reads it. A time without a zone is UTC. */
export const dateTime = () =>
  field<Date>((value) => parseTime(value) ?? invalidValue(wrongFormat), {
    type: 'string',
    format: 'date-time',
  })

const format = 'YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]'
const wrongFormat = `Datetime has wrong format. Use one of these formats instead: ${format}.`

function parseNumber(value: unknown, whole: boolean): number | undefined {
  if (typeof value === 'bigint' || (typeof value === 'boolean' && !whole)) return Number(value)
  const text = typeof value === 'number' ? String(value) : value
  if (typeof text !== 'string') return undefined
  const digits = strip(text)
  const pattern = whole ? /^[+-]?\d+(\.0*)?$/ : /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
  const number = Number(digits)
  return pattern.test(digits) && Number.isFinite(number) ? number : undefined
}

const iso =
  /^(\d{4})-(\d{1,2})-(\d{1,2})[T ](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,6})\d*)?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?$/

function parseTime(value: unknown): Date | undefined {
  const [, year, month, day, hour, minute, second = 0, fraction = '', zone = 'Z'] =
    (typeof value === 'string' && iso.exec(strip(value))) || []
  if (year === undefined) return undefined
  const parts = [year, Number(month) - 1, day, hour, minute, second].map(Number)
  const [y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0] = parts
  const local = new Date(Date.UTC(y, mo, d, h, mi, s, Number(fraction.padEnd(3, '0').slice(0, 3))))
  const exists =
    local.getUTCFullYear() === y &&
    local.getUTCMonth() === mo &&
    local.getUTCDate() === d &&
    h < 24 &&
    mi < 60 &&
    s < 60
  return exists ? new Date(local.getTime() - offsetOf(zone)) : undefined
}

/** Milliseconds from UTC to the zone's time; negative west of it. */
function offsetOf(zone: string): number {
  if (zone === 'Z') return 0
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0')
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000
}
