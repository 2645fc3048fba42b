// Exports and restores a database by the commands of docs/deploying.md. The restored one accepts the same tokens.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { newProject } from './project.ts'
import { freePort, waitForOutput } from './running.ts'

const guide = readFileSync('docs/deploying.md', 'utf8')
const project = newProject()
const port = await freePort()
const password = 'a pond of herons'
const tables = [
  ...['users', 'sessions', 'auth_tokens', 'security_events', 'mail_outbox', 'throttles'],
  ...['revoked_tokens', 'dev_mailbox', 'd1_migrations'],
]
const ada = {
  email: 'ada@example.com',
  password,
  first_name: 'Ada; -- "x"',
  last_name: "O'Hara;\nO''Brien -- é",
}
let dev: ReturnType<typeof project.start> | undefined
let tokens: { access: string; refresh: string; key: string }

before(async () => {
  await start()
  await call('POST', '/auth/users/', ada)
  for (const name of ['bob', 'carl']) {
    await call('POST', '/auth/users/', {
      ...ada,
      email: `${name}@example.com`,
      last_name: 'C:\\new',
    })
  }
  const carl = await call('POST', '/auth/jwt/create/', { email: 'carl@example.com', password })
  const gone = await call(
    'DELETE',
    '/auth/users/me/',
    { current_password: password },
    `Bearer ${carl.body.access}`,
  )
  assert.equal(gone.status, 204)
  const { body } = await call('POST', '/auth/jwt/create/', { email: ada.email, password })
  const key = await call('POST', '/auth/token/login/', { email: ada.email, password })
  tokens = {
    access: String(body.access),
    refresh: String(body.refresh),
    key: String(key.body.auth_token),
  }
  await call('POST', '/auth/jwt/create/', { email: 'bob@example.com', password: 'wrong' })
  await call('POST', '/auth/users/reset_password/', { email: ada.email })
  await deliveryTo(ada.email)
  await stop()
  await documented('npx wrangler d1 export DB --remote --output ../backup.sql')
})

after(() => dev?.kill('SIGINT'))

test('a restored database has every row, accepts the same tokens and gives out a new id', async () => {
  await documented('npx gatehouse restore ../backup.sql --remote', ['--persist-to', 'restored'])

  const before = await rowsIn([])
  assert.deepEqual(await rowsIn(['--persist-to', 'restored']), before)
  for (const [i, name] of tables.entries()) {
    if (name !== 'revoked_tokens') assert.ok((before[i] ?? []).length > 0, `${name} has rows`)
  }
  const list = await wrangler(
    'd1',
    'migrations',
    'list',
    'DB',
    '--local',
    '--persist-to',
    'restored',
  )
  assert.match(list.output, /No migrations to apply/)

  await start('--persist-to', 'restored')
  const mine = await call('GET', '/auth/users/me/', undefined, `Bearer ${tokens.access}`)
  assert.equal(mine.body.last_name, ada.last_name)
  const byKey = await call('GET', '/auth/users/me/', undefined, `Token ${tokens.key}`)
  assert.equal(byKey.status, 200)
  const refreshed = await call('POST', '/auth/jwt/refresh/', { refresh: tokens.refresh })
  assert.equal(refreshed.status, 200)
  const dora = await call('POST', '/auth/users/', { ...ada, email: 'dora@example.com' })
  assert.equal(dora.body.id, 4)
  await stop()
})

describe('a database that was migrated', () => {
  const persist = ['--local', '--persist-to', 'migrated']
  const execute = (sql: string) =>
    wrangler('d1', 'execute', 'DB', ...persist, '--json', '--command', sql)

  test('can be restored into, and gives out no id twice', async () => {
    await wrangler('d1', 'migrations', 'apply', 'DB', ...persist)
    await execute(
      "INSERT INTO users (id, password, status, date_joined) VALUES (50, '!', 'active', 1)",
    )
    await execute('DELETE FROM users')

    const { status, output } = await restore('--persist-to', 'migrated')

    assert.equal(status, 0, output)
    assert.match(output, /Restored rows: .*2 in users/)
    const { output: found } = await execute("SELECT seq FROM sqlite_sequence WHERE name = 'users'")
    assert.equal(JSON.parse(found)[0].results[0].seq, 50)
  })

  test('is not changed if it has users', async () => {
    const before = await rowsIn(persist.slice(1))

    const { status, output } = await restore('--persist-to', 'migrated')

    assert.equal(status, 1)
    assert.match(output, /^The database has rows in \w+\. It must have no rows\./)
    assert.deepEqual(await rowsIn(persist.slice(1)), before)
  })
})

describe('npm run restore writes nothing of an export that is', () => {
  const text = () => readFileSync(project.file('../backup-of-test.sql'), 'utf8')
  const parts: [string, () => string, RegExp][] = [
    [
      'cut off in a row',
      () => text().slice(0, text().indexOf('INSERT INTO "users"') + 60),
      /ends in the middle/,
    ],
    [
      'cut off after a row',
      () => text().split('DELETE FROM')[0] ?? '',
      /not complete: the index \w+ is missing/,
    ],
    [
      'without its last line',
      () => text().trimEnd().replace(/\n.*$/, '\n'),
      /the index \w+ is missing/,
    ],
    [
      'without rows',
      () => text().replace(/^INSERT.*(\n(?!INSERT|CREATE|DELETE).*)*\n/gm, ''),
      /does not list the migrations/,
    ],
    [
      'without tables',
      () => text().replace(/^CREATE TABLE[^;]*;\n/gm, ''),
      /rows of \w+, but not the table/,
    ],
    [
      'without the last ids',
      () => text().replace(/^INSERT INTO "sqlite_seq.*\n/gm, ''),
      /the last id of \w+/,
    ],
    [
      'from another version',
      () => text().replace('0000_initial.sql', '0099_new.sql'),
      /0099_new\.sql is not in/,
    ],
    [
      'extended by other statements',
      () => `${text()}DELETE FROM users;\n`,
      /no export has: DELETE FROM/,
    ],
    ['compressed', () => 'BZh91AY&SY\0\0', /is not text/],
    ['empty', () => '', /has no table/],
  ]
  for (const [name, part, sentence] of parts) {
    test(name, async () => {
      writeFileSync(project.file('part.sql'), part())

      const { status, output } = await project.run('restore', ['part.sql', '--persist-to', 'none'])

      assert.equal(status, 1)
      assert.match(output, sentence)
      assert.doesNotMatch(output, /\n {4}at |argon2/)
    })
  }

  test('answers a wrong option by a sentence', async () => {
    const wrong: [string[], 1 | 2][] = [
      [[], 2],
      [['none.sql'], 1],
      [['.'], 1],
      [['part.sql', 'more'], 2],
      [['part.sql', '--yes'], 2],
    ]
    for (const [parameters, expected] of wrong) {
      const { status, output } = await project.run('restore', parameters)

      assert.equal(status, expected)
      assert.doesNotMatch(output, /\n {4}at /)
    }
  })
})

const wrangler = (...parameters: string[]) =>
  project.runScript('wrangler/bin/wrangler.js', parameters)

const restore = (...more: string[]) => project.run('restore', [backup(), ...more])

/** Beside the project, as in the guide, but under a name of its own. */
function backup() {
  return '../backup-of-test.sql'
}

/** Runs a line of the guide, on this machine instead of Cloudflare. */
async function documented(line: string, more: string[] = []) {
  assert.ok(guide.includes(`${line}\n`), `docs/deploying.md has no line ${line}`)
  const words = line.replace('--remote', '--local').replace('../backup.sql', backup()).split(' ')
  const [, program, ...parameters] = [...words, ...more]
  const run =
    program === 'wrangler' ? wrangler(...parameters) : project.run('restore', parameters.slice(1))
  const { status, output } = await run
  assert.equal(status, 0, output)
}

async function start(...more: string[]) {
  const vars = ['SEND_ACTIVATION_EMAIL:false', 'PERMISSIONS_USER_CREATE:AllowAny']
  const parameters = ['--port', String(port), ...more, ...vars.flatMap((each) => ['--var', each])]
  dev = project.start('dev', parameters)
  await waitForOutput(dev, `answers at http://localhost:${port}`)
  dev.stdout?.resume()
  dev.stderr?.resume()
}

async function stop() {
  dev?.kill('SIGINT')
  if (dev) await once(dev, 'close')
  dev = undefined
}

async function rowsIn(persist: string[]): Promise<unknown[][]> {
  const sql = tables.map((name) => `SELECT * FROM ${name} ORDER BY 1`).join('; ')
  const { output } = await wrangler(
    'd1',
    'execute',
    'DB',
    '--local',
    ...persist,
    '--json',
    '--command',
    sql,
  )
  return (JSON.parse(output) as { results: unknown[] }[]).map(({ results }) => results)
}

/** Waits until the mailbox of development has an email, which is delivered after the response. */
async function deliveryTo(address: string) {
  const mailbox = async () => (await fetch(`http://localhost:${port}/dev/mailbox/`)).text()
  for (let tries = 0; tries < 100 && !(await mailbox()).includes(address); tries++) await sleep(100)
}

async function call(method: string, path: string, sent?: object, authorization?: string) {
  const response = await fetch(`http://localhost:${port}${path}`, {
    method,
    headers: {
      ...(sent && { 'content-type': 'application/json' }),
      ...(authorization && { authorization }),
    },
    ...(sent && { body: JSON.stringify(sent) }),
  })
  const text = await response.text()
  const body = (text ? JSON.parse(text) : {}) as Record<string, unknown>
  return { status: response.status, body }
}
