// The verb `user`: shows and changes accounts for the operator, by the same code as the API for staff. In the
// owner's security events, the operator is actor 0.

import { settingsFor } from './configuration.ts'
import { fail, misuse } from './fail.ts'
import {
  databaseIn,
  databaseOptions,
  dryRunOption,
  jsonOption,
  misuseOf,
  readCommandLine,
  settingOptions,
} from './options.ts'
import { openPrompt } from './prompt.ts'
import { changeStatus, revokeAll, revokeOne, setPassword } from './user/commands.ts'
import { databaseAt } from './user/database.ts'
import { setFields, setStaff, setSuperuser } from './user/edits.ts'
import { listSessions, listUsers, showUser } from './user/output.ts'
import { findUser, nameOf, type Task, type UserSummary } from './user/queries.ts'

const command = {
  verb: 'user',
  forms: [
    'list [--search WORDS] [--status pending|active|disabled] [--staff] [--limit 50]',
    'show USER',
    'disable USER',
    'enable USER',
    'set-password USER       asks for it, or reads it from a pipe',
    'staff USER [--off]      gives staff rights, or with --off removes them',
    'superuser USER [--off]  the same for superuser rights; a superuser is always staff',
    'set USER NAME=VALUE …   sets fields of the user model, such as role=driver',
    'sessions USER [--all]   active sessions; with --all also those that ended',
    'end-sessions USER [SESSION]',
  ],
  about: 'Shows and changes accounts. The owner sees a change in their security events.',
  words: {
    USER: `an email, a username or '#12'; or --id 12 instead. With USER_PK = "uuid" the id is a UUID`,
  },
  options: {
    search: { type: 'string', value: 'WORDS', help: 'for list: users that have these words' },
    status: { type: 'string', value: 'STATUS', help: 'for list: pending, active or disabled' },
    staff: { type: 'boolean', default: false, help: 'for list: staff only' },
    limit: { type: 'string', value: 'N', default: '50', help: 'for list: how many; 50 by default' },
    all: { type: 'boolean', default: false, help: 'for sessions: also those that ended' },
    off: { type: 'boolean', default: false, help: 'for staff and superuser: removes the rights' },
    id: { type: 'string', value: 'N', help: 'the id of the user, in place of USER' },
    json: { ...jsonOption.json, help: 'for list, show and sessions: JSON in place of a table' },
    yes: {
      type: 'boolean',
      default: false,
      help: 'changes the database at Cloudflare without asking',
    },
    ...databaseOptions,
    ...settingOptions,
    ...dryRunOption,
  },
} as const

export async function user(args: string[]) {
  const options = readOptions(args)
  const settings = settingsFor(options)
  const db = databaseAt(options.where)
  const task: Task = { db, settings, now: new Date(), json: options.json }
  if (options.action === 'list') return listUsers(task, options)
  await runForUser(task, await findUser(task, options.user), options)
}

async function runForUser(task: Task, user: UserSummary, options: UserOptions) {
  const { action } = options
  if (action === 'show') return showUser(task, user)
  if (action === 'sessions') return listSessions(task, user, options)
  const { question, make } = changeOf(task, user, options)
  if (options['dry-run']) {
    return console.log(`${question} ${nameOf(user, task.settings)}: not done, by --dry-run.`)
  }
  await confirmAtCloudflare(task, user, question, options)
  await make()
}

/** The change, and the question whether to make it. */
function changeOf(task: Task, user: UserSummary, { action, parameters, off }: UserOptions) {
  const [sessionId] = parameters
  switch (action) {
    case 'disable':
      return { question: 'Disable', make: () => changeStatus(task, user, 'disabled') }
    case 'enable':
      return { question: 'Enable', make: () => changeStatus(task, user, 'active') }
    case 'set-password':
      return { question: 'Set the password of', make: () => setPassword(task, user) }
    case 'staff':
      return {
        question: off ? 'Remove staff rights from' : 'Give staff rights to',
        make: () => setStaff(task, user, !off),
      }
    case 'superuser':
      return {
        question: off ? 'Remove superuser rights from' : 'Give superuser rights to',
        make: () => setSuperuser(task, user, !off),
      }
    case 'set':
      return {
        question: `Set ${parameters.join(', ')} of`,
        make: () => setFields(task, user, parameters),
      }
    default:
      return sessionId === undefined
        ? { question: 'Revoke all sessions of', make: () => revokeAll(task, user) }
        : { question: 'Revoke one session of', make: () => revokeOne(task, user, sessionId) }
  }
}

type UserOptions = ReturnType<typeof readOptions>

function readOptions(args: string[]) {
  const { values, positionals } = readCommandLine(command, args)
  const [action, ...others] = positionals
  if (values.id !== undefined) others.unshift(`#${values.id}`)
  checkParameters(action, others.length)
  const where = databaseIn(values)
  if (!/^[1-9]\d{0,3}$/.test(values.limit)) misuse('--limit must be a number from 1 to 9999.')
  if (!/^(\d{1,15}|[\da-f-]{32,36})$/i.test(values.id ?? '0')) {
    misuse('--id must be a whole number or a UUID.')
  }
  if (!['pending', 'active', 'disabled', undefined].includes(values.status)) {
    misuse(`There is no status ${values.status}. --status must be pending, active or disabled.`)
  }
  const [user = '', ...parameters] = others
  return { ...values, limit: Number(values.limit), action, user, parameters, where }
}

/** The maximum number of parameters of each command, counting the user. */
const maxParameters: Record<string, number> = {
  show: 1,
  disable: 1,
  enable: 1,
  'set-password': 1,
  staff: 1,
  superuser: 1,
  set: 50,
  sessions: 1,
  'end-sessions': 2,
}

function checkParameters(action: string | undefined, count: number) {
  if (action === 'list' && count === 0) return
  const limit = maxParameters[action ?? '']
  if (limit === undefined) misuseOf(command, 'Name one of these commands.')
  if (count === 0) misuseOf(command, "USER is missing. In a shell, '#12' must have its quotes.")
  if (count > limit) misuseOf(command, `${action} takes fewer words.`)
  if (action === 'set' && count === 1) misuseOf(command, 'Name a field: NAME=VALUE.')
}

/** Asks the operator before a change at Cloudflare, unless --yes is given. */
async function confirmAtCloudflare(
  { settings }: Task,
  user: UserSummary,
  question: string,
  { remote, yes }: UserOptions,
) {
  if (!remote || yes) return
  if (!process.stdin.isTTY) fail('--remote requires --yes if there is no terminal to ask in.')
  const prompt = openPrompt(() => fail('\nNothing was changed.'))
  const answer = await prompt.ask(`${question} ${nameOf(user, settings)} at Cloudflare? [y/N]: `)
  prompt.close()
  if (answer.toLowerCase() !== 'y') fail('Nothing was changed.')
}
