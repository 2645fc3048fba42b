// Import and export of a Django whose users have UUIDs, with USER_PK=uuid.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import { newSource, rowsIn, secretKey } from './exporting.ts'
import { dryRun, fileOf, importFiles, migrate, quiet } from './importing.ts'
import { newProject } from './project.ts'

const byUuid = ['--var', 'USER_PK:uuid']
const model = ['--user-model', 'accounts.UserAccount']
const [ada, eve, zoe] = [
  'f47ac10b-58cc-4372-a567-0e02b2c3d479',
  '0b6a1b62-5d5c-4a5e-8f2b-0d9c8f3a1e77',
  '9cc6e9b8-68db-4320-ae31-28cc8a709a60',
] as const
const withoutDashes = (uuid: string) => uuid.replaceAll('-', '')
const joined = { [ada]: '2020-01-01', [eve]: '2022-01-01', [zoe]: '2021-01-01' }
const day = (uuid: keyof typeof joined) => `${joined[uuid]}T00:00:00Z`

const user = (pk: keyof typeof joined, email: string) => ({
  model: 'accounts.useraccount',
  pk,
  fields: { email, password: '!', is_active: true, date_joined: day(pk) },
})
const users = [user(eve, 'eve@x.org'), user(zoe, 'zoe@x.org'), user(ada, 'ada@x.org')]
const tokens = [
  { model: 'authtoken.token', pk: 'a'.repeat(40), fields: { user: zoe, created: day(zoe) } },
  {
    model: 'token_blacklist.outstandingtoken',
    pk: 1,
    fields: { user: ada, jti: 'j1', token: '', expires_at: '2090-01-01T00:00:00Z' },
  },
  {
    model: 'token_blacklist.blacklistedtoken',
    pk: 1,
    fields: { token: 1, blacklisted_at: '2024-01-01T00:00:00Z' },
  },
]
const hash = createHash('sha256').update('a'.repeat(40)).digest('hex')

const inOrder = [
  { id: 1, uuid: ada, email: 'ada@x.org' },
  { id: 2, uuid: zoe, email: 'zoe@x.org' },
  { id: 3, uuid: eve, email: 'eve@x.org' },
]

/** Django's tables in SQLite, which keeps a UUID as 32 digits. */
function sqliteFile(): string {
  const file = newProject().file('django.sqlite3')
  const database = new DatabaseSync(file)
  database.exec(`CREATE TABLE accounts_useraccount (id char(32) PRIMARY KEY, email text, password text,
      is_active bool, date_joined datetime);
    CREATE TABLE authtoken_token ("key" varchar(40) PRIMARY KEY, created datetime, user_id char(32));
    CREATE TABLE token_blacklist_outstandingtoken (id integer PRIMARY KEY, token text, created_at datetime,
      expires_at datetime, user_id char(32), jti varchar(255));
    CREATE TABLE token_blacklist_blacklistedtoken (id integer PRIMARY KEY, blacklisted_at datetime, token_id bigint)`)
  // The keys come first: no order of the tables may matter.
  database.exec(`INSERT INTO authtoken_token VALUES ('${'a'.repeat(40)}', '2021-01-01', '${withoutDashes(zoe)}');
    INSERT INTO token_blacklist_outstandingtoken
      VALUES (1, '', '2024-01-01', '2090-01-01', '${withoutDashes(ada)}', 'j1');
    INSERT INTO token_blacklist_blacklistedtoken VALUES (1, '2024-01-01', 1)`)
  for (const { pk, fields } of users) {
    database
      .prepare('INSERT INTO accounts_useraccount VALUES (?, ?, ?, 1, ?)')
      .run(withoutDashes(pk), fields.email, '!', fields.date_joined)
  }
  database.close()
  return file
}

const copy = (table: string, columns: string, rows: string[][]) =>
  `COPY public.${table} (${columns}) FROM stdin;\n${rows.map((row) => row.join('\t')).join('\n')}\n\\.\n`

const postgresDump = () =>
  copy('token_blacklist_outstandingtoken', 'id, token, expires_at, user_id, jti', [
    ['1', '', '2090-01-01 00:00:00+00', ada, 'j1'],
  ]) +
  copy('token_blacklist_blacklistedtoken', 'id, blacklisted_at, token_id', [
    ['1', '2024-01-01 00:00:00+00', '1'],
  ]) +
  copy('authtoken_token', 'key, created, user_id', [
    ['a'.repeat(40), '2021-01-01 00:00:00+00', zoe],
  ]) +
  copy(
    'accounts_useraccount',
    'id, email, password, is_active, date_joined',
    users.map(({ pk, fields }) => [pk, fields.email, '!', 't', fields.date_joined]),
  )

const csvFiles = () => [
  fileOf('authtoken_token.csv', `key,created,user_id\n${'a'.repeat(40)},2021-01-01,${zoe}`),
  fileOf(
    'users.csv',
    [
      'id,email,password,is_active,date_joined',
      ...users.map(
        ({ pk, fields }) => `${pk.toUpperCase()},${fields.email},!,t,${fields.date_joined}`,
      ),
    ].join('\n'),
  ),
]

describe('npm run import-django with USER_PK=uuid', () => {
  const sources: [string, () => string[]][] = [
    ['dumpdata', () => [fileOf('dump.json', JSON.stringify([...tokens, ...users]))]],
    ['SQLite', () => [sqliteFile()]],
    ['pg_dump', () => [fileOf('dump.sql', postgresDump())]],
    ['CSV', csvFiles],
  ]
  for (const [name, files] of sources) {
    test(`${name}: keeps the UUIDs, and numbers the users in the order in which they joined`, async () => {
      const { all } = await importFiles(files(), [...byUuid, ...model])

      assert.deepEqual(all('SELECT id, uuid, email FROM users ORDER BY id'), inOrder)
      assert.deepEqual(all('SELECT hash, user_id FROM auth_tokens'), [{ hash, user_id: 2 }])
      const revoked = name === 'CSV' ? [] : [{ jti: 'j1', user_id: 1 }]
      assert.deepEqual(all('SELECT jti, user_id FROM revoked_tokens'), revoked)
      assert.deepEqual(all("SELECT seq FROM sqlite_sequence WHERE name = 'users'"), [{ seq: 3 }])
    })
  }

  test('leaves out a number, and any other text, and names what to set', async () => {
    const rows = [7, 'x', ada].map((id) => `${id},u${id}@x.org,!,t`)
    const text = ['id,email,password,is_active', ...rows].join('\n')
    const { status, output } = await dryRun({ name: 'u.csv', text }, byUuid)
    assert.equal(status, 1)
    assert.match(output, /^1 user to import/)
    assert.match(
      output,
      /^an id that is a whole number, although USER_PK is "uuid" +1 {2}left out {2}7$/m,
    )
    assert.match(output, /^an id that is not a UUID +1 {2}left out/m)
    assert.match(output, /--leave number-id +Set USER_PK = "id"/)

    const numbers = await dryRun({ name: 'u.csv', text })
    assert.match(numbers.output, /--leave uuid-id +Set USER_PK = "uuid"/)
  })

  test('names rows by their UUID in the report', async () => {
    const again = { ...user(eve, 'ADA@x.org') }
    const text = JSON.stringify([users[2], again, { ...again }])
    const { output } = await dryRun({ name: 'dump.json', text }, [...byUuid, ...model])
    assert.match(output, new RegExp(`that another row has +1 {2}left out {2}${eve}$`, 'm'))
    assert.match(output, new RegExp(`${eve} = ${ada}`))
  })
})

test('npm run import-django gives each user a UUID of their own with USER_PK=id', async () => {
  const text = 'id,email,password,is_active\n5,a@x.org,!,t\n6,b@x.org,!,t'
  const { all } = await importFiles([fileOf('u.csv', text)])
  const uuids = all('SELECT uuid FROM users').map(({ uuid }) => String(uuid))
  assert.equal(new Set(uuids).size, 2)
  for (const uuid of uuids) assert.match(uuid, /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab]/)
})

/** A wrangler that applies files and answers statements, on a database beside the project. */
const fakeWrangler = `
  const { readFileSync } = require('node:fs')
  const { DatabaseSync } = require('node:sqlite')
  const database = new DatabaseSync('d1.sqlite')
  const last = process.argv.at(-1)
  if (process.argv.includes('--file')) database.exec(readFileSync(last, 'utf8'))
  else console.log(JSON.stringify([{ results: database.prepare(last).all() }]))
`

test('a second import with USER_PK=uuid adds new users alone, under new numbers', async () => {
  const project = newProject({ fakeWrangler })
  const database = new DatabaseSync(project.file('d1.sqlite'))
  migrate(database)
  const runImport = async (rows: object[]) => {
    project.write('dump.json', JSON.stringify(rows))
    const options = ['dump.json', '--local', ...byUuid, ...model]
    const { status, output } = await project.run('import-django', options, quiet)
    assert.equal(status, 0, output)
    return output
  }
  assert.match(await runImport(users), /Imported 3 users/)
  database.exec(`DELETE FROM users WHERE uuid = '${zoe}';
    INSERT INTO users (email, password, status, date_joined) VALUES ('here@x.org', '!', 'active', 5)`)
  const tom = '11111111-2222-4333-8444-555555555555'
  const fields = { email: 'tom@x.org', password: '!', is_active: true, date_joined: '2023-01-01' }

  const output = await runImport([
    { model: 'accounts.useraccount', pk: tom, fields },
    ...[...tokens, ...users].filter(({ model }) => model !== 'authtoken.token'),
  ])

  assert.match(output, /^1 user to import, 2 already here/)
  assert.match(output, new RegExp(`^deleted here since an import.* 1  kept +${zoe}$`, 'm'))
  const rows = database.prepare('SELECT id, uuid FROM users ORDER BY id').all()
  assert.deepEqual(
    rows.map(({ id, uuid }) => [id, uuid]),
    [
      [1, ada],
      [3, eve],
      [4, null],
      [5, tom],
    ],
  )
  const revoked = database.prepare('SELECT jti, user_id FROM revoked_tokens').get()
  assert.deepEqual({ ...revoked }, { jti: 'j1', user_id: 1 })
})

describe('npm run export-django with USER_PK=uuid', () => {
  const options = [...byUuid, '--model', 'accounts.UserAccount']

  test('writes UUIDs as primary keys, and in keys and tokens', async () => {
    const { folder, runExport, addUser, insert } = newSource()
    addUser(1, { uuid: ada })
    addUser(2, { uuid: zoe })
    insert('revoked_tokens', {
      ...{ jti: 'j1', user_id: 1, token_type: 'refresh', expires_at: 4e12, revoked_at: 5 },
    })
    insert('auth_tokens', { hash, user_id: 2, created_at: 5 })
    const keys = fileOf('authtoken_token.csv', `key,user_id\n${'a'.repeat(40)},${zoe}`)

    const { status, output } = await runExport([...options, '--keys', keys])

    assert.equal(status, 0, output)
    const pks = rowsIn(folder, 'users.json').map(({ model, pk }) => [model, pk])
    assert.deepEqual(pks, [
      ['accounts.UserAccount', ada],
      ['accounts.UserAccount', zoe],
    ])
    const [key] = rowsIn(folder, 'authtoken.json')
    assert.deepEqual([key?.pk, key?.fields.user], ['a'.repeat(40), zoe])
    const [outstanding] = rowsIn(folder, 'token_blacklist.json')
    assert.deepEqual([outstanding?.fields.jti, outstanding?.fields.user], ['j1', ada])
  })

  test('refuses auth.User, whose ids are numbers, and a user without a UUID', async () => {
    const { runExport, addUser } = newSource()
    addUser(1, { uuid: ada })
    assert.match((await runExport(byUuid)).output, /--model must name your user model/)
    addUser(2)
    const { status, output } = await runExport(options)
    assert.equal(status, 1)
    assert.match(output, /^1 user without a UUID\. The cron makes one within minutes\.$/m)
  })
})

test('npm run user finds and shows a user by the UUID with USER_PK=uuid, and not by the number', async () => {
  const { project, addUser } = newSource()
  project.write('.dev.vars', `SECRET_KEY="${secretKey}"\nSIGNING_KEY="${secretKey}"`)
  addUser(1, { uuid: ada })
  addUser(2, { uuid: zoe })
  const run = (...parameters: string[]) => project.run('user', [...parameters, ...byUuid])

  const list = await run('list', '--json')
  assert.equal(list.status, 0, list.output)
  const ids = (JSON.parse(list.output) as { id: string }[]).map(({ id }) => id)
  assert.deepEqual(ids, [zoe, ada])
  for (const named of [['--id', ada], [`#${ada.toUpperCase()}`], ['user1@example.com']]) {
    const { output } = await run('show', ...named)
    assert.match(output, new RegExp(`^id: +${ada}\n`, 'm'))
  }
  const { status, output } = await run('show', '--id', '1')
  assert.deepEqual([status, output.split('.')[0]], [1, 'No user matches #1'])
})
