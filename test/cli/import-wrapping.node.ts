import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { runWrangler } from '../../cli/wrangler.ts'
import { header, importFiles, line, quiet } from './importing.ts'
import { newProject } from './project.ts'
import { startGatehouse } from './running.ts'

const cheap = { ARGON2_MEMORY_COST: '64', ARGON2_TIME_COST: '1' }
const cheaply = Object.entries(cheap).flatMap(([name, value]) => ['--var', `${name}:${value}`])
const digest = (name: string, text: string) => createHash(name).update(text).digest('hex')

const password = 'a pond of herons'
/** The digest of one password by each fast hasher of Django and by others, and the form of its wrapped hash. */
const digests: [string, RegExp][] = [
  [digest('md5', password), /^argon2_md5\$\$argon2id\$/],
  [digest('sha1', password), /^argon2_sha1\$\$argon2id\$/],
  [digest('sha256', password), /^argon2_sha256\$\$argon2id\$/],
  [digest('sha256', password).toUpperCase(), /^argon2_sha256\$\$argon2id\$/],
  [`md5$$${digest('md5', password)}`, /^argon2_md5\$\$argon2id\$/],
  [`sha1$$${digest('sha1', password)}`, /^argon2_sha1\$\$argon2id\$/],
  [`md5$salt$${digest('md5', `salt${password}`)}`, /^argon2_md5\$salt\$argon2id\$/],
  [`sha1$salt$${digest('sha1', `salt${password}`)}`, /^argon2_sha1\$salt\$argon2id\$/],
]
const addressOf = (id: number) => `user${id}@example.com`
const people = digests.map(([encoded], i) =>
  line(i + 1, addressOf(i + 1)).replace('!', () => encoded),
)

describe('npm run import-django stores no bare digest', () => {
  test('in its files, and keeps every other kind of hash unchanged', async () => {
    const project = newProject()
    const others = ['!', 'pbkdf2_sha256$1$salt$aGFzaA==', 'rot13$0123456789abcdef']
    const rows = [
      ...people,
      ...others.map((hash, i) => line(90 + i, addressOf(90 + i)).replace('!', () => hash)),
    ]
    project.write('users.csv', [header, ...rows].join('\n'))

    const options = [...cheaply, '--leave', 'unknown-hash', '--leave', 'malformed-hash']
    const { all, output, out } = await importFiles([project.file('users.csv')], options)

    const stored = all('SELECT password FROM users ORDER BY id').map((row) => String(row.password))
    for (const [i, [, form]] of digests.entries()) assert.match(stored[i] ?? '', form)
    assert.deepEqual(stored.slice(digests.length), others)
    assert.equal(new Set(stored).size, stored.length)
    for (const name of readdirSync(out)) {
      const sql = readFileSync(join(out, name), 'utf8')
      const read = sql.replace(/X'([0-9a-f]*)'/g, (_, hex) => Buffer.from(hex, 'hex').toString())
      for (const [encoded] of digests) {
        const hex = encoded.split('$').at(-1) ?? ''
        assert.ok(!read.toLowerCase().includes(hex.toLowerCase()))
      }
    }
    assert.match(output, /^8 bare digests to wrap in argon2id: about \d+ s on/m)
    assert.match(output, /^Wrapped 8 passwords in \d+ s, [\d.]+ a second\.$/m)
  })

  test('and counts them in a dry run', async () => {
    const project = newProject()
    project.write('users.csv', [header, ...people, line(90, addressOf(90))].join('\n'))

    const dry = await project.run(
      'import-django',
      ['--dry-run', 'users.csv', '--var', 'ARGON2_MEMORY_COST:8'],
      quiet,
    )

    assert.equal(dry.status, 0, dry.output)
    assert.match(dry.output, /^9 users to import, 0 already here.*\n8 bare digests to wrap/)
    assert.doesNotMatch(dry.output, /Wrapped/)
  })

  test('and loses the work on some thousands at most if it stops', async () => {
    const project = newProject()
    const rows = Array.from({ length: 5100 }, (_, i) =>
      line(i + 1, addressOf(i + 1)).replace('!', digest('md5', String(i))),
    )
    project.write('users.csv', [header, ...rows].join('\n'))

    const { all, out } = await importFiles(
      [project.file('users.csv')],
      ['--var', 'ARGON2_MEMORY_COST:8', '--var', 'ARGON2_TIME_COST:1'],
    )

    assert.deepEqual(readdirSync(out), ['0001.sql', '0002.sql'])
    const counted = all(
      "SELECT count(*) AS count FROM users WHERE password LIKE 'argon2_md5$$argon2id$%'",
    )
    assert.deepEqual(counted, [{ count: 5100 }])
  })

  test('and does not start if it cannot write its files', async () => {
    const project = newProject()
    project.write('users.csv', [header, ...people].join('\n'))
    const full = newProject().file('src')
    const options = ['users.csv', '--out', full, ...cheaply]

    const { status, output } = await project.run('import-django', options, quiet)

    assert.equal(status, 1)
    assert.match(output, /^--out: .*src must be empty\.$/m)
    assert.doesNotMatch(output, /Wrapped/)
  })
})

test('a user with a bare digest logs in with the old password, and a second import recognises them', async () => {
  const dev = await startGatehouse(cheap)
  const { project } = dev
  const write = (rows: string[]) => project.write('users.csv', [header, ...rows].join('\n'))
  const runImport = () => project.run('import-django', ['users.csv', '--local', ...cheaply], quiet)
  const logIn = async (id: number, password: string) => {
    const { status } = await fetch(`${dev.url}/auth/jwt/create/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: addressOf(id), password }),
    })
    return status
  }
  try {
    write(people)
    const first = await runImport()
    assert.equal(first.status, 0, first.output)
    const persistTo = ['--persist-to', project.file('.wrangler/state')]
    const { stdout } = await runWrangler([
      ...['d1', 'execute', 'DB', '--local', ...persistTo, '--json'],
      ...['--command', 'SELECT * FROM users ORDER BY id'],
    ])
    const [{ results }] = JSON.parse(stdout) as [{ results: { password: string }[] }]
    for (const [i, [, form]] of digests.entries()) assert.match(results[i]?.password ?? '', form)

    // Another salt means another password. A new digest without a salt is not reported.
    const changed = `md5$other$${digest('md5', 'othera flock of geese')}`
    write(
      people.with(
        6,
        line(7, addressOf(7)).replace('!', () => changed),
      ),
    )
    const second = await runImport()
    assert.equal(second.status, 0, second.output)
    assert.match(second.output, /^0 users to import, 8 already here\./)
    assert.deepEqual(second.output.match(/another \w+ here .*/g), [
      'another password here     1  kept      7',
    ])
    assert.doesNotMatch(second.output, /bare digests/)

    for (const id of digests.keys()) {
      assert.equal(await logIn(id + 1, 'another'), 401)
      assert.equal(await logIn(id + 1, password), 200)
    }
  } finally {
    await dev.stop()
  }
})
