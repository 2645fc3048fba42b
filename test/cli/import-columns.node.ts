import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import { dryRun, fileOf, header, importFiles, line, userRow } from './importing.ts'
import { newProject } from './project.ts'

const mappedBy = (mapping: object) => ['--mapping', fileOf('mapping.json', JSON.stringify(mapping))]
const withFlags = (flags: unknown[]) => [
  'id,email,password,is_active,is_staff,is_superuser',
  ...flags.map((flag, i) => `${i + 1},u${i + 1}@x.org,!,${flag},${flag},${flag}`),
]
const statuses =
  'SELECT status, is_staff, is_superuser, count(*) AS count FROM users GROUP BY 1, 2, 3'

describe('npm run import-django reads a boolean', () => {
  const yes = [
    't',
    'T',
    'true',
    'True',
    'TRUE',
    'yes',
    'Y',
    'on',
    '1',
    '1.0',
    ' t ',
    '" 1"',
    '\ttrue',
  ]
  const no = ['f', 'F', 'false', 'False', 'no', 'N', ' f', 'off', '0', '0.0', '"n "']

  test('in every spelling of Python, databases and spreadsheets', async () => {
    const { all } = await importFiles([fileOf('users.csv', withFlags([...yes, ...no]).join('\n'))])

    assert.deepEqual(all(statuses), [
      { status: 'active', is_staff: 1, is_superuser: 1, count: yes.length },
      { status: 'disabled', is_staff: 0, is_superuser: 0, count: no.length },
    ])
  })

  test('in JSON', async () => {
    const flags = [true, 1, 'True', false, 0, 'no']
    const rows = flags.map((is_active, i) => userRow(i + 1, { is_active }))
    const { all } = await importFiles([fileOf('dump.json', JSON.stringify(rows))])

    assert.deepEqual(
      all('SELECT status FROM users ORDER BY id').map(({ status }) => status),
      ['active', 'active', 'active', 'disabled', 'disabled', 'disabled'],
    )
  })

  test('and leaves out a user with a missing or unreadable flag', async () => {
    const unreadable = ['2', 'maybe', '-1', '', '""', 'NULL', 't f']
    const users = { name: 'users.csv', text: withFlags([...unreadable, 'f']).join('\n') }
    const json = [null, [], {}, 'x'].map((is_active, i) => userRow(i + 1, { is_active }))

    const { status, output } = await dryRun(users)
    const { all } = await importFiles([fileOf('users.csv', users.text)], ['--skip-faulty'])
    const dump = await dryRun({ name: 'dump.json', text: JSON.stringify(json) })

    assert.equal(status, 1)
    assert.match(
      output,
      /^the value of is_staff cannot be read +7 {2}left out {2}1, 2, 3, 4, 5, …$/m,
    )
    assert.deepEqual(all(statuses), [
      { status: 'disabled', is_staff: 0, is_superuser: 0, count: 1 },
    ])
    assert.equal(dump.status, 1)
    assert.match(
      dump.output,
      /^the value of is_active cannot be read +4 {2}left out {2}1, 2, 3, 4$/m,
    )
  })

  test('is_active, and stops without that column until it is mapped to null', async () => {
    const users = { name: 'users.csv', text: 'id,email,password\n1,a@x.org,!\n2,b@x.org,!\n' }

    const without = await dryRun(users)
    const withNull = await dryRun(users, mappedBy({ is_active: null }))
    const elsewhere = await dryRun(
      { name: 'users.csv', text: 'id,email,password,enabled\n1,a@x.org,!,no\n' },
      mappedBy({ is_active: 'enabled' }),
    )

    assert.equal(without.status, 1)
    assert.match(
      without.output,
      /^no is_active in the source: the user is active +2 {2}imported {2}1, 2$/m,
    )
    assert.match(without.output, /--leave no-is_active +.*"is_active": null/)
    assert.equal(withNull.status, 0)
    assert.match(
      withNull.output,
      /^is_active is mapped to null: the user is active +2 {2}imported {2}1, 2$/m,
    )
    assert.deepEqual([elsewhere.status, elsewhere.output.includes('is_active')], [0, false])
  })
})

describe('npm run import-django reports each column that has no place here', () => {
  const fields = { is_admin: true, phone: '', date_of_birth: '1980-01-01' }
  const people = [userRow(1, fields), userRow(2, { ...fields, is_admin: false, phone: null })]
  const dump = { name: 'dump.json', text: JSON.stringify(people) }

  test('with the number of filled rows, and stops until it is mapped to null', async () => {
    const refused = await dryRun(dump)
    const half = await dryRun(dump, mappedBy({ is_admin: null }))
    const mapped = mappedBy({ is_superuser: 'is_admin', date_of_birth: null, phone: null })
    const { all } = await importFiles([fileOf('dump.json', dump.text)], mapped)

    assert.equal(refused.status, 1)
    const column = (name: string, rows: number) =>
      new RegExp(`^the column ${name}, which .*has no place here +${rows} {2}left out$`, 'm')
    assert.match(refused.output, column('is_admin', 2))
    assert.match(refused.output, column('date_of_birth', 2))
    assert.match(refused.output, column('phone', 0))
    assert.match(refused.output, /--leave column:is_admin +Map it .*\{"is_admin": null\}/)
    assert.doesNotMatch(refused.output, /--leave column:phone/)
    assert.equal(half.status, 1)
    assert.doesNotMatch(half.output, /is_admin/)
    assert.match(half.output, column('date_of_birth', 2))
    assert.deepEqual(all('SELECT is_superuser FROM users ORDER BY id'), [
      { is_superuser: 1 },
      { is_superuser: 0 },
    ])
  })

  test('of SQLite, CSV and COPY', async () => {
    const file = newProject().file('django.sqlite3')
    new DatabaseSync(
      file,
    ).exec(`CREATE TABLE auth_user (id, email, password, is_active, "Phone no");
      INSERT INTO auth_user VALUES (1, 'a@x.org', '!', 1, '5'), (2, 'b@x.org', '!', 1, '')`)
    const csv = 'id,email,password,is_active, Phone  No \n1,a@x.org,!,t,5\n2,b@x.org,!,t,\n'
    const copy =
      'COPY public.auth_user (id, email, password, is_active, "Phone no") FROM stdin;\n' +
      '1\ta@x.org\t!\tt\t5\n2\tb@x.org\t!\tt\t\\N\n\\.\n'
    for (const source of [file, fileOf('users.csv', csv), fileOf('users.sql', copy)]) {
      const { status, output } = await dryRun(source)
      assert.equal(status, 1)
      assert.match(output, /^the column phone_no, .* +1 {2}left out$/m)
      assert.equal((await dryRun(source, ['--leave', 'column:phone_no'])).status, 0)
    }
  })

  test('and groups and permissions, if there are any', async () => {
    const rows = [userRow(1, { groups: [1, 2], user_permissions: [] }), userRow(2, { groups: [] })]
    const dumped = await dryRun({ name: 'dump.json', text: JSON.stringify(rows) })
    const file = newProject().file('django.sqlite3')
    new DatabaseSync(file).exec(`CREATE TABLE auth_user (id, email, password, is_active);
      INSERT INTO auth_user VALUES (1, 'a@x.org', '!', 1);
      CREATE TABLE auth_user_groups (id, user_id, group_id); CREATE TABLE knox_authtoken (digest);
      CREATE TABLE auth_user_user_permissions (id, user_id, permission_id);
      INSERT INTO auth_user_groups VALUES (1, 1, 1); INSERT INTO knox_authtoken VALUES ('x'), ('y');
      INSERT INTO auth_user_user_permissions VALUES (1, 1, 1), (2, 1, 2), (3, 1, 3)`)
    const stored = await dryRun(file)
    const nothing = mappedBy({ groups: null, user_permissions: null })
    const accepted = await dryRun(file, [...nothing, '--leave', 'table:knox_authtoken'])

    assert.equal(dumped.status, 1)
    assert.match(dumped.output, /^groups of a user \(groups\), .* 1 {2}left out$/m)
    assert.doesNotMatch(dumped.output, /permissions of/)
    assert.equal(stored.status, 1)
    assert.match(stored.output, /^groups of a user .* 1 {2}left out$/m)
    assert.match(stored.output, /^permissions of a user .* 3 {2}left out$/m)
    assert.match(stored.output, /^the table knox_authtoken: tokens .* 2 {2}left out$/m)
    assert.equal(accepted.status, 0, accepted.output)
  })

  test('and refuses a mapping with unknown names', async () => {
    const users = { name: 'users.csv', text: `${header}\n${line(1, 'a@x.org')}\n` }
    const faults: [string, RegExp][] = [
      ['{"first_name": "given_nmae"}', /The mapping names given_nmae, which neither auth_user nor/],
      ['{"is_amdin": null}', /The mapping names is_amdin, which neither/],
      ['{"nick": "name"}', /Gatehouse has no field nick\. It has id, email/],
      ['{"first_name": 5}', /first_name must be a name or null\./],
      ['[]', /must hold an object/],
      ['{oops}', /cannot be read: it is not JSON\./],
    ]
    for (const [mapping, sentence] of faults) {
      const { status, output } = await dryRun(users, ['--mapping', fileOf('m.json', mapping)])
      assert.equal(status, 1)
      assert.match(output, sentence)
    }
  })
})

describe('npm run import-django keeps every digit', () => {
  const large = '175928847299117063'
  const mapping = mappedBy({ last_name: 'discord_id' })

  test('of whole numbers in JSON, JSON lines, SQLite and CSV, in a column of text', async () => {
    const row = JSON.stringify(userRow(1, { discord_id: 5 })).replace(':5', `:${large}`)
    const file = newProject().file('django.sqlite3')
    new DatabaseSync(
      file,
    ).exec(`CREATE TABLE auth_user (id, email, password, is_active, discord_id);
      INSERT INTO auth_user VALUES (1, 'a@x.org', '!', 1, ${large})`)
    const csv = `id,email,password,is_active,discord_id\n1,a@x.org,!,t,${large}\n`
    for (const source of [
      ...[fileOf('dump.json', `[${row}]`), fileOf('dump.jsonl', row)],
      ...[file, fileOf('users.csv', csv)],
    ]) {
      const { all } = await importFiles([source], mapping)
      assert.deepEqual(all('SELECT last_name FROM users'), [{ last_name: large }])
    }
  })

  test('and accepts no id that would be rounded, no UUID and no other text', async () => {
    const ids = [large, '0', '-5', '5.5', 'x', '550e8400-e29b-41d4-a716-446655440000', ' 7 ', '08']
    const rows = ids.map((id, i) => `${id},u${i}@x.org,!,t`)
    const users = { name: 'u.csv', text: ['id,email,password,is_active', ...rows].join('\n') }

    const { status, output } = await dryRun(users)
    const { all } = await importFiles([fileOf('u.csv', users.text)], ['--skip-faulty'])

    assert.equal(status, 1)
    assert.match(
      output,
      /^an id that is not a whole number +5 {2}left out {2}175928847299117063, 0, -5, row 4, row 5$/m,
    )
    assert.match(output, /^an id that is a UUID +1 {2}left out {2}550e8400-/m)
    assert.deepEqual(all('SELECT id FROM users'), [{ id: 7 }, { id: 8 }])
  })
})

test('npm run import-django leaves out a date that does not exist', async () => {
  const days = [
    '2024-02-30',
    '2023-02-29 10:00:00',
    '0000-00-00 00:00:00',
    'infinity',
    '5',
    '2024-02-29',
  ]
  const rows = days.map((day, i) => `${i + 1},u${i}@x.org,!,t,${day}`)
  const text = ['id,email,password,is_active,date_joined', ...rows].join('\n')

  const { status, output } = await dryRun({ name: 'users.csv', text })

  assert.equal(status, 1)
  assert.match(output, /^the value of date_joined cannot be read +5 {2}left out {2}1, 2, 3, 4, 5$/m)
})
