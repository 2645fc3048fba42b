// Temporary files with secrets. Only the operator's own account can read them. The program deletes them even if it fails
// or a signal ends it.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Calls `use` with a temporary file that holds the text, and deletes it afterwards. */
export const withSecretFile = <T>(name: string, text: string, use: (file: string) => Promise<T>) =>
  withSecretDirectory((directory) => {
    const file = join(directory, name)
    writeFileSync(file, text, { mode: 0o600 })
    return use(file)
  })

/** Calls `use` with a temporary directory for secrets, and deletes it afterwards. */
export async function withSecretDirectory<T>(use: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-'))
  const remove = () => rmSync(directory, { recursive: true, force: true })
  const end = () => process.exit(1)
  process.on('exit', remove).on('SIGINT', end).on('SIGTERM', end)
  try {
    return await use(directory)
  } finally {
    remove()
    process.off('exit', remove).off('SIGINT', end).off('SIGTERM', end)
  }
}
