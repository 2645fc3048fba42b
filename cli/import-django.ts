// The verb `import-django`: imports the users of a Django project, with their passwords, keys and blacklisted tokens, into
// D1 or into SQL files (docs/migrating.md).
//
// collect   reads the files row by row (source.ts) into columns and values, and checks each user
// stage     keeps the rows in a temporary SQLite file, so that memory does not grow with the source
// compare   marks the users of the stage that the database has already, or that collide with its users
// report    prints the findings, and stops if there is a loss that --leave does not accept
// apply     turns the stage into pieces of SQL (statements.ts), and applies each piece whole, or writes it to a file

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Settings } from '../src/settings/parse.ts'
import {
  developmentVariables,
  failIfPlaceholder,
  localAssignments,
  productionVariables,
  readConfiguration,
  settingsOrFail,
} from './configuration.ts'
import { fail } from './fail.ts'
import { collect } from './import/collect.ts'
import { readMapping, sourceFields } from './import/fields.ts'
import { adviceFor, type Findings, findingsTable, unsettledFindings } from './import/findings.ts'
import { type ImportOptions, readImportOptions } from './import/options.ts'
import { progress } from './import/progress.ts'
import { tableName } from './import/rows.ts'
import { openStage, type Stage } from './import/stage.ts'
import { piecesOf, sequenceStatements } from './import/statements.ts'
import { apply, compare, countUsers, highestIdIn, type ImportTarget } from './import/target.ts'
import { openWrapping, secondsFor, type Wrapping } from './import/wrapping.ts'
import { count } from './numbers.ts'
import { withSecretDirectory } from './secret-file.ts'

/** What every step of one run needs. */
interface ImportRun {
  options: ImportOptions
  settings: Settings
  stage: Stage
  target: ImportTarget
  wrapping: Wrapping
  now: Date
}

export async function importDjango(args: string[]) {
  const options = readImportOptions(args)
  const settings = settingsFor(options)
  await withSecretDirectory(async (directory) => {
    const stage = openStage(join(directory, 'stage.sqlite'), settings.userPk === 'uuid')
    const wrapping = openWrapping(settings.argon2)
    const target = { directory, where: options.where }
    try {
      await run({ options, settings, stage, target, wrapping, now: new Date() })
    } finally {
      await wrapping.close()
      stage.close()
    }
  })
}

function settingsFor({ remote, env, assignments }: ImportOptions): Settings {
  const configuration = readConfiguration(env)
  if (remote) failIfPlaceholder(configuration)
  return settingsOrFail({
    ...productionVariables(configuration), // placeholders for secrets, in case there is no .dev.vars
    ...(remote ? {} : developmentVariables(configuration, [...localAssignments, ...assignments])),
  })
}

async function run(importRun: ImportRun) {
  const { options, stage, target } = importRun
  const started = performance.now()
  const findings: Findings = new Map()
  await read(importRun, findings)
  if (target.where.length > 0) await compare(target, stage, findings, options.again)
  await printReport(importRun, findings)
  if (!isSettled(findings, options) || options.dryRun) return
  const highest = stage.byUuid ? await highestIdIn(target) : 0
  stage.assignIds(highest)
  if (options.out === undefined) await writeToDatabase(importRun, { started, highest })
  else await writeFiles(importRun, options.out)
  printWrapped(importRun)
}

async function read({ options, settings, stage, now }: ImportRun, findings: Findings) {
  const bar = progress('reading')
  const mapping = readMapping(options.mapping)
  const { pendingIfNeverLoggedIn } = options
  const fields = sourceFields(mapping)
  const model = { settings, fields, numberOf: stage.numberOf, pendingIfNeverLoggedIn, now }
  const table = tableName(options.userModel)
  await collect({ files: options.files, table, model, mapping, stage, findings }, bar.advance)
  bar.clear()
}

async function printReport(importRun: ImportRun, findings: Findings) {
  const { users, present, keys, blacklisted } = importRun.stage.counts()
  console.log(
    `${count(users, 'user')} to import, ${present} already here. ` +
      `${count(keys, 'authtoken key')} and ${count(blacklisted, 'blacklisted token')}.`,
  )
  await printBareDigests(importRun)
  if (findings.size > 0) console.log(`\n${findingsTable(findings)}\n`)
}

async function printBareDigests({ settings, stage, wrapping }: ImportRun) {
  const { bare } = stage.counts()
  if (bare === 0) return
  const seconds = Math.ceil(await secondsFor(bare, settings.argon2))
  const time = seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} minutes`
  console.log(
    `${count(bare, 'bare digest')} to wrap in argon2id: about ${time} on ${count(wrapping.cores, 'core')}.`,
  )
}

/** Whether the operator accepted every loss. If not, prints advice, and the program ends with status 1. */
function isSettled(findings: Findings, { leave, skipFaulty, dryRun }: ImportOptions): boolean {
  const open = unsettledFindings(findings, { leave, skipFaulty })
  if (open.length === 0) return true
  console.error(
    `For each of these, change the source or the mapping, or accept the loss by --leave:\n${adviceFor(open)}\n`,
  )
  const outcome = dryRun ? 'An import would stop here.' : 'Nothing was imported.'
  const hint = open.some(({ isUser }) => isUser)
    ? ' --skip-faulty leaves out all faulty users.'
    : ''
  console.error(outcome + hint)
  process.exitCode = 1
  return false
}

/** @param highest users with higher ids are counted in the end */
async function writeToDatabase(
  importRun: ImportRun,
  { started, highest }: { started: number; highest: number },
) {
  const { stage, target } = importRun
  const { users, present } = stage.counts()
  const bar = progress('importing')
  let written = 0
  for await (const piece of piecesWithSequence(importRun)) {
    await apply(target, piece.sql)
    written += piece.users
    bar.advance(written / Math.max(1, users))
  }
  bar.clear()
  const expected = stage.byUuid ? users : users + present
  const missing = expected - (await countUsers(target, highest, stage.highestId()))
  if (missing > 0) {
    fail(
      `${count(missing, 'user')} collided with a sign-up during the import. Run it again to see which.`,
    )
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(0)
  console.log(`Imported ${count(users, 'user')} in ${seconds} s.`)
}

async function writeFiles(importRun: ImportRun, folder: string) {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (readdirSync(folder).length > 0) fail(`--out: ${folder} must be empty.`)
  let files = 0
  for await (const { sql, isOnlySequence } of piecesWithSequence(importRun)) {
    if (isOnlySequence) continue
    const file = join(folder, `${String(++files).padStart(4, '0')}.sql`)
    writeFileSync(file, sql, { mode: 0o600, flag: 'wx' })
  }
  console.log(`Wrote ${count(files, 'file')} to ${folder}. Apply them in their order.`)
}

interface WrittenPiece {
  sql: string
  users: number
  /** Whether the piece only raises the next id above Django's, because there is nothing to import. */
  isOnlySequence: boolean
}

/** The pieces of the import. The first one also raises the next id. */
async function* piecesWithSequence(importRun: ImportRun): AsyncGenerator<WrittenPiece> {
  const { stage, wrapping, options, now } = importRun
  const { bare } = stage.counts()
  const bar = progress('wrapping')
  const timer = setInterval(() => bar.advance(wrapping.figures().done / bare), 200)
  // A Django with UUIDs gives out no number.
  const gap = stage.byUuid ? 0 : options.idGap
  let head = sequenceStatements(stage.highestId() + gap)
  try {
    for await (const { sql, users } of piecesOf(stage, wrapping, now)) {
      bar.clear()
      yield { sql: head + sql, users, isOnlySequence: false }
      head = ''
    }
    if (head !== '') yield { sql: head, users: 0, isOnlySequence: true }
  } finally {
    clearInterval(timer)
    bar.clear()
  }
}

function printWrapped({ wrapping }: ImportRun) {
  const { done, seconds } = wrapping.figures()
  if (done === 0) return
  const rate = (done / seconds).toFixed(1)
  console.log(`Wrapped ${count(done, 'password')} in ${seconds.toFixed(0)} s, ${rate} a second.`)
}
