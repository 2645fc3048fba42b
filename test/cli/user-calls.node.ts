// What other processes could see of `npm run user`.

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { newProject } from './project.ts'

const geese = 'a flock of geese'

/** A wrangler that records its calls and what they write, and answers every select with one row. */
const fakeWrangler = `
  const { appendFileSync, readFileSync, statSync } = require('node:fs')
  const parameters = process.argv.slice(2)
  const file = parameters[parameters.indexOf('--file') + 1]
  const isFile = parameters.includes('--file')
  const call = isFile
    ? { parameters, sql: readFileSync(file, 'utf8'), mode: (statSync(file).mode & 0o777).toString(8), file }
    : { parameters }
  appendFileSync('calls', JSON.stringify(call) + '\\n')
  if (process.env.ERROR) { console.error(process.env.ERROR); process.exit(1) }
  const row = { id: 7, email: 'ada@example.com', email_key: 'ada@example.com', new_email: null, username: null,
    status: 'active', is_staff: 0 }
  if (!isFile) console.log(JSON.stringify([{ results: [row], success: true }]))
`

describe('npm run user and its calls of wrangler', () => {
  interface Call {
    parameters: string[]
    sql?: string
    mode?: string
    file?: string
  }
  function project() {
    const made = newProject({ fakeWrangler })
    made.write(
      '.dev.vars',
      'SECRET_KEY="a-key-of-development-0123456789-0123456789"\nSIGNING_KEY="a-key-of-development-0123456789-0123456789"',
    )
    const calls = (): Call[] =>
      existsSync(made.file('calls'))
        ? readFileSync(made.file('calls'), 'utf8')
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line))
        : []
    return Object.assign(made, { calls })
  }

  test('puts no secret on a command line, and leaves no file behind', async () => {
    const made = project()

    const { status, output } = await made.feed('user', ['set-password', 'ada@example.com'], geese)

    assert.equal(status, 0, output)
    const written = made.calls().filter(({ sql }) => sql)
    assert.equal(written.length, 1)
    const [{ sql = '', mode = '', file = '' } = {}] = written
    assert.equal(mode, '600')
    assert.ok(!existsSync(file))
    const [, hash = ''] = /set "password" = CAST\(X'([0-9a-f]+)' AS TEXT\)/.exec(sql) ?? []
    assert.match(Buffer.from(hash, 'hex').toString(), /^argon2\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    const commands = made
      .calls()
      .flatMap(({ parameters }) => parameters)
      .join('\n')
    for (const secret of [hash, geese, Buffer.from(geese).toString('hex'), 'argon2']) {
      assert.ok(!commands.includes(secret), secret)
      assert.ok(!output.includes(secret), secret)
    }
  })

  test('refuses a blank or weak password, and writes nothing', async () => {
    const made = project()
    const refused: [string, RegExp][] = [
      ['\n', /Blank/],
      ['password', /too common/],
      ['12345', /entirely numeric/],
      ['ada@example', /too similar to the email/],
      [` ${geese}`, /must not begin or end with a blank/],
      ['x'.repeat(4097), /at most 4096 characters/],
    ]
    for (const [word, sentence] of refused) {
      const { status, output } = await made.feed('user', ['set-password', 'ada@example.com'], word)
      assert.equal(status, 1)
      assert.match(output, sentence)
    }
    assert.ok(made.calls().every(({ sql }) => sql === undefined))
  })

  const refused: [string, string[], RegExp, 1 | 2][] = [
    ['no command', [], /^Name one of these commands\.\n\nUsage: /, 2],
    ['an unknown command', ['delete', 'ada@example.com'], /\n\nUsage: /, 2],
    ['no user', ['disable'], /^USER is missing\. In a shell, '#12' must have its quotes/, 2],
    ['too many users', ['disable', 'ada', 'grace'], /^disable takes fewer words\.\n\nUsage: /, 2],
    ['an invalid id', ['show', '--id', 'ada'], /^--id must be/, 2],
    ['an unknown status', ['list', '--status', 'gone'], /^There is no status gone/, 2],
    ['two databases', ['list', '--local', '--remote'], /^Use only one of/, 2],
    ['a placeholder database', ['list', '--remote'], /^database_id /, 1],
    ['an unknown option', ['set-password', 'ada', '--password', 'x'], /--password/, 2],
  ]
  for (const [name, parameters, sentence, expected] of refused) {
    test(`refuses ${name}, and does not call wrangler`, async () => {
      const made = project()
      const { status, output } = await made.run('user', parameters)
      assert.equal(status, expected)
      assert.match(output, sentence)
      assert.deepEqual(made.calls(), [])
    })
  }

  test('asks before it changes --remote, and refuses without a terminal or --yes', async () => {
    const made = project()
    const toml = readFileSync('wrangler.toml', 'utf8')
    const real = toml
      .replace(/^database_id = .*/m, 'database_id = "4f9c2c1e-0000-4000-8000-000000000001"')
      .replace('# PUBLIC_URL', 'PUBLIC_URL')
    made.write('wrangler.toml', real)

    const { status, output } = await made.run('user', ['disable', 'ada@example.com', '--remote'])
    assert.deepEqual(
      [status, output],
      [1, '--remote requires --yes if there is no terminal to ask in.\n'],
    )
    assert.ok(made.calls().every(({ sql }) => sql === undefined))
    assert.equal(
      (await made.run('user', ['show', 'ada@example.com', '--remote', '--json'])).status,
      0,
    )
    const yes = await made.run('user', ['disable', 'ada@example.com', '--remote', '--yes'])
    assert.equal(yes.status, 0, yes.output)
    const [{ parameters = [] } = {}] = made.calls().filter(({ sql }) => sql)
    assert.deepEqual(parameters.slice(0, 4), ['d1', 'execute', 'DB', '--remote'])
  })

  test('prints its usage, and says what to run first if there is no database', async () => {
    const made = project()
    const help = await made.run('user', ['--help'])
    assert.equal(help.status, 0)
    assert.match(help.output, /^Usage: npm run user -- list/)
    const missing = await made.run('user', ['list'], { ERROR: 'D1_ERROR: no such table: users' })
    assert.deepEqual(missing, {
      status: 1,
      output: 'The database has no tables yet. First run npm run dev.\n',
    })
    const failed = await made.run('user', ['list'], { ERROR: "Failed: CAST(X'7069' AS TEXT)" })
    assert.match(failed.output, /CAST\(X'…' AS TEXT\)/)
    const empty = newProject({ fakeWrangler })
    assert.match((await empty.run('user', ['list'])).output, /^First run npm run dev/)
  })
})
