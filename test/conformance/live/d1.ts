// The local D1 of a Worker: the operator's commands write it and read it.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runWrangler } from '../../../cli/wrangler.ts'
import { root, run } from './processes.ts'
import { d1Of, secretKey } from './worker.ts'

/** Runs `npm run import-django` on files, into the D1 of the Worker that has its state in that folder. */
export const importInto = (folder: string, words: string[]) =>
  tool(folder, 'import', [...words, ...quickWrapping])

const quickWrapping = ['--var', 'ARGON2_MEMORY_COST:64', '--var', 'ARGON2_TIME_COST:1']

/** Runs `npm run export-django` into a new folder, and returns the folder. */
export async function exportFrom(folder: string, words: string[]): Promise<string> {
  const out = join(folder, 'fixtures')
  await tool(folder, 'export', ['--out', out, ...words])
  return out
}

async function tool(folder: string, name: 'import' | 'export', words: string[]) {
  const node = [process.execPath, '--disable-warning=ExperimentalWarning']
  const parameters = ['--local', '--persist-to', d1Of(folder), ...words]
  await run([...node, 'cli/gatehouse.ts', `${name}-django`, ...parameters], {
    ...{ cwd: root, log: join(folder, `${name}.log`), env: { SECRET_KEY: secretKey } },
  })
}

export async function execute(folder: string, sql: string): Promise<Record<string, unknown>[]> {
  const file = join(folder, 'statement.sql')
  await writeFile(file, sql)
  const local = ['DB', '--local', '--persist-to', d1Of(folder)]
  const asked = await runWrangler(['d1', 'execute', ...local, '--json', '--file', file])
  if (!asked.succeeded) throw new Error(asked.output)
  return JSON.parse(asked.stdout)[0].results
}
