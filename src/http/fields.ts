// The fields of a body, with REST framework's sentences and in its order: one answer names the errors of every field.
// A field is a valibot schema; those for numbers, booleans and times are in value-fields.ts.

import * as v from 'valibot'
import type { Call } from '../context.ts'
import { parseId } from '../encoding.ts'
import { canonicalSpelling, isEmail } from '../mail/email-address.ts'
import { type NamedUser, type PublicId, parsePublicId, parseUuid } from '../public-id.ts'
import type { Settings } from '../settings/parse.ts'
import { strip } from '../strip.ts'
import { isJson, parseBody } from './body.ts'
import { invalid, nonFieldError } from './errors.ts'
import { field, type InvalidValue, invalidValue } from './field.ts'

type Entries = v.ObjectEntriesAsync
type Values<E extends Entries> = v.InferOutput<v.ObjectSchemaAsync<E, string>>

/** The values of all fields; or the values of the valid fields, and the errors of the others. */
type Checked<E extends Entries> =
  | { values: Values<E>; errors?: never }
  | { values: Partial<Values<E>>; errors: Record<string, string[]> }

/** The values of a body's fields. @throws ApiError 400 with the errors of every field */
export async function fields<E extends Entries>(
  c: Pick<Call, 'req' | 'var'>,
  entries: E,
): Promise<Values<E>> {
  const { values, errors } = await checkFields(c, entries)
  if (errors) throw invalid(errors)
  return values
}

/**
 * `fields` for a handler that adds its own errors.
 * @param options.blankInFormIsAbsent treats a blank field of a form as absent, as REST framework does if no field
 *   is required
 * @throws ApiError 400 for a body that is not an object
 */
export async function checkFields<E extends Entries>(
  c: Pick<Call, 'req' | 'var'>,
  entries: E,
  { blankInFormIsAbsent = false } = {},
): Promise<Checked<E>> {
  const body = await parseBody(c)
  if (body === null) throw nonFieldError('No data provided')
  if (typeof body !== 'object' || Array.isArray(body)) {
    throw nonFieldError(`Invalid data. Expected a dictionary, but got ${pythonType(body)}.`)
  }

  const schema = v.objectAsync(entries, 'This field is required.')
  const sent = blankInFormIsAbsent && !isJson(c) ? withoutBlanks(body) : body
  const result = await v.safeParseAsync(schema, withEmail(c, sent))
  if (result.success) return { values: result.output }
  const { nested = {} } = v.flatten<typeof schema>(result.issues)
  const errors = Object.fromEntries(
    Object.keys(entries).flatMap((name) => {
      const found = (nested as Record<string, string[] | undefined>)[name]
      return found ? [[name, found]] : []
    }),
  )
  const valid = Object.entries(result.output as object).filter(([name]) => !errors[name])
  return { values: Object.fromEntries(valid) as Partial<Values<E>>, errors }
}

const withoutBlanks = (form: object) =>
  Object.fromEntries(Object.entries(form).filter(([, value]) => value !== ''))

// Clients of Django's own user model send a `username`. If users log in by email, it is read as the email.
const withEmail = ({ var: { settings } }: Pick<Call, 'var'>, body: object) =>
  settings.loginField === 'email' && 'username' in body && !('email' in body)
    ? { ...body, email: body.username }
    : body

/** A rule, and the error for a text that breaks it. */
type Rule = [isMet: (text: string) => boolean, error: string]

interface TextOptions {
  /** In characters. */
  maxLength?: number | undefined
  allowBlank?: boolean | undefined
  /** False to keep the white space around the text. */
  trim?: boolean
  /** Returns the form of the text that is checked and stored. */
  normalize?: (text: string) => string
  /** A rule that is checked before the length, like a validator of the model's field. */
  modelRule?: Rule | undefined
  /** A rule that is checked last, like a validator of the serializer's field. */
  rule?: Rule
  /** The error for a value that is not a text. */
  typeError?: string
  format?: 'email' | 'password'
  /** Returns the stored form of a valid text. */
  toStored?: (text: string) => string
}

/** CharField: trimmed; it accepts numbers as texts. */
export function text(options: TextOptions = {}) {
  const { maxLength, allowBlank = false, format, toStored = (value) => value } = options
  return field<string>(
    (value) => {
      const read = readText(value, options)
      if (typeof read !== 'string') return read
      const errors = textErrors(read, options)
      return errors.length > 0 ? invalidValue(...errors) : toStored(read)
    },
    { type: 'string', maxLength, minLength: allowBlank ? 0 : 1, format },
  )
}

/** EmailField. */
export const email = ({
  maxLength,
  allowBlank,
}: Pick<TextOptions, 'maxLength' | 'allowBlank'> = {}) =>
  text({
    maxLength,
    allowBlank,
    rule: [(value) => value === '' || isEmail(value), 'Enter a valid email address.'],
    typeError: 'Enter a valid email address.',
    format: 'email',
    toStored: canonicalSpelling,
  })

/** A password. A password that is too long is rejected before it is hashed. */
export const password = ({ trim = true } = {}) =>
  text({ maxLength: 4096, format: 'password', trim })

/** ChoiceField. */
export const choice = (choices: readonly string[]) =>
  field<string>(
    (value) => {
      if (typeof value === 'string' && choices.includes(value)) return value
      const shown = typeof value === 'object' ? '' : String(value)
      return invalidValue(`"${shown}" is not a valid choice.`)
    },
    { type: 'string', enum: choices },
  )

/** PrimaryKeyRelatedField: an id. It does not check that the row exists. */
export const primaryKey = () => field<number>(readId, { type: 'integer' })

function readId(value: unknown): number | InvalidValue {
  if (value === '') return invalidValue('This field may not be null.')
  const isNumber = typeof value === 'number' || typeof value === 'bigint'
  const isDecimal = typeof value === 'string' && /^[+-]?\d+$/.test(strip(value))
  if (!isNumber && !isDecimal) {
    return invalidValue(`Incorrect type. Expected pk value, received ${pythonType(value)}.`)
  }
  const id = strip(String(value))
  return parseId(id) ?? invalidPk(id)
}

/** PrimaryKeyRelatedField to a user, by the primary key that clients see. It does not check that the user exists. */
export const userPrimaryKey = (settings: Settings) =>
  settings.userPk === 'id'
    ? field<NamedUser>((value) => namedBy(settings, readId(value)), { type: 'integer' })
    : field<NamedUser>((value) => namedBy(settings, readUuid(value)), { type: 'string' })

const namedBy = (settings: Settings, id: PublicId | InvalidValue): NamedUser | InvalidValue =>
  typeof id === 'object' ? id : (parsePublicId(settings, `${id}`) ?? invalidPk(id))

const invalidPk = (id: PublicId) => invalidValue(`Invalid pk "${id}" - object does not exist.`)

/** As Django's UUIDField reads a value. A whole number is no UUID, but it may name a user that has none. */
function readUuid(value: unknown): PublicId | InvalidValue {
  if (value === '') return invalidValue('This field may not be null.')
  if (typeof value === 'boolean') {
    return invalidValue('Incorrect type. Expected pk value, received bool.')
  }
  if (Number.isInteger(value) || typeof value === 'bigint') return `${value}`
  return parseUuid(`${value}`) ?? invalidValue(`“${value}” is not a valid UUID.`)
}

function readText(
  value: unknown,
  { allowBlank, trim = true, normalize, typeError = 'Not a valid string.' }: TextOptions,
): string | InvalidValue {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') {
    return invalidValue(typeError)
  }
  const trimmed = trim ? strip(String(value)) : String(value)
  const normal = normalize ? normalize(trimmed) : trimmed
  return normal === '' && !allowBlank ? invalidValue('This field may not be blank.') : normal
}

function textErrors(text: string, { maxLength, modelRule, rule }: TextOptions): string[] {
  const surrogate = /\p{Surrogate}/u.exec(text)?.[0]
  return [
    ruleError(text, modelRule),
    maxLength !== undefined && text.length > maxLength && [...text].length > maxLength
      ? `Ensure this field has no more than ${maxLength} characters.`
      : undefined,
    text.includes('\0') ? 'Null characters are not allowed.' : undefined,
    surrogate && `Surrogate characters are not allowed: U+${codeOf(surrogate)}.`,
    ruleError(text, rule),
  ].filter((error) => error !== undefined)
}

const ruleError = (text: string, rule: Rule | undefined) =>
  rule && !rule[0](text) ? rule[1] : undefined

const codeOf = (surrogate: string) => surrogate.charCodeAt(0).toString(16).toUpperCase()

function pythonType(value: unknown): string {
  if (Array.isArray(value)) return 'list'
  if (typeof value === 'string') return 'str'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'object') return 'dict'
  return Number.isInteger(value) || typeof value === 'bigint' ? 'int' : 'float'
}
