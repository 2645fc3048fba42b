// Writes authtoken's keys: those that Gatehouse issued, and with --keys those that were imported.

import { everyRow } from '../database.ts'
import { fail } from '../fail.ts'
import { progress } from '../import/progress.ts'
import { count } from '../numbers.ts'
import { type Fixture, openFixture } from './fixture.ts'
import { importedKeyRows, selectImported } from './imported-keys.ts'
import { keyRow, selectKeys } from './keys.ts'
import { type ExportRun, reportLeftOut } from './run.ts'
import { primaryKeyOf } from './users.ts'

/** @returns the name of the file */
export async function writeKeys(run: ExportRun): Promise<string> {
  const { options, counts, findings } = run
  const file = openFixture(options.out, 'authtoken', options.format)
  await addOurKeys(file, run)
  const ours = file.rows()
  if (options.keys !== undefined) await addImportedKeys(file, options.keys, run)
  file.close()
  const missing = counts.importedKeys - (file.rows() - ours)
  if (missing > 0) {
    reportLeftOut(findings, 'an imported key, of which only the hash is stored', '', missing)
  }
  console.log(`Exported ${count(file.rows(), 'authtoken key')}.`)
  return file.name
}

async function addOurKeys(file: Fixture, { options, settings, counts, findings }: ExportRun) {
  const bar = progress('keys')
  let read = 0
  for await (const key of everyRow(options.where, selectKeys(counts.highestId))) {
    const row = await keyRow(key, settings)
    if (row) file.add(row)
    else {
      const owner = String(primaryKeyOf(settings, key))
      reportLeftOut(findings, 'a key issued under another SECRET_KEY', owner)
    }
    bar.advance(++read / counts.ourKeys)
  }
  bar.clear()
  if (read > 0 && file.rows() === 0) {
    fail('SECRET_KEY must be the one under which the keys were issued.')
  }
}

async function addImportedKeys(file: Fixture, source: string, run: ExportRun) {
  const bar = progress('old keys')
  const imported = everyRow(run.options.where, selectImported(run.counts.highestId))
  try {
    const rows = importedKeyRows(source, imported, run, bar.advance)
    for await (const row of rows) file.add(row)
  } catch (error) {
    fail(`--keys: ${source}: ${(error as Error).message}`)
  }
  bar.clear()
}
