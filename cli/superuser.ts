// What a superuser must be, and the statement that writes one; with no terminal and no database.

import { parse, safeParse } from 'valibot'
import { isRequired, modelField } from '../src/http/model-fields.ts'
import { emailKey, isEmail, normalizeEmail } from '../src/mail/email-address.ts'
import { validatePassword } from '../src/passwords/validators.ts'
import type { Settings } from '../src/settings/parse.ts'
import { type FieldName, userModel } from '../src/user-model.ts'
import { nodesArgon2 } from './argon2.ts'
import { fail } from './fail.ts'
import { isCommon } from './new-password.ts'
import { columnOf, madeByCode, sqlOf, text } from './sql-literals.ts'

/** Answers by field: `email`, `username` and what REQUIRED_FIELDS names. */
export type Answers = Record<string, string>

export interface Field {
  name: string
  /** As Django's verbose_name. */
  label: string
  /** What is wrong with an answer, in Django's words. */
  fault: (answer: string) => string | undefined
}

/** The log-in name first, then what REQUIRED_FIELDS adds. */
export function fieldsOf({ loginField, requiredFields }: Settings): Field[] {
  const names = new Set([loginField, ...requiredFields])
  names.delete('password')
  return [...names].map((name) => {
    if (name === 'email') return emailField(loginField === 'email')
    return name === 'username' ? username : userModelField(name)
  })
}

const blank = 'This field cannot be blank.'

const atMost = (length: number, answer: string) =>
  [...answer].length > length
    ? `Ensure this value has at most ${length} characters (it has ${[...answer].length}).`
    : undefined

const emailField = (isLogin: boolean): Field => ({
  name: 'email',
  label: isLogin ? 'email' : 'email address',
  fault(answer) {
    if (answer === '') return isLogin ? blank : undefined
    return isEmail(answer) ? atMost(254, answer) : 'Enter a valid email address.'
  },
})

const username: Field = {
  name: 'username',
  label: 'username',
  fault(answered) {
    const answer = answered.normalize('NFKC')
    if (answer === '') return blank
    if (/^[\p{L}\p{N}_.@+-]+$/u.test(answer)) return atMost(150, answer)
    return (
      'Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ ' +
      'characters.'
    )
  },
}

function userModelField(name: string): Field {
  if (!(name in userModel)) fail(`REQUIRED_FIELDS names ${name}; src/user-model.ts has none.`)
  const { label, maxLength } = userModel[name as FieldName]
  const isText = columnOf(name).dataType === 'string'
  return {
    name,
    label,
    fault(answer) {
      if (answer === '') return isRequired(name as FieldName) ? blank : undefined
      if (!isText) return safeParse(modelField(name as FieldName, true), answer).issues?.[0].message
      return maxLength === undefined ? undefined : atMost(maxLength, answer)
    },
  }
}

/** What Django's validators say of the password for this person. */
export function passwordErrorsOf(
  password: string,
  fields: Field[],
  answers: Answers,
): Promise<string[]> {
  const attributes = fields.flatMap(({ name, label }) => {
    const value = answers[name]
    return value ? [{ label, value }] : []
  })
  return validatePassword(password, attributes, isCommon)
}

/** By the code and at the cost of the Worker. */
export const hashOf = (password: string, settings: Settings): string =>
  nodesArgon2().hash(password, settings.argon2)

export function insertSuperuser(
  { loginField }: Settings,
  answers: Answers,
  hash: string,
  now: Date,
): string {
  const { email: address, username: name, ...rest } = answers
  const email = address === undefined ? undefined : normalizeEmail(address)
  const row = {
    email: text(email),
    email_key: text(loginField === 'email' && email ? emailKey(email) : undefined),
    username: text(name?.normalize('NFKC')),
    password: text(hash),
    status: text('active'),
    is_staff: '1',
    is_superuser: '1',
    date_joined: String(now.getTime()),
    ...Object.fromEntries(
      Object.entries(madeByCode()).map(([name, value]) => [name, sqlOf(value)]),
    ),
    ...Object.fromEntries(
      Object.entries(rest)
        .filter(([, answer]) => answer !== '')
        .map(([name, answer]) => [name, literal(name, answer)]),
    ),
  }
  const columns = Object.keys(row).join(', ')
  return `INSERT INTO users (${columns}) VALUES (${Object.values(row).join(', ')});\n`
}

const literal = (name: string, answer: string) =>
  sqlOf(columnOf(name).mapToDriverValue(parse(modelField(name as FieldName, false), answer)))
