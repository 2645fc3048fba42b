// The fields of a body, with REST framework's sentences and in its order: every field's complaint at
// once. A field is a valibot schema; its metadata says what a client may send (type, length, choices). Nothing reads it yet.

import * as v from 'valibot'
import type { Call } from '../context.ts'
import { canonicalSpelling, isEmail } from '../mail/email-address.ts'
import { strip } from '../strip.ts'
import { parseId } from '../tokens/encoding.ts'
import { isJson, parseBody } from './body.ts'
import { invalid } from './errors.ts'

type Entries = v.ObjectEntriesAsync
type Values<E extends Entries> = v.InferOutput<v.ObjectSchemaAsync<E, string>>
type FieldErrors = Record<string, string[]>

/** What was sent: values when all is well, else a complaint for each field that is not. */
export type Checked<E extends Entries> =
  | { values: Values<E>; errors?: never }
  | { values: Partial<Values<E>>; errors: FieldErrors }

/** The fields that a request must have. @throws ApiError 400 with every complaint */
export async function fields<E extends Entries>(
  c: Pick<Call, 'req' | 'var'>,
  entries: E,
): Promise<Values<E>> {
  const { values, errors } = await checkFields(c, entries)
  if (errors) throw invalid(errors)
  return values
}

/**
 * As `fields`, for a caller who has complaints of his own to add. REST framework takes a blank field of a
 * form as absent, where none of the fields is required.
 */
export async function checkFields<E extends Entries>(
  c: Pick<Call, 'req' | 'var'>,
  entries: E,
  { blankInFormIsAbsent = false } = {},
): Promise<Checked<E>> {
  const body = await parseBody(c)
  if (body === null) throw invalid({ non_field_errors: ['No data provided'] })
  if (typeof body !== 'object' || Array.isArray(body)) {
    const sentence = `Invalid data. Expected a dictionary, but got ${pythonType(body)}.`
    throw invalid({ non_field_errors: [sentence] })
  }

  const schema = v.objectAsync(entries, 'This field is required.')
  const sent = blankInFormIsAbsent && !isJson(c) ? withoutBlanks(body) : body
  const result = await v.safeParseAsync(schema, withEmail(c, sent))
  if (result.success) return { values: result.output }
  const { nested = {} } = v.flatten<typeof schema>(result.issues)
  const errors = Object.fromEntries(
    Object.keys(entries).flatMap((name) => {
      const said = (nested as Record<string, string[] | undefined>)[name]
      return said ? [[name, said]] : []
    }),
  )
  const sound = Object.entries(result.output as object).filter(([name]) => !errors[name])
  return { values: Object.fromEntries(sound) as Partial<Values<E>>, errors }
}

/** A rule, and what is said when it is broken. */
type Rule = [holds: (text: string) => boolean, sentence: string]

const withoutBlanks = (form: object) =>
  Object.fromEntries(Object.entries(form).filter(([, value]) => value !== ''))

// Clients of Django's own user send a `username`, which where people log in by e-mail is one.
const withEmail = ({ var: { settings } }: Pick<Call, 'var'>, body: object) =>
  settings.loginField === 'email' && 'username' in body && !('email' in body)
    ? { ...body, email: body.username }
    : body

interface TextOptions {
  max?: number
  blank?: boolean
  /** False where white space around the text belongs to it. */
  trim?: boolean
  /** Gives the form in which the text is checked, and kept. */
  normal?: (text: string) => string
  /** Looked at before the length, as a validator of the model's field is. */
  modelRule?: Rule
  /** Looked at last, as the serializer field's own. */
  rule?: Rule
  /** What is said of a value that is no text. */
  noText?: string
  format?: 'email' | 'password'
  /** How a value without problems is written. */
  write?: (value: string) => string
}

/** CharField: trimmed, numbers taken as text. */
export function text(options: TextOptions = {}) {
  const { max, blank = false, format, write = (value) => value } = options
  return v.pipe(
    v.unknown(),
    v.rawTransform<unknown, string>(({ dataset: { value }, addIssue, NEVER }) => {
      const read = textIn(value, options)
      const problems = typeof read === 'string' ? problemsOf(read, options) : read
      for (const message of problems) addIssue({ message })
      return typeof read === 'string' && problems.length === 0 ? write(read) : NEVER
    }),
    v.metadata({ type: 'string', maxLength: max, minLength: blank ? 0 : 1, format }),
  )
}

/** EmailField. */
export const email = ({ max, blank }: Pick<TextOptions, 'max' | 'blank'> = {}) =>
  text({
    ...(max !== undefined && { max }),
    ...(blank !== undefined && { blank }),
    rule: [(value) => value === '' || isEmail(value), 'Enter a valid email address.'],
    noText: 'Enter a valid email address.',
    format: 'email',
    write: canonicalSpelling,
  })

/** A password; bounded before it costs a hash. */
export const password = ({ trim = true } = {}) => text({ max: 4096, format: 'password', trim })

/** ChoiceField. */
export const choice = (choices: readonly string[]) =>
  v.pipe(
    v.unknown(),
    v.rawTransform<unknown, string>(({ dataset: { value }, addIssue, NEVER }) => {
      if (typeof value === 'string' && choices.includes(value)) return value
      const shown = typeof value === 'object' ? '' : String(value)
      const invalid = `"${shown}" is not a valid choice.`
      addIssue({ message: value === null ? 'This field may not be null.' : invalid })
      return NEVER
    }),
    v.metadata({ type: 'string', enum: choices }),
  )

/** PrimaryKeyRelatedField, before the row is looked for. */
export const primaryKey = () =>
  v.pipe(
    v.unknown(),
    v.rawTransform<unknown, number>(({ dataset: { value }, addIssue, NEVER }) => {
      const id = idOf(value)
      if (typeof id === 'number') return id
      addIssue({ message: id })
      return NEVER
    }),
    v.metadata({ type: 'integer' }),
  )

function idOf(value: unknown): number | string {
  if (value === null || value === '') return 'This field may not be null.'
  const isNumber = typeof value === 'number' || typeof value === 'bigint'
  const isDecimal = typeof value === 'string' && /^[+-]?\d+$/.test(strip(value))
  if (!isNumber && !isDecimal) {
    return `Incorrect type. Expected pk value, received ${pythonType(value)}.`
  }
  const shown = strip(String(value))
  return parseId(shown) ?? `Invalid pk "${shown}" - object does not exist.`
}

function textIn(
  value: unknown,
  { blank = false, trim = true, normal, noText = 'Not a valid string.' }: TextOptions,
): string | string[] {
  if (value === null || value === undefined) return ['This field may not be null.']
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') {
    return [noText]
  }
  const trimmed = trim ? strip(String(value)) : String(value)
  const kept = normal ? normal(trimmed) : trimmed
  return kept === '' && !blank ? ['This field may not be blank.'] : kept
}

function problemsOf(value: string, { max, modelRule, rule }: TextOptions): string[] {
  const surrogate = /\p{Surrogate}/u.exec(value)?.[0]
  return [
    brokenIn(value, modelRule),
    max !== undefined && value.length > max && [...value].length > max
      ? `Ensure this field has no more than ${max} characters.`
      : undefined,
    value.includes('\0') ? 'Null characters are not allowed.' : undefined,
    surrogate && `Surrogate characters are not allowed: U+${codeOf(surrogate)}.`,
    brokenIn(value, rule),
  ].filter((problem) => problem !== undefined && problem !== '') as string[]
}

function brokenIn(value: string, rule: Rule | undefined): string | undefined {
  return rule && !rule[0](value) ? rule[1] : undefined
}

const codeOf = (surrogate: string) => surrogate.charCodeAt(0).toString(16).toUpperCase()

function pythonType(value: unknown): string {
  if (Array.isArray(value)) return 'list'
  if (typeof value === 'string') return 'str'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'object') return 'dict'
  return Number.isInteger(value) || typeof value === 'bigint' ? 'int' : 'float'
}
