// `npm run db:generate` in a copy of the project, and dev and deploy with a migration that loses rows.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { newProject } from './project.ts'

const copied = ['src', 'cli', 'migrations', 'package.json', 'tsconfig.json', 'drizzle.config.ts']
const shipped = readFileSync('src/user-model.ts', 'utf8')
const role =
  "role: text({ default: 'user', maxLength: 50, readOnly: 'except-staff', after: 'last_name' }),"
const required = "phone: { column: textColumn('phone').notNull(), maxLength: 20 },"

function projectWith(fields: string) {
  const project = newProject({ copied })
  const imported = "import { sqliteTable, text as textColumn } from 'drizzle-orm/sqlite-core'"
  const model = shipped
    .replace("import { sqliteTable } from 'drizzle-orm/sqlite-core'", imported)
    .replace(role, fields)
  project.write('src/user-model.ts', model)
  return {
    ...project,
    /** Every file of the folder, by name. */
    migrations: () =>
      Object.fromEntries(
        readdirSync(project.file('migrations'), { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map(({ parentPath, name }) => [name, readFileSync(`${parentPath}/${name}`, 'utf8')]),
      ),
  }
}

test('writes a migration for a column that may be null', async () => {
  const project = projectWith(`${role} phone: text({ unique: true, maxLength: 20 }),`)

  const { status, output } = await project.run('makemigrations', ['--name', 'phone'])

  assert.equal(status, 0, output)
  const [name] = Object.keys(project.migrations()).filter((each) => each.endsWith('_phone.sql'))
  assert.match(project.migrations()[name ?? ''] ?? '', /ALTER TABLE `users` ADD `phone` text/)
})

const refused: [string, string, RegExp][] = [
  [
    'another default, which rebuilds the table of users',
    role.replace("'user'", "'customer'"),
    /^\d+_\w+\.sql rebuilds or drops the table users .* rows of .*sessions/m,
  ],
  [
    'a column NOT NULL without a default',
    `${role} ${required}`,
    /The user model: the column "phone" is NOT NULL and has no default/m,
  ],
]
for (const [name, columns, sentence] of refused) {
  test(`${name}: keeps nothing, and prints the reason`, async () => {
    const project = projectWith(columns)
    const before = project.migrations()

    const { status, output } = await project.run('makemigrations')

    assert.equal(status, 1)
    assert.match(output, sentence)
    assert.match(output, /The migration was not kept\.\n$/)
    assert.deepEqual(project.migrations(), before)
  })
}

test('answers a wrong option by a sentence', async () => {
  for (const parameters of [['--out', 'x'], ['--name', '../x'], ['more']]) {
    const { status, output } = await projectWith(role).run('makemigrations', parameters)

    assert.notEqual(status, 0)
    assert.doesNotMatch(output, /\n {4}at /)
  }
})

for (const tool of ['dev', 'deploy']) {
  test(`${tool} applies no migration if one would delete sessions`, async () => {
    const fakeWrangler = "require('node:fs').writeFileSync('called', '')"
    const project = newProject({ copied: ['migrations'], fakeWrangler })
    writeFileSync(project.file('migrations/0999_own.sql'), 'DROP TABLE `users`;')
    const toml = readFileSync('wrangler.toml', 'utf8').replace(
      /database_id = "[0-]+"/,
      'database_id = "6a"',
    )
    project.write('wrangler.toml', toml)

    const { status, output } = await project.run(tool)

    assert.equal(status, 1)
    assert.match(output, /^0999_own\.sql rebuilds or drops the table users/)
    assert.deepEqual(readdirSync(project.file('.')).includes('called'), false)
  })
}

test('dev refuses to start with a column without a default', async () => {
  const project = projectWith(`${role} ${required}`)

  const { status, output } = await project.run('dev')

  assert.equal(status, 1)
  assert.match(output, /The user model: the column "phone" is NOT NULL and has no default/)
})
