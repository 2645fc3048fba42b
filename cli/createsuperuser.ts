// The verb `createsuperuser`: Django's command of the same name. It asks in the terminal, or with --noinput reads the
// answers from options and from environment variables named DJANGO_SUPERUSER_….

import { userModel } from '../src/schema.ts'
import type { Settings } from '../src/settings/parse.ts'
import type { FieldName } from '../src/user-model.ts'
import { settingsFor } from './configuration.ts'
import { failOnDatabase } from './database.ts'
import { fail } from './fail.ts'
import { askNewPassword } from './new-password.ts'
import {
  databaseIn,
  databaseOptions,
  dryRunOption,
  type Option,
  readCommandLine,
  settingOptions,
} from './options.ts'
import { openPrompt, type Prompt } from './prompt.ts'
import { withSecretFile } from './secret-file.ts'
import {
  type Answers,
  type Field,
  fieldsOf,
  hashPassword,
  insertSuperuser,
  passwordErrorsOf,
} from './superuser.ts'
import { runWrangler } from './wrangler.ts'

const fieldNames = ['email', 'username', ...Object.keys(userModel.fields)]

const command = {
  verb: 'createsuperuser',
  forms: ['[--noinput] [--FIELD VALUE …]'],
  about:
    'Adds a superuser, as the command of Django. It asks for what is missing, and for the password.',
  options: {
    ...Object.fromEntries(fieldNames.map((name): [string, Option] => [name, fieldOption(name)])),
    noinput: {
      type: 'boolean',
      default: false,
      help: 'asks nothing. The password must be in the environment, as DJANGO_SUPERUSER_PASSWORD.\nFields may be there too, as DJANGO_SUPERUSER_EMAIL',
    },
    ...databaseOptions,
    ...settingOptions,
    ...dryRunOption,
  },
} as const

function fieldOption(name: string): Option {
  return { type: 'string', value: 'VALUE', help: `the field ${name}` }
}

export async function createsuperuser(args: string[]) {
  const { values } = readCommandLine(command, args)
  const where = databaseIn(values)
  const settings = settingsFor(values)
  const fields = fieldsOf(settings)
  const given = answersIn(values)
  const { answers, password } = values.noinput
    ? readGiven(fields, given)
    : await askInTerminal(fields, given)
  if (values['dry-run']) return console.log('The superuser would be created.')
  const hash = hashPassword(password, settings)
  await write(insertSuperuser(settings, answers, hash, new Date()), where, settings)
}

function answersIn(values: Record<string, unknown>): Answers {
  const named = fieldNames.filter((name) => name in values)
  return Object.fromEntries(named.map((name) => [name, String(values[name])]))
}

/** Checks the fields, but, like Django, not the password. */
function readGiven(fields: Field[], given: Answers) {
  const answers: Answers = {}
  for (const { name, errorIn } of fields) {
    const answer = given[name] ?? process.env[`DJANGO_SUPERUSER_${name.toUpperCase()}`]
    if (answer === undefined) fail(`Error: You must use --${name} with --noinput.`)
    const error = errorIn(answer)
    if (error) fail(`Error: ${name}: ${error}`)
    answers[name] = answer
  }
  const password = process.env.DJANGO_SUPERUSER_PASSWORD
  if (!password) fail('Error: You must set DJANGO_SUPERUSER_PASSWORD with --noinput.')
  return { answers, password }
}

async function askInTerminal(fields: Field[], given: Answers) {
  if (!process.stdin.isTTY) {
    fail(
      'Superuser creation skipped due to not running in a TTY. Use --noinput, which asks nothing.',
    )
  }
  const prompt = openPrompt(() => fail('\nOperation cancelled.'))
  const answers: Answers = {}
  for (const field of fields) {
    answers[field.name] = await askField(prompt, field, given[field.name])
  }
  const password = await askNewPassword(
    prompt,
    (password) => passwordErrorsOf(password, fields, answers),
    'Bypass password validation and create user anyway?',
  )
  prompt.close()
  return { answers, password }
}

async function askField({ ask }: Prompt, { label, errorIn }: Field, given: string | undefined) {
  const question = `${label.charAt(0).toUpperCase()}${label.slice(1)}: `
  for (let answer = given ?? (await ask(question)); ; answer = await ask(question)) {
    const error = errorIn(answer)
    if (!error) return answer
    console.error(`Error: ${error}`)
  }
}

async function write(statement: string, where: string[], { loginField }: Settings) {
  const { succeeded, output } = await withSecretFile('superuser.sql', statement, (file) =>
    runWrangler(['d1', 'execute', 'DB', ...where, '--yes', '--file', file]),
  )
  if (succeeded) return console.log('Superuser created successfully.')
  const [, column] = /UNIQUE constraint failed: users\.(\w+)/.exec(output) ?? []
  if (column) {
    const field = userModel.fields[column as FieldName]
    fail(`Error: That ${field?.label ?? loginField} is already taken.`)
  }
  if (output.includes('FOREIGN KEY constraint failed')) {
    fail('Error: A field refers to a row that does not exist.')
  }
  failOnDatabase(where, output, 'The superuser was not created.')
}
