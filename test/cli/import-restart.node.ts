import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import { header, line, migrate, quiet } from './importing.ts'
import { newProject } from './project.ts'

/** A wrangler with a database in a file: it applies a file as one transaction, records its calls, and can fail. */
const fakeWrangler = `
  const { appendFileSync, readFileSync, statSync } = require('node:fs')
  const { DatabaseSync } = require('node:sqlite')
  const parameters = process.argv.slice(2)
  const last = parameters.at(-1)
  const database = new DatabaseSync('d1.sqlite')
  if (parameters.includes('--command')) {
    console.log(JSON.stringify([{ results: database.prepare(last).all() }]))
  } else {
    const mode = (statSync(last).mode & 0o777).toString(8)
    appendFileSync('calls', JSON.stringify({ parameters, mode }) + '\\n')
    const calls = readFileSync('calls', 'utf8').split('\\n').length - 1
    if (String(calls) === process.env.FAIL_AT) {
      console.error("D1_ERROR: not now: VALUES (CAST(X'616461' AS TEXT))")
      process.exit(1)
    }
    database.exec('BEGIN; ' + readFileSync(last, 'utf8') + ' COMMIT')
  }
`

function newTarget(rows: string[]) {
  const project = newProject({ fakeWrangler })
  project.write('users.csv', [header, ...rows].join('\n'))
  const database = new DatabaseSync(project.file('d1.sqlite'))
  migrate(database)
  const runImport = (env: Record<string, string> = {}, ...options: string[]) =>
    project.run('import-django', ['users.csv', '--local', ...options], { ...quiet, ...env })
  return { project, database, runImport }
}

describe('npm run import-django --local', () => {
  test('continues where it stopped', async () => {
    const long = `,${'x'.repeat(200)},${'y'.repeat(200)}`
    const rows = Array.from({ length: 9000 }, (_, i) => line(i + 1, `user${i}@example.com`, long))
    const { project, database, runImport } = newTarget(rows)
    const count = () => database.prepare('SELECT count(*) AS count FROM users').get()?.count

    const stopped = await runImport({ FAIL_AT: '2' })
    const between = Number(count())
    const resumed = await runImport()

    assert.equal(stopped.status, 1)
    assert.match(stopped.output, /not now: VALUES \(CAST\(X'…' AS TEXT\)\)/)
    assert.match(
      stopped.output,
      /The users imported so far stay in the database\. Run the import again to continue\.$/m,
    )
    assert.ok(between > 0 && between < 9000)
    assert.equal(resumed.status, 0)
    const [, found, here] = /^(\d+) users? to import, (\d+) already here/.exec(resumed.output) ?? []
    assert.deepEqual([Number(found), Number(here)], [9000 - between, between])
    assert.equal(count(), 9000)
    const calls = readFileSync(project.file('calls'), 'utf8').trim().split('\n')
    assert.equal(calls.length, 3)
    for (const call of calls) {
      const { parameters, mode } = JSON.parse(call)
      const file = parameters.pop()
      assert.deepEqual(parameters, ['d1', 'execute', 'DB', '--local', '--yes', '--file'])
      assert.equal(mode, '600')
      assert.ok(!existsSync(file))
    }
  })

  test('leaves out a user if another user here has the id, email or username', async () => {
    const rows = [
      line(1, 'ada@example.com'),
      line(2, 'Grace@Example.com'),
      line(3, 'eve@example.com'),
    ]
    const { database, runImport } = newTarget(rows)
    database.exec(`INSERT INTO users (id, email, email_key, password, status, date_joined) VALUES
      (1, 'root@example.com', 'root@example.com', '!', 'active', 5),
      (90, 'grace@example.com', 'grace@example.com', '!', 'active', 5)`)

    const refused = await runImport()
    const { status, output } = await runImport({}, '--skip-faulty')

    assert.equal(refused.status, 1)
    assert.match(refused.output, /^an id that another user has here +1 {2}left out +1$/m)
    assert.match(
      refused.output,
      /^an email or username that another user has here +1 {2}left out +2 = 90$/m,
    )
    assert.deepEqual([status, output.includes('Imported 1 user in')], [0, true])
    const emails = database.prepare('SELECT email FROM users ORDER BY id').all()
    assert.deepEqual(
      emails.map(({ email }) => email),
      ['root@example.com', 'eve@example.com', 'grace@example.com'],
    )
  })

  test('recognises a user of an earlier import if the model has no date_joined', async () => {
    const { project, database, runImport } = newTarget([])
    project.write(
      'users.csv',
      'id,email,password,is_active\n1,ada@example.com,!,t\n2,eve@example.com,!,t\n',
    )

    const first = await runImport()
    database.exec("UPDATE users SET first_name = 'Ada', password = 'argon2$' WHERE id = 1")
    const second = await runImport()
    database.exec("UPDATE users SET email = 'x@x.org', email_key = 'x@x.org' WHERE id = 2")
    const third = await runImport()

    assert.equal(first.status, 0, first.output)
    const [{ date_joined: joined }] = database.prepare('SELECT * FROM users').all() as [
      { date_joined: number },
    ]
    assert.ok(Math.abs(Date.now() - joined) < 60_000)
    assert.equal(second.status, 0, second.output)
    assert.match(second.output, /^0 users to import, 2 already here\./)
    assert.match(third.output, /^an id that another user has here +1 {2}left out +2$/m)
    assert.deepEqual(second.output.match(/another \w+ here .*/g), [
      'another password here     1  kept      1',
    ])
  })

  test('never lowers the next id, and changes nothing in a dry run', async () => {
    const { project, database, runImport } = newTarget([line(1, 'ada@example.com')])
    database.exec("INSERT INTO sqlite_sequence (name, seq) VALUES ('users', 5000000)")

    const dry = await runImport({}, '--dry-run')
    assert.deepEqual([dry.status, existsSync(project.file('calls'))], [0, false])
    await runImport()

    const seq = database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'users'").all()
    assert.deepEqual(
      seq.map((row) => row.seq),
      [5_000_000],
    )
  })

  test('reports a database without tables', async () => {
    const { database, runImport } = newTarget([line(1, 'ada@example.com')])
    database.exec('DROP TABLE users')

    const { status, output } = await runImport()

    assert.equal(status, 1)
    assert.match(output, /The database has no tables yet\. First run npm run dev\./)
  })
})
