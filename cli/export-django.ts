// The verb `export-django`: writes the users of Gatehouse as Django fixtures, with their passwords, authtoken keys and
// revoked refresh tokens. docs/migrating.md, "Return to Django".

import {
  developmentSecretsFile,
  developmentVariables,
  failIfPlaceholder,
  localAssignments,
  productionVariables,
  readConfiguration,
  readSecrets,
  settingsOrFail,
} from './configuration.ts'
import { everyRow, query, type Row } from './database.ts'
import { writeBlacklist } from './export/blacklist-file.ts'
import { inNewFolder, openFixture } from './export/fixture.ts'
import { summarizeHashers } from './export/hashers.ts'
import { writeKeys } from './export/keys-file.ts'
import { type ExportOptions, readExportOptions } from './export/options.ts'
import type { ExportRun } from './export/run.ts'
import { modelOf, selectUsers, userRow } from './export/users.ts'
import { fail } from './fail.ts'
import { readMapping } from './import/fields.ts'
import { findingsTable } from './import/findings.ts'
import { progress } from './import/progress.ts'
import { mapInOrder, openWrapping } from './import/wrapping.ts'
import { count } from './numbers.ts'
import { withSecretDirectory } from './secret-file.ts'

export async function exportDjango(args: string[]) {
  const options = readExportOptions(args)
  const { settings, hasSecretKey } = settingsWithSecrets(options)
  const model = modelOf(options.model, readMapping(options.mapping), settings)
  const counts = await countAll(options.where)
  if (counts.users === 0) fail('There are no users.')
  if (settings.userPk === 'uuid') checkUuids(options, counts)
  if (!options.usersOnly && !hasSecretKey) {
    fail(
      'Keys and tokens are computed from SECRET_KEY. Set it in the environment, or use --users-only.',
    )
  }
  if (options.dryRun) {
    const { users, ourKeys, importedKeys } = counts
    const keys = options.usersOnly ? '' : ` and ${count(ourKeys + importedKeys, 'authtoken key')}`
    return console.log(`${count(users, 'user')}${keys} would be written to ${options.out}.`)
  }
  await withSecretDirectory((directory) =>
    inNewFolder(options.out, () =>
      writeAll({
        options,
        settings,
        model,
        counts,
        directory,
        findings: new Map(),
        now: new Date(),
      }),
    ),
  )
}

/** Reads secrets from the environment, since a command line must not hold them. Locally it also reads .dev.vars. */
function settingsWithSecrets({ remote, env, assignments }: ExportOptions) {
  const configuration = readConfiguration(env)
  if (remote) failIfPlaceholder(configuration)
  const local = remote ? {} : (readSecrets(developmentSecretsFile(env)) ?? {})
  const secrets = Object.fromEntries(
    ['SECRET_KEY', 'SECRET_KEY_FALLBACKS'].flatMap((name) => {
      const value = process.env[name] || local[name]
      return value ? [[name, value]] : []
    }),
  )
  const settings = settingsOrFail({
    ...productionVariables(configuration),
    ...(remote ? {} : developmentVariables(configuration, [...localAssignments, ...assignments])),
    ...secrets,
  })
  return { settings, hasSecretKey: secrets.SECRET_KEY !== undefined }
}

function checkUuids({ model }: ExportOptions, { withoutUuid }: ExportRun['counts']) {
  if (model.toLowerCase() === 'auth.user') {
    fail(
      '--model must name your user model: the ids of auth.User are numbers, and USER_PK is "uuid".',
    )
  }
  if (withoutUuid > 0) {
    fail(`${count(withoutUuid, 'user')} without a UUID. The cron makes one within minutes.`)
  }
}

async function countAll(where: string[]): Promise<ExportRun['counts']> {
  const [row] = await query(
    where,
    `SELECT (SELECT count(*) FROM users) AS users, (SELECT max(id) FROM users) AS highest,
       (SELECT count(*) FROM users WHERE uuid IS NULL) AS without_uuid,
       (SELECT count(*) FROM auth_tokens WHERE nonce IS NOT NULL) AS ours,
       (SELECT count(*) FROM auth_tokens WHERE nonce IS NULL) AS imported,
       (SELECT count(*) FROM sessions) AS sessions`,
  )
  const of = (name: string) => Number(row?.[name] ?? 0)
  return {
    users: of('users'),
    withoutUuid: of('without_uuid'),
    highestId: of('highest'),
    ourKeys: of('ours'),
    importedKeys: of('imported'),
    sessions: of('sessions'),
  }
}

async function writeAll(run: ExportRun) {
  const { options, findings } = run
  const hashers = summarizeHashers()
  const files = [await writeUsers(run, hashers.add)]
  if (!options.usersOnly) files.push(await writeKeys(run), await writeBlacklist(run))
  console.log(`\n${hashers.table()}`)
  if (findings.size > 0) console.log(`\n${findingsTable(findings)}`)
  console.log(`\nFiles in ${options.out}, for manage.py loaddata: ${files.join(' ')}`)
}

/** @returns the name of the file */
async function writeUsers(run: ExportRun, addHash: (encoded: string) => void): Promise<string> {
  const { options, settings, model, counts, findings } = run
  const file = openFixture(options.out, 'users', options.format)
  const bar = progress('users')
  const wrapping = openWrapping(settings.argon2)
  // A bare digest is wrapped, so that the export never holds one.
  const withoutDigest = async (row: Row): Promise<Row> => ({
    ...row,
    password: await wrapping.wrap(String(row.password)),
  })
  let [pending, disabled] = [0, 0]
  const users = mapInOrder(
    everyRow(options.where, selectUsers),
    wrapping.maxConcurrent,
    withoutDigest,
  )
  for await (const user of users) {
    file.add(userRow(user, model, findings))
    addHash(String(user.password))
    if (user.status === 'pending') pending++
    if (user.status === 'disabled') disabled++
    bar.advance(file.rows() / counts.users)
  }
  bar.clear()
  file.close()
  await wrapping.close()
  console.log(
    `Exported ${count(file.rows(), 'user')} (inactive in Django: ${disabled} disabled, ${pending} pending).`,
  )
  return file.name
}
