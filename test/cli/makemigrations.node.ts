// `npm run db:generate` in a project whose local D1 has users, sessions and events. Its schema is a deployer's: it exports
// Gatehouse's tables, and their own.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { before, describe, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { header, quiet } from './importing.ts'
import { newProject } from './project.ts'
import { freePort, waitForOutput } from './running.ts'

const copied = ['src', 'cli', 'migrations', 'package.json', 'tsconfig.json', 'drizzle.config.ts']
const project = newProject({ copied })
const shippedModel = readFileSync('src/user-model.ts', 'utf8')
const role =
  "role: text({ default: 'user', maxLength: 50, readOnly: 'except-staff', after: 'last_name' }),"

const ownTables = `import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { users } from '../src/schema.ts'

export const teams = sqliteTable('teams', { id: integer('id').primaryKey(), name: text('name') })
export const members = sqliteTable('members', {
  team: integer('team').references(() => teams.id, { onDelete: 'cascade' }),
  user: integer('user').references(() => users.id, { onDelete: 'cascade' }),
})
export const notes = sqliteTable('notes', { id: integer('id').primaryKey(), size: text('size').default('S') })
`

before(async () => {
  project.write(
    'drizzle.config.ts',
    `import { defineConfig } from 'drizzle-kit'
     export default defineConfig({ dialect: 'sqlite', schema: './src/project.ts', out: './migrations' })`,
  )
  writeSchema()
  await succeeding('makemigrations', ['--name', 'own'])
  await applyMigrations()
  insertRows()
})

/** Writes the deployer's files, with changes of a test. */
function writeSchema({ fields = role, tables = ownTables, exports = '' } = {}) {
  const imported = "import { sqliteTable, text as column } from 'drizzle-orm/sqlite-core'"
  project.write(
    'src/user-model.ts',
    shippedModel
      .replace("import { sqliteTable } from 'drizzle-orm/sqlite-core'", imported)
      .replace('{ type Field, text }', '{ type Field, integer, text }')
      .replace(role, fields),
  )
  project.write('src/tables.ts', tables)
  project.write(
    'src/project.ts',
    `export * from './schema.ts'\nexport * from './tables.ts'\n${exports}`,
  )
}

async function succeeding(program: string, parameters: string[] = []) {
  const { status, output } = await project.run(program, parameters)
  assert.equal(status, 0, output)
  return output
}

async function applyMigrations() {
  const apply = ['d1', 'migrations', 'apply', 'DB', '--local']
  const { status, output } = await project.runScript('wrangler/bin/wrangler.js', apply)
  assert.equal(status, 0, output)
}

const databaseFile = () => {
  const files = globSync('.wrangler/state/v3/d1/**/*.sqlite', { cwd: project.file('.') })
  const file = files.find((name) => !name.endsWith('metadata.sqlite'))
  assert.ok(file)
  return project.file(file)
}

function inDatabase<T>(use: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(databaseFile())
  try {
    return use(database)
  } finally {
    database.close()
  }
}

const insertRows = () =>
  inDatabase((database) =>
    database.exec(`
      INSERT INTO users (id, email, email_key, password, status, date_joined)
        VALUES (1, 'a@example.com', 'a@example.com', '!', 'active', 1), (2, 'b@example.com', 'b@example.com', '!', 'active', 1);
      INSERT INTO sessions (id, user_id, created_at, refreshed_at) VALUES ('s', 1, 1, 1);
      INSERT INTO security_events (user_id, type, created_at) VALUES (1, 'login', 1), (2, 'login', 1);
      INSERT INTO teams (id, name) VALUES (7, 'Herons');
      INSERT INTO members (team, user) VALUES (7, 1);
      INSERT INTO notes (id, size) VALUES (1, 'S');`),
  )

const rowsOf = (table: string) =>
  inDatabase((database) =>
    database
      .prepare(`SELECT * FROM ${table}`)
      .all()
      .map((row) => ({ ...row })),
  )

const tablesWithRows = ['users', 'sessions', 'security_events', 'teams', 'members', 'notes']

const allRows = () => Object.fromEntries(tablesWithRows.map((table) => [table, rowsOf(table)]))

/** Every file of the migrations, by name. */
const migrations = () =>
  Object.fromEntries(
    readdirSync(project.file('migrations'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => [name, readFileSync(`${parentPath}/${name}`, 'utf8')]),
  )

const newest = () =>
  Object.entries(migrations())
    .filter(([name]) => name.endsWith('.sql'))
    .sort()
    .at(-1) ?? ['', '']

const hashOf = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex')

/** A command that must change nothing, neither in the project nor in the database. */
async function withoutEffect(parameters: string[]) {
  const state = () => ({
    migrations: migrations(),
    database: hashOf(databaseFile()),
    files: readdirSync(project.file('.')).sort(),
  })
  const old = state()
  const result = await project.run('makemigrations', parameters)
  assert.deepEqual(state(), old)
  return result
}

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

const phone = 'phone: text({ unique: true, maxLength: 20 }),'
const tables = ownTables.replace("text('size').default('S')", "integer('size').default(1)")
/** What the tests above have migrated. */
const kept = { fields: `${role} ${phone}`, tables }

describe('what is refused leaves the rows and the folder as they were', () => {
  const refused: [string, Parameters<typeof writeSchema>[0], RegExp][] = [
    [
      'another type of a user’s column',
      { ...kept, fields: `role: integer({ default: 1 }), ${phone}` },
      /rebuilds the table users \(role: text not null → integer not null\)\. D1 would also delete the rows of .*sessions.* members/,
    ],
    [
      'another type in a table of the deployer’s that others refer to',
      { ...kept, tables: tables.replace("text('name')", "integer('name')") },
      /rebuilds the table teams \(name: text → integer\)\. D1 would also delete the rows of members/,
    ],
    [
      'a field that is gone',
      { ...kept, fields: role },
      /drops the column users\.phone, with its value in every row of users\. Leave it in the code/,
    ],
    [
      'a table that is gone',
      { ...kept, tables: tables.replace(/export const notes .*\n/, '') },
      /drops the table notes, with all its rows\. Leave the table in the code/,
    ],
    [
      'a column NOT NULL without a default, in a table of the deployer’s',
      {
        ...kept,
        tables: tables.replace("text('name') }", "text('name'), town: text('town').notNull() }"),
      },
      /adds the column town to teams as NOT NULL without a default/,
    ],
    [
      'a column that may have been renamed, about which drizzle-kit would ask',
      { ...kept, fields: `${role} mobile: text({ unique: true, maxLength: 20 }),` },
      /users: phone is gone, and mobile is new\.\n.*npx drizzle-kit generate/,
    ],
    [
      'a table that may have been renamed',
      { ...kept, tables: tables.replace("sqliteTable('notes'", "sqliteTable('remarks'") },
      /Tables: notes is gone, and remarks is new\.\n.*npx drizzle-kit generate/,
    ],
    [
      'a table with the SQL name of one of Gatehouse’s',
      { ...kept, tables: tables.replace("sqliteTable('notes'", "sqliteTable('sessions'") },
      /a table of yours has the name 'sessions' in SQL, which is Gatehouse's\. .*'my_sessions'/,
    ],
    [
      'a table whose name in code is that of one of Gatehouse’s, so that both are dropped',
      { ...kept, tables: tables.replace('const notes', 'const sessions') },
      /does not export Gatehouse's table 'sessions'\. .* Rename yours/,
    ],
    [
      'a table that replaces one of Gatehouse’s',
      { ...kept, exports: "import { notes } from './tables.ts'\nexport { notes as pulse }" },
      /does not export Gatehouse's table 'pulse'/,
    ],
  ]
  for (const [name, changes, sentence] of refused) {
    test(name, async () => {
      writeSchema(changes)

      const { status, output } = await withoutEffect([])

      assert.equal(status, 1, output)
      assert.match(output, sentence)
      assert.match(output, /No migration was written\.\n$/)
      assert.doesNotMatch(output, /\n {4}at /)
    })
  }

  const broken: [string, Parameters<typeof writeSchema>[0], RegExp][] = [
    [
      'a column NOT NULL without a default, in the user model',
      { ...kept, fields: `${kept.fields} town: { column: column('town').notNull() },` },
      /^The user model: the column "town" is NOT NULL and has no default/,
    ],
    [
      'a file with an error',
      { ...kept, tables: `${tables} export const broken = undefined.x` },
      /^src\/project\.ts could not be loaded\.\nTypeError: Cannot read properties of undefined/,
    ],
  ]
  for (const [name, changes, sentence] of broken) {
    test(name, async () => {
      writeSchema(changes)

      const { status, output } = await withoutEffect([])

      assert.equal(status, 1, output)
      assert.match(output, sentence)
    })
  }
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
  writeSchema({ ...kept, fields: `${role.replace("'user'", "'guest'")} ${phone} city: text(),` })
  inDatabase((database) => database.exec("UPDATE users SET town = 'Lima' WHERE id = 1"))

  const { status, output } = await withoutEffect(['--check'])
  await applyMigrations()

  assert.equal(status, 0, output)
  assert.deepEqual(
    rowsOf('users').map(({ city }) => city),
    ['Lima', '', '', '', ''],
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
