// Django's fixtures, as `manage.py loaddata` reads them: a file for each app, a line for each row, for its owner
// alone. A file is there where it has no row too, for loaddata takes it and fails where it is not.

import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { fail } from '../fail.ts'

export interface FixtureRow {
  model: string
  pk: string | number
  fields: Record<string, unknown>
}

export type Format = 'json' | 'jsonl'
export type Fixture = ReturnType<typeof fixture>

/** Makes the folder, which is gone again where `write` does not come to its end. */
export async function inNewFolder<T>(folder: string, write: () => Promise<T>): Promise<T> {
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    fail(`${folder} ${code === 'EEXIST' ? 'is there already' : `cannot be made: ${code}`}.`)
  }
  const remove = () => rmSync(folder, { recursive: true, force: true })
  process.on('exit', remove)
  const written = await write()
  process.off('exit', remove)
  return written
}

const keepTogether = 65_536 // characters in memory

export function fixture(folder: string, name: string, format: Format) {
  const [before, between, after] = format === 'json' ? ['[\n', ',\n', '\n]\n'] : ['', '\n', '\n']
  const file = join(folder, `${name}.${format}`)
  let descriptor: number | undefined
  let text = ''
  let rows = 0
  const flush = () => {
    descriptor ??= openSync(file, 'wx', 0o600)
    // A write may stop short of its end.
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
      if (text.length > keepTogether) flush()
    },
    close() {
      text += rows > 0 ? after : format === 'json' ? '[]\n' : ''
      flush()
      if (descriptor !== undefined) closeSync(descriptor)
    },
  }
}
