// Runs drizzle-kit in a copy of the migrations. It is in the project, because drizzle-kit puts `./` before its folder, and it is
// removed at the end, also after Ctrl+C. drizzle-kit never gets a terminal, so that it never waits for an answer.

import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { installedScript } from '../project.ts'
import { migrationsFolder } from '../safe-migrations.ts'
import type { Snapshot } from './defaults.ts'
import { MigrationError } from './migration-error.ts'
import type { Configuration } from './schema.ts'

/** What drizzle-kit wrote. */
export interface Written {
  /** The migration's file name without `.sql`. */
  tag: string
  sql: string
  snapshot: Snapshot
  snapshotFile: string
  journal: string
}

/** `question`: it would ask whether a table or a column was renamed. */
export type Outcome = Written | 'nothing' | 'question'

/** A copy of the migrations in the project. */
export interface Copy {
  /** The newest snapshot; undefined before the first migration. */
  snapshot: Snapshot | undefined
  /** Lets drizzle-kit write a migration into it, and takes that out again. */
  generate(parameters: string[]): Promise<Outcome>
  /** Makes drizzle-kit compare the schema with another snapshot than the newest. */
  replaceSnapshot(snapshot: Snapshot): void
}

const workFolder = '.gatehouse'
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Gives `use` a copy of the migrations, and removes it afterwards. */
export async function withCopy<T>(
  configuration: Configuration,
  use: (copy: Copy) => Promise<T>,
): Promise<T> {
  const folder = join(workFolder, `makemigrations-${randomUUID()}`)
  const interrupted = (signal: (typeof signals)[number]) =>
    process.exit(128 + constants.signals[signal])
  const remove = () => removeFolder(folder)
  for (const signal of signals) process.on(signal, interrupted)
  process.on('exit', remove)
  try {
    mkdirSync(folder, { recursive: true })
    return await use(newCopy(folder, configuration))
  } finally {
    remove()
    process.off('exit', remove)
    for (const signal of signals) process.off(signal, interrupted)
  }
}

function removeFolder(folder: string) {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  try {
    rmdirSync(workFolder)
  } catch {
    // It holds something else.
  }
}

function newCopy(folder: string, configuration: Configuration): Copy {
  const program = installedScript('drizzle-kit', 'bin.cjs')
  const out = join(folder, 'migrations')
  const meta = join(out, 'meta')
  const journal = join(meta, '_journal.json')
  writeFileSync(join(folder, '.gitignore'), '*\n')
  const configurationFile = join(folder, 'drizzle.config.json')
  const relativeOut = out.replaceAll('\\', '/')
  writeFileSync(configurationFile, JSON.stringify({ ...configuration, out: relativeOut }))
  if (existsSync(migrationsFolder)) cpSync(migrationsFolder, out, { recursive: true })

  const before = existsSync(journal) ? readFileSync(journal, 'utf8') : undefined
  const newest = snapshotsIn(meta).at(-1)
  const read = (file: string) => JSON.parse(readFileSync(join(meta, file), 'utf8'))

  return {
    snapshot: newest === undefined ? undefined : (read(newest) as Snapshot),
    replaceSnapshot(snapshot) {
      if (newest !== undefined) writeFileSync(join(meta, newest), JSON.stringify(snapshot))
    },
    async generate(parameters) {
      const output = await run(program, [
        'generate',
        `--config=${configurationFile}`,
        ...parameters,
      ])
      const tag = existsSync(journal) ? newTag(before, readFileSync(journal, 'utf8')) : undefined
      if (tag === undefined) return outcomeIn(output)
      const snapshotFile = snapshotsIn(meta).at(-1) ?? ''
      const written = {
        tag,
        sql: readFileSync(join(out, `${tag}.sql`), 'utf8'),
        snapshot: read(snapshotFile) as Snapshot,
        snapshotFile,
        journal: readFileSync(journal, 'utf8'),
      }
      rmSync(join(out, `${tag}.sql`))
      rmSync(join(meta, snapshotFile))
      if (before === undefined) rmSync(meta, { recursive: true })
      else writeFileSync(journal, before)
      return written
    },
  }
}

/** As drizzle-kit sorts them. */
export const snapshotsIn = (meta: string): string[] =>
  existsSync(meta)
    ? readdirSync(meta)
        .filter((name) => !name.startsWith('_'))
        .sort()
    : []

function newTag(before: string | undefined, after: string): string | undefined {
  const tagsIn = (journal: string) =>
    (JSON.parse(journal) as { entries: { tag: string }[] }).entries.map(({ tag }) => tag)
  const known = before === undefined ? [] : tagsIn(before)
  return tagsIn(after).find((tag) => !known.includes(tag))
}

/** drizzle-kit exits with status 0 even if it fails. */
function outcomeIn(output: string): Outcome {
  if (output.includes('No schema changes')) return 'nothing'
  if (output.includes('Interactive prompts require a TTY')) return 'question'
  throw new MigrationError(
    `${output.trim()}\ndrizzle-kit did not compare the schema with the migrations.`,
  )
}

async function run(program: string, parameters: string[]): Promise<string> {
  const child = spawn(process.execPath, [program, ...parameters], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stop = () => child.kill('SIGKILL')
  process.prependListener('exit', stop) // before its folder is removed
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text
    })
  }
  await once(child, 'close')
  process.off('exit', stop)
  return stripVTControlCharacters(output)
}
