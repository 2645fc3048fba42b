import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { newProject } from './project.ts'

const secrets = [
  'SECRET_KEY="a-key-of-development-0123456789-0123456789"',
  'SIGNING_KEY="a-key-of-development-0123456789-0123456789"',
  'RESEND_API_KEY=""',
].join('\n')
const password = 'korrekt-høst-batteri'
const grace = ['--noinput', '--email', 'Grace@EXAMPLE.com', '--first_name', 'Grace']
const hopper = [...grace, '--last_name', "O'Hopper"]

/** A wrangler that records its call and the statement, and fails with ERROR if that is set. */
const fakeWrangler = `
  const { copyFileSync, statSync, writeFileSync } = require('node:fs')
  const parameters = process.argv.slice(2)
  const file = parameters.at(-1)
  copyFileSync(file, 'statement.sql')
  writeFileSync('call', JSON.stringify({ parameters, mode: (statSync(file).mode & 0o777).toString(8) }))
  if (process.env.ERROR) console.error(process.env.ERROR)
  process.exit(process.env.ERROR ? 1 : 0)
`

describe('npm run createsuperuser', () => {
  test('writes a row, and refuses a second superuser with the same email', async () => {
    const project = newProject()
    project.write('.dev.vars', secrets)
    const wrangler = (...parameters: string[]) =>
      execFileSync(process.execPath, ['node_modules/wrangler/bin/wrangler.js', ...parameters], {
        cwd: project.file('.'),
        encoding: 'utf8',
        env: { ...process.env, WRANGLER_SEND_METRICS: 'false', WRANGLER_WRITE_LOGS: 'false' },
      })
    wrangler('d1', 'migrations', 'apply', 'DB', '--local')
    const env = { DJANGO_SUPERUSER_PASSWORD: password }

    const first = await project.run('createsuperuser', hopper, env)
    const second = await project.run('createsuperuser', hopper, env)

    assert.deepEqual(first, { status: 0, output: 'Superuser created successfully.\n' })
    assert.deepEqual(second, { status: 1, output: 'Error: That email is already taken.\n' })
    const query = ['--json', '--command', 'SELECT * FROM users']
    const answer = wrangler('d1', 'execute', 'DB', '--local', ...query)
    const [{ results }] = JSON.parse(answer)
    const [{ password: hash, date_joined: dateJoined, uuid, ...rest }, ...others] = results
    assert.deepEqual(others, [])
    assert.match(hash, /^argon2\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    assert.ok(Math.abs(Date.now() - dateJoined) < 60_000)
    assert.match(uuid, /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/)
    assert.deepEqual(rest, {
      id: 1,
      email: 'Grace@example.com',
      email_key: 'grace@example.com',
      username: null,
      status: 'active',
      is_staff: 1,
      is_superuser: 1,
      token_version: 1,
      last_login: null,
      first_name: 'Grace',
      last_name: "O'Hopper",
      new_email: null,
      role: 'user',
      ...{ email_verified_at: null, link_version: 0, disabled_from: null, pending_until: null },
      rehashed: 0,
    })
  })

  test('puts no secret on a command line, and leaves no file behind', async () => {
    const project = newProject({ fakeWrangler })
    project.write('.dev.vars', secrets)

    const { status } = await project.run('createsuperuser', hopper, {
      DJANGO_SUPERUSER_PASSWORD: password,
    })

    assert.equal(status, 0)
    const { parameters, mode } = JSON.parse(readFileSync(project.file('call'), 'utf8'))
    const file = parameters.pop()
    assert.deepEqual(parameters, ['d1', 'execute', 'DB', '--local', '--yes', '--file'])
    assert.equal(mode, '600')
    assert.ok(!existsSync(file))
    const statement = readFileSync(project.file('statement.sql'), 'utf8')
    assert.match(statement, /^INSERT INTO users \([a-z_, ]+\) VALUES \([A-Z0-9a-f(), ']+\);\n$/)
  })

  test('with LOGIN_FIELD=username, the email may be blank and is not a key', async () => {
    const project = newProject({ fakeWrangler })
    project.write('.dev.vars', secrets)
    const parameters = ['--noinput', '--username', 'grace', '--var', 'LOGIN_FIELD:username']
    const env = { DJANGO_SUPERUSER_PASSWORD: password, DJANGO_SUPERUSER_EMAIL: '' }

    const { status } = await project.run('createsuperuser', parameters, env)

    assert.equal(status, 0)
    const statement = readFileSync(project.file('statement.sql'), 'utf8')
    const username = Buffer.from('grace').toString('hex')
    assert.ok(statement.includes(`(CAST(X'' AS TEXT), NULL, CAST(X'${username}' AS TEXT), `))
  })

  test('prints its usage', async () => {
    const { status, output } = await newProject().run('createsuperuser', ['--help'])

    assert.equal(status, 0)
    assert.match(output, /^Usage: npm run createsuperuser /)
  })

  const refused: [string, string[], Record<string, string>, RegExp, (1 | 2)?][] = [
    ['an invalid email', ['--noinput', '--email', 'grace'], {}, /^Error: email: Enter a valid/],
    ['a missing field', grace, {}, /^Error: You must use --last_name with --noinput\.$/m],
    ['a missing password', hopper, {}, /^Error: You must set DJANGO_SUPERUSER_PASSWORD/],
    ['to ask without a terminal', [], {}, /not running in a TTY/],
    ['a placeholder database', ['--remote'], {}, /^database_id /],
    ['a wrong setting', ['--var', 'ARGON2_TIME_COST:99'], {}, /^ARGON2_TIME_COST is "99"/],
    ['an unknown option', ['--password', 'x'], {}, /--password/, 2],
  ]
  for (const [name, parameters, env, sentence, expected = 1] of refused) {
    test(`refuses ${name}, and does not call wrangler`, async () => {
      const project = newProject({ fakeWrangler })
      project.write('.dev.vars', secrets)

      const { status, output } = await project.run('createsuperuser', parameters, env)

      assert.equal(status, expected)
      assert.match(output, sentence)
      assert.ok(!existsSync(project.file('call')))
    })
  }

  const failures: [string, RegExp][] = [
    ['D1_ERROR: no such table: users', /^The database has no tables yet/],
    ["Failed: INSERT INTO users VALUES (CAST(X'7069' AS TEXT))", /CAST\(X'…' AS TEXT\)/],
  ]
  for (const [error, sentence] of failures) {
    test(`reports "${error}" without its values`, async () => {
      const project = newProject({ fakeWrangler })
      project.write('.dev.vars', secrets)

      const { status, output } = await project.run('createsuperuser', hopper, {
        DJANGO_SUPERUSER_PASSWORD: password,
        ERROR: error,
      })

      assert.equal(status, 1)
      assert.match(output, sentence)
      assert.ok(!output.includes('7069'))
    })
  }
})
