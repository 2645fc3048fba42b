// `npm run createsuperuser`: as Django's command of that name. It asks in the terminal, or with
// --noinput takes everything from options and from DJANGO_SUPERUSER_… variables.

import { parseArgs } from 'node:util'
import { type FieldName, userModel } from '../src/user-model.ts'
import { settingsBeside } from './configuration.ts'
import { fail } from './fail.ts'
import { askNewPassword } from './new-password.ts'
import { openPrompt, type Prompt } from './prompt.ts'
import { withSecretFile } from './secret-file.ts'
import {
  type Answers,
  type Field,
  fieldsOf,
  hashOf,
  insertSuperuser,
  passwordErrorsOf,
} from './superuser.ts'
import { askWrangler } from './wrangler.ts'

const options = readOptions()
if (options.remote && options.local) fail('Take one of --local and --remote.')
const settings = settingsBeside({ remote: options.remote, assignments: options.var })
const fields = fieldsOf(settings)
const { answers, password } = options.noinput ? takeGiven() : await askInTerminal()
await write(insertSuperuser(settings, answers, hashOf(password, settings), new Date()))

function readOptions() {
  const names = ['email', 'username', ...Object.keys(userModel)]
  try {
    const { values } = parseArgs({
      options: {
        ...Object.fromEntries(names.map((name) => [name, { type: 'string' } as const])),
        noinput: { type: 'boolean', default: false },
        local: { type: 'boolean', default: false },
        remote: { type: 'boolean', default: false },
        'persist-to': { type: 'string' },
        var: { type: 'string', multiple: true, default: [] },
      },
    })
    const given = values as Record<string, unknown>
    const answers = names.flatMap((name) => (name in given ? [[name, String(given[name])]] : []))
    return { ...values, answers: Object.fromEntries(answers) as Answers }
  } catch (error) {
    return fail((error as Error).message)
  }
}

/** As Django: the fields are checked, the password is not. */
function takeGiven() {
  const answers: Answers = {}
  for (const { name, fault } of fields) {
    const answer = options.answers[name] ?? process.env[`DJANGO_SUPERUSER_${name.toUpperCase()}`]
    if (answer === undefined) fail(`Error: You must use --${name} with --noinput.`)
    const wrong = fault(answer)
    if (wrong) fail(`Error: ${name}: ${wrong}`)
    answers[name] = answer
  }
  const password = process.env.DJANGO_SUPERUSER_PASSWORD
  if (!password) fail('Error: You must set DJANGO_SUPERUSER_PASSWORD with --noinput.')
  return { answers, password }
}

async function askInTerminal() {
  if (!process.stdin.isTTY) {
    fail('Superuser creation skipped due to not running in a TTY. There is --noinput.')
  }
  const prompt = openPrompt(() => fail('\nOperation cancelled.'))
  const answers: Answers = {}
  for (const field of fields) {
    answers[field.name] = await answerTo(prompt, field, options.answers[field.name])
  }
  const password = await askNewPassword(
    prompt,
    (password) => passwordErrorsOf(password, fields, answers),
    'Bypass password validation and create user anyway?',
  )
  prompt.close()
  return { answers, password }
}

async function answerTo({ ask }: Prompt, { label, fault }: Field, given: string | undefined) {
  const question = `${label.charAt(0).toUpperCase()}${label.slice(1)}: `
  for (let answer = given ?? (await ask(question)); ; answer = await ask(question)) {
    const wrong = fault(answer)
    if (!wrong) return answer
    console.error(`Error: ${wrong}`)
  }
}

async function write(statement: string) {
  const where = options.remote ? ['--remote'] : ['--local']
  const persistTo = options['persist-to'] ? ['--persist-to', options['persist-to']] : []
  const { succeeded, output } = await withSecretFile('superuser.sql', statement, (file) =>
    askWrangler(['d1', 'execute', 'DB', ...where, ...persistTo, '--yes', '--file', file]),
  )
  if (succeeded) {
    console.log('Superuser created successfully.')
    return
  }
  const [, column] = /UNIQUE constraint failed: users\.(\w+)/.exec(output) ?? []
  if (column) {
    const own = userModel[column as FieldName]
    fail(`Error: That ${own?.label ?? settings.loginField} is already taken.`)
  }
  if (output.includes('FOREIGN KEY constraint failed')) {
    fail('Error: A field refers to a row that is not there.')
  }
  if (output.includes('no such table')) {
    fail(`The database has no tables yet: first npm run ${options.remote ? 'deploy' : 'dev'}.`)
  }
  fail(`${output.replace(/X'[0-9a-f]*'/gi, "X'…'")}\nThe superuser was not created.`)
}
