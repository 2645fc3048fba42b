// A superuser's fields, their rules, and the SQL that inserts a superuser. It uses no terminal and no database.

import { parse, safeParse } from 'valibot'
import { isRequired, modelField } from '../src/http/model-fields.ts'
import { emailKey, isEmail, normalizeEmail } from '../src/mail/email-address.ts'
import { validatePassword } from '../src/passwords/validators.ts'
import { userModel } from '../src/schema.ts'
import type { Settings } from '../src/settings/parse.ts'
import type { FieldName } from '../src/user-model.ts'
import { nodeArgon2 } from './argon2.ts'
import { fail } from './fail.ts'
import { isCommon } from './new-password.ts'
import { columnOf, sqlLiteral, textLiteral, userDefaults } from './sql-literals.ts'

/** The answers by field: `email`, `username`, and the fields in REQUIRED_FIELDS. */
export type Answers = Record<string, string>

export interface Field {
  name: string
  /** As Django's verbose_name. */
  label: string
  /** The error of an answer, in Django's words; undefined if the answer is valid. */
  errorIn: (answer: string) => string | undefined
}

/** The login field, then those of REQUIRED_FIELDS. */
export function fieldsOf({ loginField, requiredFields }: Settings): Field[] {
  const names = new Set([loginField, ...requiredFields])
  names.delete('password')
  return [...names].map((name) => {
    if (name === 'email') return emailField(loginField === 'email')
    return name === 'username' ? username : userModelField(name)
  })
}

const blank = 'This field cannot be blank.'

const lengthError = (maxLength: number, answer: string) =>
  [...answer].length > maxLength
    ? `Ensure this value has at most ${maxLength} characters (it has ${[...answer].length}).`
    : undefined

const emailField = (isLogin: boolean): Field => ({
  name: 'email',
  label: isLogin ? 'email' : 'email address',
  errorIn(answer) {
    if (answer === '') return isLogin ? blank : undefined
    return isEmail(answer) ? lengthError(254, answer) : 'Enter a valid email address.'
  },
})

const username: Field = {
  name: 'username',
  label: 'username',
  errorIn(given) {
    const answer = given.normalize('NFKC')
    if (answer === '') return blank
    if (/^[\p{L}\p{N}_.@+-]+$/u.test(answer)) return lengthError(150, answer)
    return (
      'Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ ' +
      'characters.'
    )
  },
}

function userModelField(name: string): Field {
  if (!(name in userModel.fields))
    fail(`REQUIRED_FIELDS names ${name}, which src/user-model.ts does not have.`)
  const { label, maxLength } = userModel.fields[name as FieldName]
  const isText = columnOf(name).dataType === 'string'
  return {
    name,
    label,
    errorIn(answer) {
      if (answer === '') return isRequired(name as FieldName) ? blank : undefined
      if (!isText) return safeParse(modelField(name as FieldName, true), answer).issues?.[0].message
      return maxLength === undefined ? undefined : lengthError(maxLength, answer)
    },
  }
}

/** The errors of Django's password validators for this user. */
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

/** Hashes a password by the Worker's code, at its cost. */
export const hashPassword = (password: string, settings: Settings): string =>
  nodeArgon2().hash(password, settings.argon2)

export function insertSuperuser(
  { loginField }: Settings,
  answers: Answers,
  hash: string,
  now: Date,
): string {
  const { email: address, username: name, ...rest } = answers
  const email = address === undefined ? undefined : normalizeEmail(address)
  const account = {
    email: textLiteral(email),
    email_key: textLiteral(loginField === 'email' && email ? emailKey(email) : undefined),
    username: textLiteral(name?.normalize('NFKC')),
    password: textLiteral(hash),
    status: textLiteral('active'),
    is_staff: '1',
    is_superuser: '1',
    date_joined: String(now.getTime()),
    uuid: textLiteral(crypto.randomUUID()),
  }
  const row = {
    ...account,
    ...Object.fromEntries(
      Object.entries(userDefaults())
        .filter(([name]) => !(name in account))
        .map(([name, value]) => [name, sqlLiteral(value)]),
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
  sqlLiteral(columnOf(name).mapToDriverValue(parse(modelField(name as FieldName, false), answer)))
