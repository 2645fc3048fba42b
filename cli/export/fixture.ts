// Writes Django's fixtures, which `manage.py loaddata` reads: one file for each app, and one line for each row. Only the
// file's owner can read it. A file without rows is written too, because loaddata fails if a file is missing.

import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { fail } from '../fail.ts'

export interface FixtureRow {
  model: string
  pk: string | number
  fields: Record<string, unknown>
}

export type Format = 'json' | 'jsonl'

export type Fixture = ReturnType<typeof openFixture>

/** Creates the folder for `write`, and deletes it again if `write` does not finish. */
export async function inNewFolder<T>(folder: string, write: () => Promise<T>): Promise<T> {
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    fail(`${folder} ${code === 'EEXIST' ? 'exists already' : `cannot be created: ${code}`}.`)
  }
  const remove = () => rmSync(folder, { recursive: true, force: true })
  process.on('exit', remove)
  const written = await write()
  process.off('exit', remove)
  return written
}

const bufferLength = 65_536 // characters

export function openFixture(folder: string, name: string, format: Format) {
  const [before, between, after] = format === 'json' ? ['[\n', ',\n', '\n]\n'] : ['', '\n', '\n']
  const file = join(folder, `${name}.${format}`)
  let descriptor: number | undefined
  let text = ''
  let rows = 0
  const flush = () => {
    descriptor ??= openSync(file, 'wx', 0o600)
    // writeSync may write only a part of the bytes.
    for (let bytes = Buffer.from(text); bytes.length > 0; ) {
      bytes = bytes.subarray(writeSync(descriptor, bytes))
    }
    text = ''
  }
  return {
    name: `${name}.${format}`,
    rows: () => rows,
    add(row: FixtureRow) {
      text += (rows === 0 ? before : between) + JSON.stringify(row)
      rows++
      if (text.length > bufferLength) flush()
    },
    close() {
      text += rows > 0 ? after : format === 'json' ? '[]\n' : ''
      flush()
      if (descriptor !== undefined) closeSync(descriptor)
    },
  }
}
