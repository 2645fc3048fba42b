// Writes a migration into the project: its SQL, its snapshot and the journal. All of them or none.

import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { migrationsFolder } from '../safe-migrations.ts'
import type { Written } from './drizzle-kit.ts'

export function writeMigration({ tag, sql, snapshot, snapshotFile, journal }: Written) {
  const meta = join(migrationsFolder, 'meta')
  mkdirSync(meta, { recursive: true })
  const newJournal = join(meta, '_journal.new.json') // drizzle-kit ignores names with _
  const files = [
    [join(meta, snapshotFile), JSON.stringify(snapshot, null, 2)],
    [newJournal, journal],
    [join(migrationsFolder, `${tag}.sql`), sql],
  ] as const
  const done: string[] = []
  try {
    for (const [file, text] of files) {
      writeFileSync(file, '', { flag: file === newJournal ? 'w' : 'wx' })
      done.push(file)
      writeFileSync(file, text)
    }
    renameSync(newJournal, join(meta, '_journal.json'))
  } catch (error) {
    for (const file of done) rmSync(file, { force: true })
    throw error
  }
}
