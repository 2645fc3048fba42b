// A Worker's local D1 beside the Worker: what an import puts there, and what an operator reads.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { askWrangler } from '../../../tools/wrangler.ts'
import { root, run } from './processes.ts'
import { d1Of } from './worker.ts'

/** `npm run import-django` of files into the D1 of the Worker that has its state in that folder. */
export async function importInto(folder: string, words: string[]): Promise<void> {
  const tool = [process.execPath, '--disable-warning=ExperimentalWarning', 'tools/import-django.ts']
  const options = { cwd: root, log: join(folder, 'import.log') }
  await run([...tool, '--local', '--persist-to', d1Of(folder), ...words], options)
}

export async function execute(folder: string, sql: string): Promise<Record<string, unknown>[]> {
  const file = join(folder, 'statement.sql')
  await writeFile(file, sql)
  const local = ['DB', '--local', '--persist-to', d1Of(folder)]
  const asked = await askWrangler(['d1', 'execute', ...local, '--json', '--file', file])
  if (!asked.succeeded) throw new Error(asked.output)
  return JSON.parse(asked.answer)[0].results
}
