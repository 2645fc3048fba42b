import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { describe, test } from 'node:test'
import { newSource, rowsIn } from './exporting.ts'
import { newProject } from './project.ts'

const djangos = 'auth.user'
const usersIn = (folder: string) => rowsIn(folder, 'users.json')

describe('npm run export-django writes', () => {
  test('every user by id, readable by the owner only, and the same each time', async () => {
    const { database, folder, runExport, addUser } = newSource()
    addUser(10_000)
    database.exec(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
      INSERT INTO users (id, email, email_key, password, status, date_joined)
      SELECT i, 'x' || i || '@x.org', 'x' || i || '@x.org', '!', 'active', 5 FROM n`)
    addUser(10_007)

    const { status, output } = await runExport()
    const other = newProject().file('again')
    await runExport([], {}, other)

    assert.equal(status, 0, output)
    assert.equal(statSync(folder).mode & 0o777, 0o700)
    assert.deepEqual(readdirSync(folder), ['authtoken.json', 'token_blacklist.json', 'users.json'])
    assert.equal(statSync(`${folder}/users.json`).mode & 0o777, 0o600)
    const ids = usersIn(folder).map(({ pk }) => pk)
    assert.deepEqual(ids, [...Array.from({ length: 10_000 }, (_, i) => i + 1), 10_007])
    assert.deepEqual(readFileSync(`${folder}/users.json`), readFileSync(`${other}/users.json`))
  })

  test('an empty list if there are no keys or no tokens, because loaddata gets every file', async () => {
    for (const [format, text] of [
      ['json', '[]\n'],
      ['jsonl', ''],
    ]) {
      const { folder, runExport, addUser } = newSource()
      addUser(1)

      const { status, output } = await runExport(['--format', String(format)])

      assert.equal(status, 0, output)
      const names = ['users', 'authtoken', 'token_blacklist'].map((name) => `${name}.${format}`)
      for (const name of names.slice(1)) {
        assert.equal(readFileSync(`${folder}/${name}`, 'utf8'), text)
        assert.equal(statSync(`${folder}/${name}`).mode & 0o777, 0o600)
      }
      assert.ok(output.endsWith(`for manage.py loaddata: ${names.join(' ')}\n`), output)
    }
  })

  test('each field in Django’s form, and how many users are inactive', async () => {
    const { folder, runExport, addUser } = newSource()
    const login = Date.UTC(2024, 4, 6, 7, 8, 9, 12)
    addUser(7, { password: 'argon2$argon2id$x', is_staff: 1, last_login: login, first_name: 'Ada' })
    addUser(8, { status: 'pending' })
    addUser(9, { status: 'disabled', is_superuser: 1 })

    const { output } = await runExport()

    const common = { password: '!', is_staff: false, is_superuser: false, last_login: null }
    const shared = { ...common, date_joined: '1970-01-01T00:00:00.005Z' }
    const names = { first_name: '', last_name: '' }
    const named = (id: number) => ({
      ...{ email: `user${id}@example.com`, username: `user${id}@example.com` },
    })
    assert.deepEqual(usersIn(folder), [
      {
        model: djangos,
        pk: 7,
        fields: {
          ...{ ...shared, ...names, ...named(7), is_active: true, is_staff: true },
          ...{ password: 'argon2$argon2id$x', last_login: '2024-05-06T07:08:09.012Z' },
          first_name: 'Ada',
        },
      },
      { model: djangos, pk: 8, fields: { ...shared, ...names, ...named(8), is_active: false } },
      {
        model: djangos,
        pk: 9,
        fields: { ...shared, ...names, ...named(9), is_active: false, is_superuser: true },
      },
    ])
    assert.match(output, /^Exported 3 users \(inactive in Django: 1 disabled, 1 pending\)\.$/m)
  })

  test('a username for every user: their own, their email, or one made of the id', async () => {
    const { folder, runExport, addUser } = newSource()
    addUser(1, { username: 'user2@example.com' })
    addUser(2)
    addUser(3)
    addUser(4, { email: `${'x'.repeat(150)}@example.com` })
    addUser(5, { email: null })

    const { output } = await runExport()

    assert.deepEqual(
      usersIn(folder).map(({ fields }) => fields.username),
      ['user2@example.com', 'gatehouse-2', 'user3@example.com', 'gatehouse-4', 'gatehouse-5'],
    )
    assert.equal(usersIn(folder)[4]?.fields.email, '')
    assert.match(output, /^an email that cannot be a username.* +3 +exported +2, 4, 5$/m)
  })

  test('a custom user model with the field names of the mapping file', async () => {
    const { project, folder, runExport, addUser } = newSource()
    addUser(1, { username: 'ada', first_name: 'Ada', last_name: 'Lovelace', role: 'editor' })
    const left = { last_name: null, date_joined: null, is_admin: null }
    project.write('mapping.json', JSON.stringify({ first_name: 'given', ...left }))

    const { status, output } = await runExport([
      ...['--model', 'people.Person', '--mapping', 'mapping.json', '--format', 'jsonl'],
    ])

    assert.equal(status, 0, output)
    assert.deepEqual(rowsIn(folder, 'users.jsonl'), [
      {
        model: 'people.Person',
        pk: 1,
        fields: {
          ...{ email: 'user1@example.com', password: '!', is_active: true, last_login: null },
          ...{ is_staff: false, is_superuser: false, given: 'Ada', role: 'editor' },
        },
      },
    ])
    assert.match(output, /^username, for which people\.Person has no field +1 +left out +1$/m)
    assert.match(output, /^last_name, for which people\.Person has no field +1 +left out +1$/m)
  })

  test('which hashers Django requires, and no bare digest', async () => {
    const { folder, runExport, addUser } = newSource()
    addUser(1, { password: '5f4dcc3b5aa765d61d8327deb882cf99' })
    addUser(2, { password: 'argon2_sha256$$argon2id$v=19$x' })
    addUser(3, { password: 'bcrypt$$2b$12$x' })
    addUser(4)
    addUser(5, { password: 'rot13$x' })

    const { output } = await runExport(['--var', 'ARGON2_MEMORY_COST:64'])

    const passwords = usersIn(folder).map(({ fields }) => String(fields.password))
    assert.match(passwords[0] ?? '', /^argon2_md5\$\$argon2id\$v=19\$m=64,/)
    assert.deepEqual(passwords.slice(1), [
      ...['argon2_sha256$$argon2id$v=19$x', 'bcrypt$$2b$12$x', '!', 'rot13$x'],
    ])
    assert.match(output, /^argon2_md5 +1 +Argon2MD5 of cli\/django\/hashers\.py/m)
    assert.match(output, /^argon2_sha256 +1 +Argon2SHA256 of cli\/django\/hashers\.py/m)
    assert.match(output, /^bcrypt +1 +BCryptPasswordHasher/m)
    assert.match(output, /^none \(unusable\) +1$/m)
    assert.match(output, /^rot13 +1 +no hasher reads it$/m)
  })
})

describe('npm run export-django --dry-run', () => {
  test('counts what it would write, and writes nothing', async () => {
    const { folder, runExport, addUser } = newSource()
    addUser(1)

    const { status, output } = await runExport(['--dry-run'])

    assert.equal(status, 0, output)
    assert.equal(output, `1 user and 0 authtoken keys would be written to ${folder}.\n`)
    assert.ok(!existsSync(folder))
  })
})

describe('npm run export-django refuses', () => {
  const refusals: [string, string[], RegExp, (1 | 2)?][] = [
    ['two databases', ['--local', '--remote'], /^Use only one of --local and --remote\.$/m, 2],
    ['a placeholder database', ['--remote'], /^database_id /],
    ['a model without an app', ['--model', 'user'], /^--model must be an app and a model, /m, 2],
    ['an unknown format', ['--format', 'xml'], /^--format must be json or jsonl\.$/m, 2],
    ['a folder in the project', ['--out', 'exported'], /^--out: exported is in this directory/],
    ['a mapping of a stranger', ['--mapping', 'mapping.json'], /Gatehouse has no field nick/],
    ['keys that are not there', ['--keys', 'users.csv'], /has no table authtoken_token/],
  ]
  for (const [name, options, sentence, expected = 1] of refusals) {
    test(`${name}, and leaves no file`, async () => {
      const { project, folder, runExport, addUser } = newSource()
      project.write('mapping.json', '{"nick": "name"}')
      project.write('users.csv', 'id,email\n1,ada@example.com\n')
      addUser(1)

      const { status, output } = await runExport(options)

      assert.equal(status, expected)
      assert.match(output, sentence)
      assert.ok(!existsSync(folder))
    })
  }

  test('a missing or existing folder, and a database without users or tables', async () => {
    const { project, database, folder, runExport, addUser } = newSource()
    const unnamed = await project.run('export-django', [])
    assert.match(unnamed.output, /^--out FOLDER is required\./m)
    assert.match((await runExport()).output, /^There are no users\.$/m)
    addUser(1)
    mkdirSync(folder)
    const there = await runExport()
    assert.deepEqual([there.status, readdirSync(folder)], [1, []])
    assert.match(there.output, /exported exists already\.$/m)
    database.exec('DROP TABLE users')
    assert.match((await runExport()).output, /^The database has no tables yet/m)
  })

  test('to export without SECRET_KEY, except with --users-only', async () => {
    const { folder, runExport, addUser, insert } = newSource()
    addUser(1)
    insert('sessions', { id: 'a', user_id: 1, created_at: 1, refreshed_at: 1, revoked_at: 1 })

    const refused = await runExport([], { SECRET_KEY: '' })
    assert.equal(refused.status, 1)
    assert.match(refused.output, /Set it in the environment, or use --users-only\.$/m)
    const { status } = await runExport(['--users-only'], { SECRET_KEY: '' })
    assert.deepEqual([status, readdirSync(folder)], [0, ['users.json']])
  })

  test('to leave a partial export if the database fails', async () => {
    const { folder, runExport, addUser } = newSource()
    addUser(1)

    const { status, output } = await runExport([], { FAIL_AT: '3' })

    assert.equal(status, 1)
    assert.match(output, /^D1_ERROR: not now$/m)
    assert.ok(!existsSync(folder))
  })
})
