// Temporary files with secrets. Only their owner can read them, and they are deleted however the program ends.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const withSecretFile = <T>(name: string, text: string, use: (file: string) => Promise<T>) =>
  withSecretDirectory((directory) => {
    const file = join(directory, name)
    writeFileSync(file, text, { mode: 0o600 })
    return use(file)
  })

/** The same for a directory. */
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
