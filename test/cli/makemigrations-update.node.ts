// The folder of migrations: it is never half written, takes the tables of a new version, and may have SQL of a deployer's own.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { before, describe, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import {
  allRows,
  applyMigrations,
  inDatabase,
  kept,
  migrations,
  newest,
  phone,
  prepare,
  project,
  role,
  rowsOf,
  succeeding,
  withoutEffect,
  writeSchema,
} from './migrating.ts'
import { newProject } from './project.ts'

before(() => prepare({ ...kept, fields: `${role} ${phone} town: text(),` }))

describe('the folder is never half written', () => {
  test('Ctrl+C removes the copy', async () => {
    const old = migrations()
    const child = project.start('makemigrations')
    const closed = once(child, 'close')
    while (!existsSync(project.file('.gatehouse'))) await setTimeout(5)

    child.kill('SIGINT')
    const [status] = await closed

    assert.equal(status, 130)
    assert.ok(!existsSync(project.file('.gatehouse')))
    assert.deepEqual(migrations(), old)
  })

  test('a file that cannot be written takes the others with it', async () => {
    writeSchema({ ...kept, fields: `${role} ${phone} town: text(), plan: text(),` })
    const obstacle = project.file('migrations/meta/_journal.new.json')
    mkdirSync(obstacle)
    const old = migrations()

    const { status, output } = await project.run('makemigrations')

    assert.equal(status, 1)
    assert.match(output, /EISDIR/)
    assert.deepEqual(migrations(), old)
    rmSync(obstacle, { recursive: true })
  })
})

test('a rename that drizzle-kit wrote is accepted, and keeps the values', async () => {
  await succeeding('makemigrations', ['--custom', '--name', 'mobile'])
  const [name] = newest()
  const snapshot = `migrations/meta/${name.slice(0, 4)}_snapshot.json`
  project.write(`migrations/${name}`, 'ALTER TABLE `users` RENAME COLUMN `town` TO `city`;')
  project.write(snapshot, readFileSync(project.file(snapshot), 'utf8').replaceAll('town', 'city'))
  writeSchema({ ...kept, fields: `${role} ${phone} city: text(),` })
  inDatabase((database) => database.exec("UPDATE users SET town = 'Lima' WHERE id = 1"))

  const { status, output } = await withoutEffect(['--check'])
  await applyMigrations()

  assert.equal(status, 0, output)
  assert.deepEqual(
    rowsOf('users').map(({ city }) => city),
    ['Lima', ''],
  )
})

test('an update adds the tables and columns of Gatehouse, fills them, and keeps all rows', async () => {
  const schema = readFileSync(project.file('src/schema.ts'), 'utf8')
  const core = readFileSync(project.file('src/core-columns.ts'), 'utf8')
  const backfills = readFileSync(project.file('cli/makemigrations/backfills.ts'), 'utf8')
  const old = allRows()
  project.write(
    'src/schema.ts',
    `${schema}\nexport const passkeys = sqliteTable('passkeys', { id: text('id').primaryKey() })\n`,
  )
  project.write(
    'src/core-columns.ts',
    core.replace('  email: text', "  locale: text('locale'),\n  email: text"),
  )
  project.write(
    'cli/makemigrations/backfills.ts',
    backfills.replace(
      'Backfills = {',
      "Backfills = { 'ALTER TABLE `users` ADD `locale` text': \"UPDATE users SET locale = 'es'\",",
    ),
  )

  await succeeding('makemigrations', ['--name', 'gatehouse_0.3.0'])
  const again = await withoutEffect(['--check'])
  await applyMigrations()

  const [, sql] = newest()
  assert.match(sql, /^CREATE TABLE `passkeys`/)
  assert.match(sql, /\n--> statement-breakpoint\nUPDATE users SET locale = 'es';$/)
  assert.equal(again.status, 0, again.output)
  assert.deepEqual(allRows(), {
    ...old,
    users: old.users?.map((row) => ({ ...row, locale: 'es' })),
  })
})

test('a project without migrations gets its first', async () => {
  rmSync(project.file('migrations'), { recursive: true })

  await succeeding('makemigrations', ['--name', 'initial'])

  assert.deepEqual(Object.keys(migrations()).sort(), [
    '0000_initial.sql',
    '0000_snapshot.json',
    '_journal.json',
  ])
})

for (const program of ['dev', 'deploy']) {
  test(`${program} applies no migration if one would delete sessions`, async () => {
    const fakeWrangler = "require('node:fs').writeFileSync('called', '')"
    const other = newProject({ copied: ['migrations'], fakeWrangler })
    other.write('migrations/0999_own.sql', 'DROP TABLE `users`;')
    const toml = readFileSync('wrangler.toml', 'utf8')
    other.write('wrangler.toml', toml.replace(/database_id = "[0-]+"/, 'database_id = "6a"'))

    const { status, output } = await other.run(program)

    assert.equal(status, 1)
    assert.match(output, /^0999_own\.sql drops the table users/m)
    assert.ok(!existsSync(other.file('called')))
  })
}

test('dev refuses to start with a column without a default', async () => {
  const required = "phone: { column: column('phone').notNull(), maxLength: 20 },"
  writeSchema({ fields: `${role} ${required}` })

  const { status, output } = await project.run('dev')

  assert.equal(status, 1)
  assert.match(output, /The user model: the column "phone" is NOT NULL and has no default/)
})
