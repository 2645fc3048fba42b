// `npm run user -- COMMAND …`: what an operator does with people's accounts, as staff do by the API, and by its
// code. In the owner's list of events it is done by actor 0.

import { parseArgs } from 'node:util'
import { settingsBeside } from './configuration.ts'
import { fail } from './fail.ts'
import { openPrompt } from './prompt.ts'
import { revokeAll, revokeOne, setPassword, setStatusOf } from './user/commands.ts'
import { databaseAt } from './user/database.ts'
import { setFields, setStaff, setSuperuser } from './user/edits.ts'
import { listSessions, listUsers, showUser } from './user/output.ts'
import { findUserNamed, nameOf, type Task, type UserSummary } from './user/people.ts'

const usage = `Usage: npm run user -- list [--search WORDS] [--status pending|active|disabled] [--staff] [--limit 50]
       npm run user -- show USER
       npm run user -- disable USER
       npm run user -- enable USER
       npm run user -- set-password USER       asks for it, or reads it from a pipe
       npm run user -- staff USER [--off]      makes a user staff, or ends that
       npm run user -- superuser USER [--off]  the same of a superuser, who is staff too
       npm run user -- set USER NAME=VALUE …   writes fields of the user model, as role=driver
       npm run user -- sessions USER [--all]   with --all, those that ended too
       npm run user -- end-sessions USER [SESSION]
  USER            an e-mail address, a username, or '#12'; or in its place --id 12
  --json          of list, show and sessions: JSON in place of a table
  --remote        the database at Cloudflare; else the one of npm run dev
  --yes           change --remote without asking
  --persist-to    where npm run dev keeps its database
  --var NAME:X    a setting, as npm run dev takes it`

const { command, named, rest, more, options } = readOptions()
const { settings, where } = readPlace()
const task: Task = { db: databaseAt(where), settings, now: new Date(), json: options.json }
await run()

async function run() {
  if (command === 'list') return listUsers(task, { ...options, limit: Number(options.limit) })
  const person = await findUserNamed(task.db, named)
  switch (command) {
    case 'show':
      return showUser(task, person)
    case 'sessions':
      return listSessions(task, person, options)
    case 'disable':
      await confirmed('Disable', person)
      return setStatusOf(task, person, 'disabled')
    case 'enable':
      await confirmed('Enable', person)
      return setStatusOf(task, person, 'active')
    case 'set-password':
      await confirmed('Set the password of', person)
      return setPassword(task, person)
    case 'staff':
      await confirmed(options.off ? 'Take staff rights from' : 'Make staff of', person)
      return setStaff(task, person, !options.off)
    case 'superuser':
      await confirmed(options.off ? 'Take superuser rights from' : 'Make a superuser of', person)
      return setSuperuser(task, person, !options.off)
    case 'set':
      await confirmed(`Set ${more.join(', ')} of`, person)
      return setFields(task, person, more)
    case 'end-sessions':
      await confirmed(`End ${rest === undefined ? 'all log-ins' : 'a session'} of`, person)
      return rest === undefined ? revokeAll(task, person) : revokeOne(task, person, rest)
  }
}

function readOptions() {
  try {
    const { values, positionals } = parseArgs({
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
        local: { type: 'boolean', default: false },
        remote: { type: 'boolean', default: false },
        yes: { type: 'boolean', default: false },
        'persist-to': { type: 'string' },
        var: { type: 'string', multiple: true, default: [] },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (values.help) {
      console.log(usage)
      process.exit(0)
    }
    const [command, ...others] = positionals
    if (values.id !== undefined) others.unshift(`#${values.id}`)
    checkShape(command, others)
    if (values.local && values.remote) throw new Error('Take one of --local and --remote.')
    if (!/^[1-9]\d{0,3}$/.test(values.limit)) throw new Error('--limit wants 1 to 9999.')
    if (!/^\d{1,15}$/.test(values.id ?? '0')) throw new Error('--id wants a whole number.')
    const statuses = ['pending', 'active', 'disabled', undefined]
    if (!statuses.includes(values.status)) throw new Error(`There is no status ${values.status}.`)
    const [named = '', ...more] = others
    return { command, named, rest: more[0], more, options: values }
  } catch (error) {
    return fail((error as Error).message)
  }
}

function checkShape(command: string | undefined, { length }: string[]) {
  const most = {
    ...{ show: 1, disable: 1, enable: 1, 'set-password': 1, staff: 1, superuser: 1 },
    ...{ set: 50, sessions: 1, 'end-sessions': 2 },
  }
  if (command === 'list' && length === 0) return
  const limit = most[command as keyof typeof most]
  if (limit === undefined) throw new Error(usage)
  if (length === 0) throw new Error(`Who? Name a USER; '#12' wants its quotes.\n${usage}`)
  if (length > limit || (command === 'set' && length === 1)) throw new Error(usage)
}

function readPlace() {
  const settings = settingsBeside({ remote: options.remote, assignments: options.var })
  const persistTo = options['persist-to'] ? ['--persist-to', options['persist-to']] : []
  return { settings, where: [options.remote ? '--remote' : '--local', ...persistTo] }
}

/** What is changed at Cloudflare is changed for a person who is there. */
async function confirmed(what: string, person: UserSummary) {
  if (!options.remote || options.yes) return
  if (!process.stdin.isTTY) fail('Without a terminal to ask in, --remote wants --yes.')
  const prompt = openPrompt(() => fail('\nNothing was changed.'))
  const answer = await prompt.ask(`${what} ${nameOf(person, settings)} at Cloudflare? [y/N]: `)
  prompt.close()
  if (answer.toLowerCase() !== 'y') fail('Nothing was changed.')
}
