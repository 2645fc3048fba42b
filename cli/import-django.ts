// `npm run import-django`: the users of a Django, with their passwords, keys and dead refresh tokens, into
// SQL files or into D1. docs/migrating.md is the way there.

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  developmentVariables,
  productionVariables,
  readConfiguration,
  refusePlaceholder,
  settingsOrRefuse,
} from './configuration.ts'
import { fail } from './fail.ts'
import { collect } from './import/collect.ts'
import { fieldsIn, mappingIn } from './import/fields.ts'
import { adviceIn, type Findings, tableIn, unsettledFindings } from './import/findings.ts'
import { readImportOptions } from './import/options.ts'
import { progress } from './import/progress.ts'
import { tableOf } from './import/rows.ts'
import { openStage, type Stage } from './import/stage.ts'
import { piecesOf, sequenceStatements } from './import/statements.ts'
import { apply, ask, compare, type ImportTarget } from './import/target.ts'
import { openWrapping, secondsFor } from './import/wrapping.ts'
import { withSecretDirectory } from './secret-file.ts'

const { options, files } = readImportOptions()
const configuration = readConfiguration()
if (options.remote) refusePlaceholder(configuration)
const settings = settingsOrRefuse(
  options.remote
    ? productionVariables(configuration)
    : {
        ...productionVariables(configuration), // for its stand-ins, where there is no .dev.vars
        ...developmentVariables(configuration, [
          'ENVIRONMENT:development',
          'PUBLIC_URL:http://localhost',
          ...options.var,
        ]),
      },
)
const gap = Number(options['id-gap'])
const started = performance.now()
const now = new Date()
const wrapping = openWrapping(settings.argon2)
await withSecretDirectory(run)

async function run(directory: string) {
  const stage = openStage(join(directory, 'stage.sqlite'))
  const target = { directory, parameters: whereTo() }
  try {
    const findings = await read(stage, target)
    if (!isSettled(findings)) return
    if (options['dry-run']) return
    await (options.out === undefined ? write(stage, target) : writeFiles(stage, options.out))
    printWrapped()
  } finally {
    await wrapping.close()
    stage.close()
  }
}

/** Whether all that would be lost is to be left; status 1 where it is not. */
function isSettled(findings: Findings): boolean {
  const answers = { leave: options.leave, skipFaulty: options['skip-faulty'] }
  const open = unsettledFindings(findings, answers)
  if (open.length === 0) return true
  console.error(
    `To settle each, change the source or the mapping, or leave it:\n${adviceIn(open)}\n`,
  )
  const isRefused = options['dry-run'] ? 'An import would refuse.' : 'Nothing was imported.'
  const hint = open.some(({ isUser }) => isUser) ? ' --skip-faulty leaves all faulty users.' : ''
  console.error(isRefused + hint)
  process.exitCode = 1
  return false
}

async function read(stage: Stage, target: ImportTarget): Promise<Findings> {
  const findings: Findings = new Map()
  const bar = progress('reading')
  const mapping = mappingIn(options.mapping)
  const model = {
    settings,
    fields: fieldsIn(mapping),
    pendingIfNeverLoggedIn: options['pending-if-never-logged-in'],
    now,
  }
  const users = tableOf(options['user-model'])
  await collect(files, users, model, mapping, stage, findings, bar.advance)
  bar.done()
  if (target.parameters.length > 0) await compare(target, stage, findings, options.again)
  const { fresh, present, keys, blacklisted } = stage.counts()
  console.log(
    `${fresh} users to import, ${present} here already; ${keys} authtoken keys, ` +
      `${blacklisted} blacklisted tokens.`,
  )
  await printBareHashes(stage)
  if (findings.size > 0) console.log(`\n${tableIn(findings)}\n`)
  return findings
}

async function write(stage: Stage, target: ImportTarget) {
  const { fresh } = stage.counts()
  const bar = progress('importing')
  let written = 0
  let head = sequence(stage)
  for await (const { sql, people } of pieces(stage)) {
    await apply(target, head + sql)
    head = ''
    written += people
    bar.advance(written / Math.max(1, fresh))
  }
  if (head) await apply(target, head)
  bar.done()
  const [found] = await ask(
    target,
    `SELECT count(*) AS count FROM users WHERE id <= ${stage.highestId()}`,
  )
  const expected = stage.counts().fresh + stage.counts().present
  if (Number(found?.count) < expected) {
    fail(
      `${expected - Number(found?.count)} users met a sign-up of the same minute. Run it again to see which.`,
    )
  }
  console.log(`${fresh} users imported in ${((performance.now() - started) / 1000).toFixed(0)} s.`)
}

async function writeFiles(stage: Stage, folder: string) {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (readdirSync(folder).length > 0) fail(`--out: ${folder} is not empty.`)
  let count = 0
  let head = sequence(stage)
  for await (const { sql } of pieces(stage)) {
    count++
    const file = join(folder, `${String(count).padStart(4, '0')}.sql`)
    writeFileSync(file, head + sql, { mode: 0o600, flag: 'wx' })
    head = ''
  }
  console.log(`${count} files in ${folder}, to be applied in their order.`)
}

/** With a bar for the wrapping, which is what takes long where there is any. */
async function* pieces(stage: Stage) {
  const { bare } = stage.counts()
  const bar = progress('wrapping')
  const beat = setInterval(() => bar.advance(wrapping.figures().done / bare), 200)
  try {
    for await (const piece of piecesOf(stage, wrapping, now)) {
      bar.done()
      yield piece
    }
  } finally {
    clearInterval(beat)
    bar.done()
  }
}

async function printBareHashes(stage: Stage) {
  const { bare } = stage.counts()
  if (bare === 0) return
  const seconds = Math.ceil(await secondsFor(bare, settings.argon2))
  const time = seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} minutes`
  console.log(
    `${bare} passwords are bare digests, to be wrapped in argon2id: about ${time} on ${wrapping.cores} cores.`,
  )
}

function printWrapped() {
  const { done, seconds } = wrapping.figures()
  if (done === 0) return
  console.log(
    `${done} passwords wrapped in ${seconds.toFixed(0)} s, ${(done / seconds).toFixed(1)} a second.`,
  )
}

function sequence(stage: Stage) {
  return sequenceStatements(stage.highestId() + gap)
}

function whereTo(): string[] {
  if (!options.local && !options.remote) return []
  const persistTo = options['persist-to'] ? ['--persist-to', options['persist-to']] : []
  return [options.remote ? '--remote' : '--local', ...persistTo]
}
