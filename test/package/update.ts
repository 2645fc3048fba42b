// An update: a release with one table and one column more is installed in the project, whose database has rows.

import assert from 'node:assert/strict'
import { cpSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { file, gatehouse, project, tryGatehouse } from './project.ts'
import { personal, rowsOf } from './rows.ts'
import { logIn, whileItRuns } from './worker.ts'
import { edit, npmInstall, pack, readJson, succeed, workshop } from './workshop.ts'

export function testTheUpdate() {
  test('an update adds a table and a column, and keeps every row', async () => {
    const before = rowsOf(...personal)
    await npmInstall(project, [await packNextRelease()])

    const check = await tryGatehouse('check')
    assert.equal(check.status, 1, check.output)
    assert.match(check.output, /ADD `next_column`/)

    await gatehouse('makemigrations', '--name', 'update')
    const name = readdirSync(file('migrations')).find((each) => each.endsWith('_update.sql'))
    const sql = readFileSync(file(`migrations/${name}`), 'utf8')
    assert.match(sql, /CREATE TABLE `next_table`/)
    assert.match(sql, /ALTER TABLE `users` ADD `next_column` text;/)
    assert.doesNotMatch(sql, /DROP|__new_/)
    await gatehouse('check')
    await gatehouse('migrate')

    const after = rowsOf(...personal)
    const users = before.users?.map((user) => ({ ...user, next_column: null }))
    assert.deepEqual(after, { ...before, users })
    assert.equal(before.users?.[0]?.company, 'Herons Ltd')
    assert.deepEqual(rowsOf('next_table'), { next_table: [] })

    const again = await gatehouse('makemigrations')
    assert.match(again.output, /match the schema/)
    await whileItRuns(logIn)
  })
}

const sources = [
  ...['README.md', 'CHANGELOG.md', 'LICENSE', 'package.json', 'src', 'cli', 'bin', 'build'],
  ...['assets', 'docs', 'examples', 'template', 'migrations', 'create-gatehouse-auth'],
  ...['tsconfig.json', 'tsconfig.build.json', 'tsdown.config.ts'],
]

/** This package with one table and one column more. @returns the tarball */
async function packNextRelease(): Promise<string> {
  const copy = join(workshop, 'next')
  for (const name of sources) cpSync(name, join(copy, name), { recursive: true })
  symlinkSync(resolve('node_modules'), join(copy, 'node_modules'))
  const { version } = readJson('package.json')
  edit(join(copy, 'package.json'), [`"version": "${version}"`, `"version": "${version}-next.1"`])
  edit(join(copy, 'src/core-columns.ts'), [
    '  email: text(',
    "  nextColumn: text('next_column'),\n  email: text(",
  ])
  edit(join(copy, 'src/schema.ts'), [
    '/** One row for each login.',
    "export const nextTable = sqliteTable('next_table', { id: integer('id').primaryKey() })\n\n/** One row for each login.",
  ])
  const PATH = [resolve('node_modules/.bin'), process.env.PATH].join(
    process.platform === 'win32' ? ';' : ':',
  )
  await succeed(['tsdown', '--filter', 'code'], { cwd: copy, PATH })
  await succeed(['node', 'build/package.ts'], { cwd: copy, PATH })
  const types = readdirSync('dist/package/dist').filter((name) => name.endsWith('.d.ts'))
  for (const name of types)
    cpSync(join('dist/package/dist', name), join(copy, 'dist/package/dist', name))
  return pack(join(copy, 'dist/package'))
}
