// `npm run user -- COMMAND …`: shows and changes accounts for the operator, by the same code as the API for staff. In the
// owner's security events, the operator is actor 0.

import { settingsFor } from './configuration.ts'
import { fail } from './fail.ts'
import {
  databaseIn,
  databaseOptions,
  databaseUsage,
  readCommandLine,
  settingOptions,
  settingUsage,
} from './options.ts'
import { openPrompt } from './prompt.ts'
import { changeStatus, revokeAll, revokeOne, setPassword } from './user/commands.ts'
import { databaseAt } from './user/database.ts'
import { setFields, setStaff, setSuperuser } from './user/edits.ts'
import { listSessions, listUsers, showUser } from './user/output.ts'
import { findUser, nameOf, type Task, type UserSummary } from './user/queries.ts'

const usage = `Usage: npm run user -- list [--search WORDS] [--status pending|active|disabled] [--staff] [--limit 50]
       npm run user -- show USER
       npm run user -- disable USER
       npm run user -- enable USER
       npm run user -- set-password USER       asks for it, or reads it from a pipe
       npm run user -- staff USER [--off]      gives staff rights, or with --off removes them
       npm run user -- superuser USER [--off]  the same for superuser rights; a superuser is always staff
       npm run user -- set USER NAME=VALUE …   sets fields of the user model, such as role=driver
       npm run user -- sessions USER [--all]   active sessions; with --all also those that ended
       npm run user -- end-sessions USER [SESSION]
  USER            an email, a username or '#12'; or --id 12 instead
  --json          for list, show and sessions: JSON instead of a table
${databaseUsage}
  --yes           changes the database at Cloudflare without asking
${settingUsage}`

async function main() {
  const options = readOptions()
  const settings = settingsFor(options)
  const db = databaseAt(options.where)
  const task: Task = { db, settings, now: new Date(), json: options.json }
  if (options.command === 'list') return listUsers(task, options)
  await runForUser(task, await findUser(db, options.user), options)
}

type Options = ReturnType<typeof readOptions>

async function runForUser(task: Task, user: UserSummary, options: Options) {
  const { command, parameters, off } = options
  const [sessionId] = parameters
  const confirm = (action: string) => confirmAtCloudflare(task, user, action, options)
  switch (command) {
    case 'show':
      return showUser(task, user)
    case 'sessions':
      return listSessions(task, user, options)
    case 'disable':
      await confirm('Disable')
      return changeStatus(task, user, 'disabled')
    case 'enable':
      await confirm('Enable')
      return changeStatus(task, user, 'active')
    case 'set-password':
      await confirm('Set the password of')
      return setPassword(task, user)
    case 'staff':
      await confirm(off ? 'Remove staff rights from' : 'Give staff rights to')
      return setStaff(task, user, !off)
    case 'superuser':
      await confirm(off ? 'Remove superuser rights from' : 'Give superuser rights to')
      return setSuperuser(task, user, !off)
    case 'set':
      await confirm(`Set ${parameters.join(', ')} of`)
      return setFields(task, user, parameters)
    case 'end-sessions':
      await confirm(`Revoke ${sessionId === undefined ? 'all sessions' : 'one session'} of`)
      return sessionId === undefined ? revokeAll(task, user) : revokeOne(task, user, sessionId)
  }
}

function readOptions() {
  const { values, positionals } = readCommandLine(usage, {
    allowPositionals: true,
    options: {
      search: { type: 'string' },
      status: { type: 'string' },
      staff: { type: 'boolean', default: false },
      limit: { type: 'string', default: '50' },
      all: { type: 'boolean', default: false },
      off: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      id: { type: 'string' },
      yes: { type: 'boolean', default: false },
      ...databaseOptions,
      ...settingOptions,
    },
  })
  const [command, ...others] = positionals
  if (values.id !== undefined) others.unshift(`#${values.id}`)
  checkParameters(command, others.length)
  const where = databaseIn(values)
  if (!/^[1-9]\d{0,3}$/.test(values.limit)) fail('--limit must be a number from 1 to 9999.')
  if (!/^\d{1,15}$/.test(values.id ?? '0')) fail('--id must be a whole number.')
  if (!['pending', 'active', 'disabled', undefined].includes(values.status)) {
    fail(`There is no status ${values.status}. --status must be pending, active or disabled.`)
  }
  const [user = '', ...parameters] = others
  return { ...values, limit: Number(values.limit), command, user, parameters, where }
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

function checkParameters(command: string | undefined, count: number) {
  if (command === 'list' && count === 0) return
  const limit = maxParameters[command ?? '']
  if (limit === undefined) fail(usage)
  if (count === 0) fail(`USER is missing. In a shell, '#12' must have its quotes.\n${usage}`)
  if (count > limit || (command === 'set' && count === 1)) fail(usage)
}

/** Asks the operator before a change at Cloudflare, unless --yes is given. */
async function confirmAtCloudflare(
  { settings }: Task,
  user: UserSummary,
  action: string,
  { remote, yes }: Options,
) {
  if (!remote || yes) return
  if (!process.stdin.isTTY) fail('--remote requires --yes if there is no terminal to ask in.')
  const prompt = openPrompt(() => fail('\nNothing was changed.'))
  const answer = await prompt.ask(`${action} ${nameOf(user, settings)} at Cloudflare? [y/N]: `)
  prompt.close()
  if (answer.toLowerCase() !== 'y') fail('Nothing was changed.')
}

await main()
