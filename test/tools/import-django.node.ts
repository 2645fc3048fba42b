import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { describe, test } from 'node:test'
import { header, imported, line, quiet, vector } from './importing.ts'
import { newProject } from './project.ts'

describe('npm run import-django tells', () => {
  test('what is wrong, by kind and id, and imports nothing of it', async () => {
    const project = newProject()
    const rows = [
      line(1, 'ada@example.com'),
      line(2, 'ADA@example.com'),
      line(3, ''),
      line(4, 'grace@example.com', `,${'x'.repeat(256)},`),
      line(5, 'eve@example.com').replace('!', 'rot13$eve'),
      line(6, 'no address'),
      line(6, 'olga@example.com'),
      line(7, 'zoe@example.com').replace('2020-01-02', 'yesterday'),
      '0b1c,uuid@example.com,!,t,f,f,,,,',
    ]
    project.write('users.csv', [header, ...rows].join('\n'))

    const dry = await project.run('import-django', ['--dry-run', 'users.csv'], quiet)
    const refused = await project.run('import-django', ['--out', 'sql', 'users.csv'], quiet)

    assert.deepEqual(dry, {
      status: 0,
      output: `4 users to import, 0 here already; 0 authtoken keys, 0 blacklisted tokens.

what                                           rows  they are  for example, by id
no email to log in by                             1  left out  3
an id that another row has                        1  left out  6
the value of date_joined cannot be read           1  left out  7
the id is no whole number                         1  left out  0b1c
an address (in any case) that another row has     1  left out  2 = 1
first_name is longer than 255                     1  imported  4
a password by rot13: no log-in before a reset     1  imported  5
the e-mail address is none                        1  imported  6

`,
    })
    assert.equal(refused.status, 1)
    assert.match(refused.output, /Nothing was imported\. --skip-faulty imports the others\.\n$/)
    assert.ok(!existsSync(project.file('sql')))

    const { all } = await imported([project.file('users.csv')], ['--skip-faulty'])
    assert.deepEqual(
      all('SELECT id FROM users ORDER BY id').map(({ id }) => id),
      [1, 4, 5, 6],
    )
  })

  const refusals: [string, string[], RegExp][] = [
    ['no file', ['--dry-run'], /^Name the files to read\.$/m],
    ['no way to go', ['users.csv'], /^Take one of --local, --remote and --out FOLDER/],
    ['two ways', ['--local', '--remote', 'users.csv'], /^Take one of/],
    ['a placeholder database', ['--remote', 'users.csv'], /^database_id /],
    [
      'another user model',
      ['--dry-run', vector('dumpdata.json'), '--user-model', 'a.B'],
      /no a_b, but auth_user/,
    ],
    ['a gap that is none', ['--dry-run', 'users.csv', '--id-gap', '-1'], /--id-gap/],
  ]
  for (const [name, parameters, sentence] of refusals) {
    test(`refuses ${name}`, async () => {
      const project = newProject()
      project.write('users.csv', `${header}\n${line(1, 'ada@example.com')}\n`)

      const { status, output } = await project.run('import-django', parameters, quiet)

      assert.equal(status, 1)
      assert.match(output, sentence)
    })
  }
})

describe('npm run import-django --out', () => {
  test('writes files for their owner alone, of statements that D1 takes', async () => {
    const project = newProject()
    const long = `,${'x'.repeat(200)},${'y'.repeat(200)}`
    const rows = Array.from({ length: 9000 }, (_, i) => line(i + 1, `user${i}@example.com`, long))
    project.write('users.csv', [header, ...rows].join('\n'))

    const { all, project: other } = await imported([project.file('users.csv')])

    const names = readdirSync(other.file('sql'))
    assert.deepEqual(names, ['0001.sql', '0002.sql'])
    for (const name of names) {
      assert.equal(statSync(other.file(`sql/${name}`)).mode & 0o777, 0o600)
      const sql = readFileSync(other.file(`sql/${name}`), 'utf8')
      for (const statement of sql.split(';')) assert.ok(statement.length < 100_000)
    }
    assert.deepEqual(all('SELECT count(*) AS count FROM users'), [{ count: 9000 }])
  })
})
