// `npm run export-django`: the users of Gatehouse as fixtures for a Django, with their passwords, keys and dead
// refresh tokens. docs/migrating.md, "Return to Django".

import { parseArgs } from 'node:util'
import {
  developmentVariables,
  productionVariables,
  readConfiguration,
  readSecrets,
  refusePlaceholder,
  settingsOrRefuse,
} from './configuration.ts'
import { everyRow, query, type Row } from './database.ts'
import {
  blacklistedTokens,
  openActiveSessions,
  revokedRows,
  selectRevoked,
  selectSessions,
} from './export/blacklist.ts'
import { type Format, fixture, inNewFolder } from './export/fixture.ts'
import { hashersSummary } from './export/hashers.ts'
import { keysOf, selectImported } from './export/imported-keys.ts'
import { keyRow, selectKeys } from './export/keys.ts'
import { modelOf, selectUsers, userRow } from './export/users.ts'
import { fail, failIfInside } from './fail.ts'
import { mappingIn } from './import/fields.ts'
import { type Findings, type Kind, report, tableIn } from './import/findings.ts'
import { progress } from './import/progress.ts'
import { inOrder, openWrapping } from './import/wrapping.ts'
import { withSecretDirectory } from './secret-file.ts'

const options = readOptions()
failIfInside('--out', options.out)
const configuration = readConfiguration()
if (options.remote) refusePlaceholder(configuration)
const secrets = secretsGiven()
const settings = settingsOrRefuse(variables())
const model = modelOf(options.model, mappingIn(options.mapping), settings)
const where = [
  options.remote ? '--remote' : '--local',
  ...(options['persist-to'] ? ['--persist-to', options['persist-to']] : []),
]
const now = new Date()
const findings: Findings = new Map()
const hashers = hashersSummary()
const wrapping = openWrapping(settings.argon2)

const counts = await count()
if (counts.users === 0) fail('There are no users.')
if (!options['users-only'] && secrets.SECRET_KEY === undefined) {
  fail(
    'Keys and tokens are made again from SECRET_KEY: give it in the environment, or take --users-only.',
  )
}
await withSecretDirectory((directory) => inNewFolder(options.out, () => write(directory)))

async function write(directory: string) {
  const users = await writeUsers()
  const files = options['users-only']
    ? []
    : [await writeKeys(directory), await writeBlacklist(directory)]
  const names = [users, ...files].map(({ name }) => name)
  console.log(`\n${hashers.table()}`)
  if (findings.size > 0) console.log(`\n${tableIn(findings)}`)
  console.log(`\nIn ${options.out}, for manage.py loaddata: ${names.join(' ')}`)
}

async function writeUsers() {
  const file = fixture(options.out, 'users', options.format as Format)
  const bar = progress('users')
  let [pending, disabled] = [0, 0]
  // A bare digest is not carried on either.
  const everybody = inOrder(everyRow(where, selectUsers), wrapping.ahead, withoutDigest)
  for await (const found of everybody) {
    file.add(userRow(found, model, findings))
    hashers.see(String(found.password))
    if (found.status === 'pending') pending++
    if (found.status === 'disabled') disabled++
    bar.advance(file.rows() / counts.users)
  }
  bar.done()
  file.close()
  await wrapping.close()
  console.log(
    `${file.rows()} users, of whom ${disabled} disabled and ${pending} pending ones are inactive there.`,
  )
  return file
}

async function withoutDigest(found: Row): Promise<Row> {
  return { ...found, password: await wrapping.wrap(String(found.password)) }
}

async function writeKeys(directory: string) {
  const file = fixture(options.out, 'authtoken', options.format as Format)
  const bar = progress('keys')
  let seen = 0
  for await (const found of everyRow(where, selectKeys(counts.highest))) {
    const row = await keyRow(found, settings)
    if (row) file.add(row)
    else report(findings, leftOut('a key of another SECRET_KEY'), String(found.user_id))
    bar.advance(++seen / counts.made)
  }
  bar.done()
  if (seen > 0 && file.rows() === 0) fail('SECRET_KEY is not the one that the keys are made of.')
  const made = file.rows()
  if (options.keys !== undefined) {
    const bar = progress('old keys')
    const imported = everyRow(where, selectImported(counts.highest))
    try {
      for await (const row of keysOf(options.keys, imported, directory, bar.advance)) file.add(row)
    } catch (error) {
      fail(`--keys: ${options.keys}: ${(error as Error).message}`)
    }
    bar.done()
  }
  file.close()
  const lost = counts.imported - (file.rows() - made)
  if (lost > 0) report(findings, leftOut('an imported key, of which there is a hash'), '', lost)
  console.log(`${file.rows()} authtoken keys.`)
  return file
}

async function writeBlacklist(directory: string) {
  const file = fixture(options.out, 'token_blacklist', options.format as Format)
  if (settings.jtiClaim === '') {
    console.log('Tokens have no id (JTI_CLAIM), so that none can be on Simple JWT’s blacklist.')
    file.close()
    return file
  }
  const bar = progress('tokens')
  const living = openActiveSessions(directory)
  const most = Number(options['used-tokens'])
  let seen = 0
  for await (const found of everyRow(where, selectSessions(counts.highest, settings, now))) {
    const { rows, untold } = await blacklistedTokens(found, settings, most, living)
    for (const row of rows) file.add(row)
    if (untold > 0) {
      const what = `a used refresh token, older than ${most} others of its session`
      report(findings, leftOut(what), '', untold)
    }
    bar.advance(++seen / counts.sessions)
  }
  for await (const found of everyRow(where, selectRevoked(counts.highest, settings, now))) {
    for (const row of await revokedRows(found, settings, living)) file.add(row)
  }
  living.close()
  bar.done()
  file.close()
  console.log(`${file.rows() / 2} refresh tokens that are dead here, for Simple JWT's blacklist.`)
  return file
}

function leftOut(what: string): Kind {
  return { what, outcome: 'left out' }
}

async function count() {
  const [found] = await query(
    where,
    `SELECT (SELECT count(*) FROM users) AS users, (SELECT max(id) FROM users) AS highest,
       (SELECT count(*) FROM auth_tokens WHERE nonce IS NOT NULL) AS made,
       (SELECT count(*) FROM auth_tokens WHERE nonce IS NULL) AS imported,
       (SELECT count(*) FROM sessions) AS sessions`,
  )
  const of = (name: string) => Number(found?.[name] ?? 0)
  return {
    ...{ users: of('users'), highest: of('highest') },
    ...{ made: of('made'), imported: of('imported'), sessions: of('sessions') },
  }
}

/** From the environment, as no command line may hold them; locally also what `npm run dev` made. */
function secretsGiven(): Record<string, string | undefined> {
  const names = ['SECRET_KEY', 'SECRET_KEY_FALLBACKS']
  const made = options.remote ? {} : (readSecrets('.dev.vars') ?? {})
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name] || made[name]
      return value ? [[name, value]] : []
    }),
  )
}

function variables() {
  const production = productionVariables(configuration)
  if (options.remote) return { ...production, ...secrets }
  const assigned = ['ENVIRONMENT:development', 'PUBLIC_URL:http://localhost', ...options.var]
  return { ...production, ...developmentVariables(configuration, assigned), ...secrets }
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        local: { type: 'boolean', default: false },
        remote: { type: 'boolean', default: false },
        'persist-to': { type: 'string' },
        out: { type: 'string' },
        model: { type: 'string', default: 'auth.user' },
        mapping: { type: 'string' },
        format: { type: 'string', default: 'json' },
        keys: { type: 'string' },
        'users-only': { type: 'boolean', default: false },
        'used-tokens': { type: 'string', default: '1000' },
        var: { type: 'string', multiple: true, default: [] },
      },
    })
    const { out } = values
    if (out === undefined) throw new Error('Name a folder to make: --out FOLDER.')
    if (values.local && values.remote) throw new Error('Take one of --local and --remote.')
    if (!/^\w+\.\w+$/.test(values.model)) throw new Error('--model wants an app and a model.')
    if (!/^jsonl?$/.test(values.format)) throw new Error('--format wants json or jsonl.')
    if (!/^\d{1,9}$/.test(values['used-tokens'])) {
      throw new Error('--used-tokens wants a whole number.')
    }
    return { ...values, out }
  } catch (error) {
    return fail((error as Error).message)
  }
}
