// `npm run db:generate`: changes that lose nothing, defaults, and options.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { before, describe, test } from 'node:test'
import { header, quiet } from './importing.ts'
import {
  allRows,
  applyMigrations,
  inDatabase,
  kept,
  newest,
  ownTables,
  phone,
  prepare,
  project,
  role,
  rowsOf,
  succeeding,
  tables,
  withoutEffect,
  writeSchema,
} from './migrating.ts'
import { newProject } from './project.ts'
import { freePort, waitForOutput } from './running.ts'

before(() => prepare())

describe('a change that loses nothing', () => {
  test('a new field is added', async () => {
    writeSchema({ fields: `${role} phone: text({ unique: true, maxLength: 20 }),` })

    const output = await succeeding('makemigrations', ['--name', 'phone'])

    const [name, sql] = newest()
    assert.match(name, /^\d{4}_phone\.sql$/)
    assert.match(sql, /^ALTER TABLE `users` ADD `phone` text;/)
    assert.ok(output.includes(sql) && output.includes(`Wrote migrations/${name}`), output)
  })

  test('a table of the deployer’s that no other refers to is rebuilt, with its rows', async () => {
    const tables = ownTables.replace("text('size').default('S')", "integer('size').default(1)")
    const old = allRows()
    writeSchema({ fields: `${role} phone: text({ unique: true, maxLength: 20 }),`, tables })

    await succeeding('makemigrations')
    await applyMigrations()

    assert.deepEqual(allRows(), {
      ...old,
      users: old.users?.map((row) => ({ ...row, phone: null })),
    })
  })
})

describe('another default', () => {
  const customer = role.replace("'user'", "'customer'")
  const others = { ...kept, tables: tables.replace('default(1)', 'default(2)') }

  test('alone: the migration only records it', async () => {
    writeSchema({ ...others, fields: `${customer} ${phone}` })

    await succeeding('makemigrations', ['--name', 'defaults'])

    const [name, sql] = newest()
    assert.match(name, /_defaults\.sql$/)
    assert.match(
      sql,
      /^-- users\.role has another default\. .*\n-- notes\.size has another default\. .*\nSELECT 1;$/,
    )
    assert.match((await withoutEffect(['--check'])).output, /^The migrations match the schema/)
  })

  test('with a new column: only the column is added', async () => {
    writeSchema({ ...kept, fields: `${role.replace("'user'", "'guest'")} ${phone} town: text(),` })

    await succeeding('makemigrations')

    const [, sql] = newest()
    assert.deepEqual(
      sql.split('\n').map((line) => line.slice(0, 36)),
      [
        '-- users.role has another default. Th',
        '-- notes.size has another default. Th',
        'ALTER TABLE `users` ADD `town` text DE',
      ].map((line) => line.slice(0, 36)),
    )
  })

  test('code writes the new one, whatever the database has', async () => {
    const [ada, bo, di] = ['ada', 'bo', 'di'].map((name) => `${name}@example.com`)
    const names = { first_name: 'Ada', last_name: 'Ray' }
    const port = await freePort()
    const dev = project.start('dev', ['--port', String(port)])
    await waitForOutput(dev, `answers at http://localhost:${port}`)
    const { status } = await fetch(`http://localhost:${port}/auth/users/`, {
      method: 'POST',
      body: new URLSearchParams({ ...names, email: ada ?? '', password: 'a pond of herons' }),
    })
    dev.kill('SIGINT')
    await once(dev, 'close')
    assert.equal(status, 201)
    const superuser = ['--noinput', '--email', bo ?? '', '--first_name', 'Bo', '--last_name', 'Ray']
    const password = { DJANGO_SUPERUSER_PASSWORD: 'a pond of herons' }
    const created = await project.run('createsuperuser', superuser, password)
    assert.equal(created.status, 0, created.output)
    const out = newProject().file('sql')
    project.write('users.csv', `${header}\n70,${di},!,t,f,f,,2020-01-02 03:04:05+00,,\n`)
    const imported = await project.run('import-django', ['users.csv', '--out', out], quiet)
    assert.equal(imported.status, 0, imported.output)
    inDatabase((database) => {
      for (const name of readdirSync(out)) database.exec(readFileSync(`${out}/${name}`, 'utf8'))
    })

    const roles = rowsOf('users').map(({ email, role: each }) => [email, each])

    assert.deepEqual(roles, [
      ['a@example.com', 'user'],
      ['b@example.com', 'user'],
      [ada, 'guest'],
      [bo, 'guest'],
      [di, 'guest'],
    ])
  })
})

describe('options', () => {
  const changed = {
    ...kept,
    fields: `${role.replace("'user'", "'guest'")} ${phone} town: text(), plan: text(),`,
  }
  const added = "ALTER TABLE `users` ADD `plan` text DEFAULT '' NOT NULL;"

  test('--check prints the missing SQL, with status 1', async () => {
    writeSchema(changed)

    const { status, output } = await withoutEffect(['--check'])

    assert.equal(status, 1)
    assert.ok(output.startsWith(added), output)
    assert.match(output, /The schema lacks this migration\./)
  })

  test('--dry-run prints the SQL, with status 0', async () => {
    const { status, output } = await withoutEffect(['--dry-run', '--name', 'gatehouse_0.3.0'])

    assert.equal(status, 0)
    assert.ok(output.startsWith(added), output)
    assert.match(output, /migrations\/\d{4}_gatehouse_0\.3\.0\.sql was not written\.\n$/)
  })

  test('--json prints the result as JSON', async () => {
    const { output } = await withoutEffect(['--check', '--json', '--name', 'plan'])
    writeSchema({ ...changed, tables: ownTables.replace(/export const notes .*\n/, '') })
    const refused = await withoutEffect(['--json'])

    const { migration, ...result } = JSON.parse(output)
    assert.match(migration, /^\d{4}_plan\.sql$/)
    assert.deepEqual(result, { sql: added, written: false, error: null })
    assert.equal(refused.status, 1)
    assert.equal(JSON.parse(refused.output).migration, null)
    assert.match(JSON.parse(refused.output).error, /drops the table notes/)
  })

  test('--custom writes an empty migration, whatever the schema has', async () => {
    writeSchema(changed)

    await succeeding('makemigrations', ['--custom', '--name', 'fill'])

    assert.match(newest()[0], /_fill\.sql$/)
    assert.match(newest()[1], /^-- Custom SQL migration file/)
    assert.equal((await withoutEffect(['--check'])).status, 1)
  })

  test('a wrong one is answered by a sentence', async () => {
    const wrong = [['--out', 'x'], ['--name', '../x'], ['more'], ['--custom', '--check']]
    for (const parameters of wrong) {
      const { status, output } = await withoutEffect(parameters)

      assert.notEqual(status, 0)
      assert.doesNotMatch(output, /\n {4}at /)
    }
  })
})

test('dev names the columns that are in no migration', async () => {
  writeSchema({
    ...kept,
    fields: `${role.replace("'user'", "'guest'")} ${phone} town: text(), plan: text(),`,
  })
  const dev = project.start('dev', ['--port', String(await freePort())])
  await waitForOutput(dev, 'answers at http://localhost:')
  let log = ''
  for await (const text of dev.stderr.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    log += text
    if (log.includes('in no migration')) break
  }
  dev.kill('SIGINT')
  await once(dev, 'close')

  assert.match(
    log,
    /^users\.plan is in no migration\. Stop, run npm run db:generate, and start again\.$/m,
  )
})
