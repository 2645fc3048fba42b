import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { dryRun, header, importFiles, line, quiet, vector } from './importing.ts'
import { newProject } from './project.ts'

describe('npm run import-django', () => {
  test('reports errors by kind and id, and imports no faulty row', async () => {
    const project = newProject()
    const rows = [
      line(1, 'ada@example.com'),
      line(2, 'ADA@example.com'),
      line(3, ''),
      line(4, 'grace@example.com', `,${'x'.repeat(256)},`),
      line(5, 'eve@example.com').replace('!', 'rot13$0123456789abcdef'),
      line(6, 'no address'),
      line(6, 'olga@example.com'),
      line(7, 'zoe@example.com').replace('2020-01-02', 'yesterday'),
      '0b1c,uuid@example.com,!,t,f,f,,,,',
    ]
    project.write('users.csv', [header, ...rows].join('\n'))

    const dry = await project.run('import-django', ['--dry-run', 'users.csv'], quiet)
    const out = newProject().file('sql')
    const refused = await project.run('import-django', ['--out', out, 'users.csv'], quiet)

    assert.equal(dry.status, 1)
    const [report, advice] = dry.output.split('For each of these, ')
    assert.equal(
      report,
      `4 users to import, 0 already here. 0 authtoken keys and 0 blacklisted tokens.

what                                                              rows  they are  for example, by id
no email to log in with                                              1  left out  3
an id that another row has                                           1  left out  6
the value of date_joined cannot be read                              1  left out  7
an id that is not a whole number                                     1  left out  0b1c
an email (ignoring case) that another row has                        1  left out  2 = 1
first_name is longer than 255 characters                             1  imported  4
a hash of rot13, which is not supported: no login before a reset     1  imported  5
the email is not a valid address                                     1  imported  6

`,
    )
    const answers = ['no-email', 'same-id', 'unreadable-date_joined', 'no-id', 'same-email']
    assert.deepEqual(advice?.match(/(?<=--leave )\S+/g), [...answers, 'unknown-hash'])
    assert.match(
      advice ?? '',
      /^An import would stop here\. --skip-faulty leaves out all faulty users\.$/m,
    )
    assert.equal(refused.status, 1)
    assert.match(
      refused.output,
      /^Nothing was imported\. --skip-faulty leaves out all faulty users\.$/m,
    )
    assert.ok(!existsSync(out))

    const leave = ['unknown-hash', ...answers].flatMap((answer) => ['--leave', answer])
    for (const options of [leave, ['--skip-faulty', '--leave', 'unknown-hash']]) {
      const { all } = await importFiles([project.file('users.csv')], options)
      assert.deepEqual(
        all('SELECT id FROM users ORDER BY id').map(({ id }) => id),
        [1, 4, 5, 6],
      )
    }
  })

  test('stops for a loss that --leave does not name', async () => {
    const rows = [line(1, 'ada@example.com'), line(2, ''), line(3, 'eve@example.com')]
    rows[2] = rows[2]?.replace('2020-01-02', 'yesterday') ?? ''
    const users = { name: 'users.csv', text: [header, ...rows].join('\n') }

    const half = await dryRun(users, ['--leave', 'no-email'])
    const whole = await dryRun(users, ['--leave', 'no-email', '--leave', 'unreadable-date_joined'])

    assert.equal(half.status, 1)
    assert.doesNotMatch(half.output, /--leave no-email/)
    assert.match(half.output, /--leave unreadable-date_joined/)
    assert.equal(whole.status, 0)
    assert.doesNotMatch(whole.output, /--leave|stop/)
  })

  test('prints its usage', async () => {
    const { status, output } = await newProject().run('import-django', ['--help'], quiet)

    assert.equal(status, 0)
    assert.match(output, /^Usage: npm run import-django /)
  })

  const refusals: [string, string[], RegExp, (1 | 2)?][] = [
    ['no file', ['--dry-run'], /^Name the files to read\.\n\nUsage: /, 2],
    ['no target', ['users.csv'], /^Use one of --local, --remote and --out FOLDER/, 2],
    ['two targets', ['--local', '--remote', 'users.csv'], /^Use one of/, 2],
    ['a placeholder database', ['--remote', 'users.csv'], /^database_id /],
    [
      'another user model',
      ['--dry-run', vector('dumpdata.json'), '--user-model', 'a.B'],
      /no table a_b\. There is auth_user\./,
    ],
    ['files inside the project', ['users.csv', '--out', 'sql'], /^--out: sql is in this directory/],
    [
      'a code that does not exist',
      ['--dry-run', 'users.csv', '--leave', 'nonsense'],
      /^--leave nonsense: /,
      2,
    ],
    ['an invalid --id-gap', ['--dry-run', 'users.csv', '--id-gap', '-1'], /--id-gap/, 2],
  ]
  for (const [name, parameters, sentence, expected = 1] of refusals) {
    test(`refuses ${name}`, async () => {
      const project = newProject()
      project.write('users.csv', `${header}\n${line(1, 'ada@example.com')}\n`)

      const { status, output } = await project.run('import-django', parameters, quiet)

      assert.equal(status, expected)
      assert.match(output, sentence)
    })
  }
})

describe('npm run import-django --out', () => {
  test('writes files that only their owner can read, with statements that D1 accepts', async () => {
    const project = newProject()
    const long = `,${'x'.repeat(200)},${'y'.repeat(200)}`
    const rows = Array.from({ length: 9000 }, (_, i) => line(i + 1, `user${i}@example.com`, long))
    project.write('users.csv', [header, ...rows].join('\n'))

    const { all, out } = await importFiles([project.file('users.csv')])

    const names = readdirSync(out)
    assert.deepEqual(names, ['0001.sql', '0002.sql'])
    for (const name of names) {
      assert.equal(statSync(join(out, name)).mode & 0o777, 0o600)
      const sql = readFileSync(join(out, name), 'utf8')
      for (const statement of sql.split(';')) assert.ok(statement.length < 100_000)
    }
    assert.deepEqual(all('SELECT count(*) AS count FROM users'), [{ count: 9000 }])
  })
})
