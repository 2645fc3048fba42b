import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { byUsername, importFiles, quiet, vector } from './importing.ts'
import { newProject } from './project.ts'

const kinds: [string, string[]][] = [
  ['a SQLite file', ['django.sqlite3']],
  ['dumpdata', ['dumpdata.json']],
  ['CSV', ['auth_user.csv', 'authtoken_token.csv']],
  ['COPY', ['copy.sql']],
]

describe('npm run import-django reads', () => {
  for (const [name, files] of kinds) {
    test(`${name}: users, keys and blacklisted refresh tokens`, async () => {
      const { all } = await importFiles(files.map(vector), byUsername)

      const dateJoined = Date.UTC(2019, 2, 4, 5, 6, 7, 890)
      const common = { is_staff: 0, is_superuser: 0, last_login: null, status: 'active' }
      const constant = { date_joined: dateJoined, token_version: 0, role: 'user', email_key: null }
      const added = { email_verified_at: null, pending_until: null, disabled_from: null }
      const none = { ...added, link_version: 0, rehashed: 0, new_email: null }
      const shared = { ...common, ...constant, ...none, first_name: '', last_name: '' }
      assert.deepEqual(
        all('SELECT * FROM users ORDER BY id').map(({ password: _, uuid: _uuid, ...row }) => row),
        [
          {
            ...shared,
            ...{ id: 7, username: 'ada', email: 'Ada@example.com' },
            ...{
              first_name: 'Ada',
              last_name: 'Lovelace',
              last_login: Date.UTC(2024, 4, 6, 7, 8, 9),
            },
          },
          {
            ...shared,
            ...{
              id: 8,
              username: 'grace',
              email: 'grace@example.com',
              is_staff: 1,
              is_superuser: 1,
            },
            ...{ first_name: 'Gr\\ace\t"\'', last_name: "O'Hopper;\n-- " },
          },
          { ...shared, id: 11, username: 'gone', email: 'gone@example.com', status: 'disabled' },
          {
            ...shared,
            ...{ id: 300, username: 'ольга', email: 'olga@example.com' },
            ...{ first_name: 'Ольга 🐴', last_name: 'BEGIN TRANSACTION; COMMIT;' },
          },
        ],
      )
      const [{ password }] = all('SELECT password FROM users') as [{ password: string }]
      assert.match(password, /^pbkdf2_sha256\$1000\$saltsaltsaltsaltsaltsa\$[\w+/]{43}=$/)
      assert.deepEqual(all('SELECT hash, user_id, nonce FROM auth_tokens'), [
        {
          hash: 'deb87fabd17715bb31ad4cf4ffb9494eeb15f8d33d85b031a301c64ab3417eaa',
          user_id: 7,
          nonce: null,
        },
      ])
      const revoked = all('SELECT user_id, token_type, length(jti) AS length FROM revoked_tokens')
      const isReported = name !== 'CSV' // its files hold only tables that are imported
      assert.deepEqual(
        revoked,
        isReported ? [{ user_id: 7, token_type: 'refresh', length: 32 }] : [],
      )
      assert.deepEqual(all("SELECT seq FROM sqlite_sequence WHERE name = 'users'"), [
        { seq: 1_000_300 },
      ])
    })
  }

  test('lines of JSON, and reports JSON that is cut off', async () => {
    const project = newProject()
    const fields = {
      username: 'ada',
      password: '!',
      email: '',
      date_joined: '2020-01-02T03:04:05Z',
    }
    const row = { model: 'auth.user', pk: 7, fields: { ...fields, is_active: true } }
    project.write('lines.jsonl', `${JSON.stringify(row)}\n`)
    const { all } = await importFiles([project.file('lines.jsonl')], byUsername)
    project.write('cut.json', JSON.stringify([row]).slice(0, -1))

    const cut = await project.run('import-django', ['--dry-run', 'cut.json', ...byUsername], quiet)

    assert.deepEqual(all('SELECT id, username FROM users'), [{ id: 7, username: 'ada' }])
    assert.equal(cut.status, 1)
    assert.match(cut.output, /cut\.json: it ends in the middle of the JSON/)
  })

  test('a custom user model with other field names', async () => {
    const project = newProject()
    const fields = { email: 'ada@example.com', password: '!', given: 'Ada', kind: 'editor' }
    const row = { model: 'people.Person', pk: 7, fields: { ...fields, is_active: false } }
    project.write('people.json', JSON.stringify([row]))
    project.write('mapping.json', '{"first_name": "given", "role": "kind", "last_name": null}')
    const options = ['--user-model', 'people.Person', '--mapping', project.file('mapping.json')]

    const { all } = await importFiles(
      [project.file('people.json')],
      [...options, '--pending-if-never-logged-in', '--id-gap', '5'],
    )

    assert.deepEqual(all('SELECT id, first_name, last_name, role, status, email_key FROM users'), [
      {
        ...{ id: 7, first_name: 'Ada', last_name: '', role: 'editor', status: 'pending' },
        email_key: 'ada@example.com',
      },
    ])
    assert.deepEqual(all("SELECT seq FROM sqlite_sequence WHERE name = 'users'"), [{ seq: 12 }])
  })

  test('times in any zone, and distinguishes null from an empty text in CSV', async () => {
    const project = newProject()
    const rows = [
      ...['id,username,email,password,date_joined', '1,a,,!,2020-01-02 03:04:05+02'],
      ...['2,b,"",!,2020-01-02 03:04:05.5-03:30', '3,c,c@c.org,!,2020-01-02 03:04:05'],
    ]
    project.write('users.csv', rows.join('\r\n'))
    project.write('mapping.json', '{"is_active": null}')

    const { all } = await importFiles(
      [project.file('users.csv')],
      [...byUsername, '--mapping', project.file('mapping.json')],
    )

    assert.deepEqual(all('SELECT email, date_joined FROM users ORDER BY id'), [
      { email: null, date_joined: Date.UTC(2020, 0, 2, 1, 4, 5) },
      { email: '', date_joined: Date.UTC(2020, 0, 2, 6, 34, 5, 500) },
      { email: 'c@c.org', date_joined: Date.UTC(2020, 0, 2, 3, 4, 5) },
    ])
  })

  test('blacklisted tokens that have not expired, also sliding ones', async () => {
    const token = (type: string) =>
      `x.${Buffer.from(JSON.stringify({ token_type: type })).toString('base64url')}.x`
    const outstanding = (pk: number, user: number | null, type: string, expires_at: string) => ({
      model: 'token_blacklist.outstandingtoken',
      pk,
      fields: { user, jti: `jti-${pk}`, token: token(type), expires_at },
    })
    const blacklisted = (pk: number) => ({
      model: 'token_blacklist.blacklistedtoken',
      pk: pk + 100,
      fields: { token: pk, blacklisted_at: '2020-01-02T03:04:05Z' },
    })
    const [ahead, past] = ['2090-01-02T03:04:05Z', '2020-01-03T03:04:05Z']
    const user = { email: 'ada@example.com', password: '!', is_active: true }
    const rows = [
      ...[blacklisted(1), blacklisted(2), blacklisted(3), blacklisted(4)],
      ...[outstanding(1, 7, 'refresh', ahead), outstanding(2, 7, 'sliding', ahead)],
      ...[outstanding(3, 7, 'refresh', past), outstanding(4, null, 'refresh', ahead)],
      ...[outstanding(5, 7, 'refresh', ahead), { model: 'auth.user', pk: 7, fields: user }],
    ]
    const project = newProject()
    project.write('dump.json', JSON.stringify(rows))

    const { all } = await importFiles([project.file('dump.json')])

    const dates = { expires_at: Date.parse(ahead), revoked_at: Date.parse('2020-01-02T03:04:05Z') }
    assert.deepEqual(all('SELECT * FROM revoked_tokens ORDER BY jti'), [
      { jti: 'jti-1', user_id: 7, token_type: 'refresh', ...dates },
      { jti: 'jti-2', user_id: 7, token_type: 'sliding', ...dates },
    ])
  })

  test('names with any characters', async () => {
    const nasty = [
      "'",
      '"',
      ';',
      '--',
      '\0',
      '\\',
      '\n',
      '\r',
      '\t',
      '\u2028',
      'COMMIT;',
      '/*',
      '?1',
    ]
    const name = fc
      .array(
        fc.oneof(fc.constantFrom('BEGIN TRANSACTION;', ...nasty), fc.string({ unit: 'grapheme' })),
      )
      .map((parts) => parts.join(''))
    const names = fc.sample(name, { numRuns: 500, seed: 7 })
    const rows = names.map((first_name, index) => ({
      model: 'auth.user',
      pk: index + 1,
      fields: { email: `user${index}@example.com`, password: '!', is_active: true, first_name },
    }))
    const project = newProject()
    project.write('names.json', JSON.stringify(rows))

    const { all, out } = await importFiles([project.file('names.json')])

    assert.deepEqual(
      // SQLite's functions end a text at NUL.
      all('SELECT CAST(first_name AS BLOB) AS name FROM users ORDER BY id').map(({ name }) =>
        Buffer.from(name as Uint8Array).toString(),
      ),
      names,
    )
    for (const sql of readdirSync(out)) {
      const text = readFileSync(join(out, sql), 'utf8')
      assert.match(text, /^[\w\s(),;'=<>-]*$/)
    }
  })
})
