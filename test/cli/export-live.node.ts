// From a Worker and its real D1 to a Django, if this machine has one, and back.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { textLiteral as text } from '../../cli/sql-literals.ts'
import { runWrangler } from '../../cli/wrangler.ts'
import { rowsIn } from './exporting.ts'
import { importFiles, quiet } from './importing.ts'
import { newProject } from './project.ts'
import { startGatehouse } from './running.ts'

const password = 'a pond of herons'
const names = [
  ...[
    '',
    "O'Brien",
    '"',
    ';--',
    'COMMIT;',
    '\\',
    '\0',
    'a\0b',
    '\n',
    '\r\n',
    '\t',
    '\u2028',
    '\u0085',
  ],
  ...['🐴👩‍👩‍👧', 'Ольга', '\u202e', '%s', '{{ x }}', '</script>', '\u007f', ' '],
]
const settings = { ROTATE_REFRESH_TOKENS: 'true', BLACKLIST_AFTER_ROTATION: 'true' }
const vars = Object.entries(settings).flatMap(([name, value]) => ['--var', `${name}:${value}`])

test('after an export, Django has the names, the keys and the revoked tokens', async () => {
  const dev = await startGatehouse({ ...settings, ARGON2_MEMORY_COST: '64', ARGON2_TIME_COST: '1' })
  const { project, url } = dev
  const post = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })
    return (await answer.json()) as Record<string, string>
  }
  const email = (id: number) => `user${id}@example.com`
  const logIn = (id: number) => post('/auth/jwt/create/', { email: email(id), password })
  const folder = newProject().file('exported')
  const token: Record<string, string> = {}
  try {
    for (const id of [1, 2]) {
      const named = { first_name: 'Ada', last_name: 'Lovelace' }
      await post('/auth/users/', { email: email(id), password, ...named })
    }
    const rows = names.map((name, i) => {
      const id = i + 1
      const values = [text(email(id)), text(email(id)), "'!'", "'disabled'", text(name), 5]
      return `INSERT INTO users (id, email, email_key, password, status, first_name, date_joined)
        VALUES (${id}, ${values.join(', ')}) ON CONFLICT (id) DO UPDATE SET first_name = ${text(name)};`
    })
    project.write(
      'rows.sql',
      `${rows.join('\n')}\nUPDATE users SET status = 'active' WHERE id < 3;`,
    )
    const local = ['--local', '--persist-to', project.file('.wrangler/state')]
    const seeded = await runWrangler([
      ...['d1', 'execute', 'DB', ...local, '--yes', '--file', project.file('rows.sql')],
    ])
    assert.ok(seeded.succeeded, seeded.output)

    const ended = await logIn(1)
    await post('/api/token/blacklist/', { refresh: ended.refresh })
    const used = await logIn(2)
    const living = await post('/auth/jwt/refresh/', { refresh: used.refresh })
    Object.assign(token, { ended: ended.refresh, used: used.refresh, living: living.refresh })
    const login = { email: email(2), password }
    token.key = (await post('/auth/token/login/', login)).auth_token ?? ''

    const { status, output } = await project.run('export-django', ['--out', folder, ...vars], quiet)
    assert.equal(status, 0, output)
  } finally {
    await dev.stop()
  }

  const users = rowsIn(folder, 'users.json')
  assert.deepEqual(
    users.map(({ pk, fields }) => [pk, fields.first_name]),
    names.map((name, i) => [i + 1, name]),
  )
  assert.deepEqual(
    rowsIn(folder, 'authtoken.json').map(({ pk }) => pk),
    [token.key],
  )
  const outstanding = rowsIn(folder, 'token_blacklist.json').filter(({ fields }) => fields.jti)
  assert.deepEqual(
    outstanding.map(({ fields }) => fields.jti),
    [idIn(token.ended), idIn(token.used)],
  )

  // The import reads the export back exactly.
  const files = ['users', 'authtoken', 'token_blacklist'].map((name) =>
    join(folder, `${name}.json`),
  )
  const { all } = await importFiles(files)
  assert.deepEqual(
    all('SELECT CAST(first_name AS BLOB) AS name FROM users ORDER BY id').map(({ name }) =>
      Buffer.from(name as Uint8Array).toString(),
    ),
    names,
  )
  assert.equal(all('SELECT * FROM revoked_tokens').length, 2)
  if (hasDjango()) inDjango(files, users, token)
})

const idIn = (jwt = '') =>
  JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()).jti

/** Debian's Django, which the conformance tests also use for their older stack. */
function hasDjango() {
  try {
    execFileSync(
      '/usr/bin/python3',
      ['-c', 'import djoser, corsheaders, rest_framework_simplejwt'],
      {
        stdio: 'ignore',
      },
    )
    return true
  } catch {
    return false
  }
}

function inDjango(files: string[], users: { pk: unknown }[], token: Record<string, string>) {
  const state = mkdtempSync(join(tmpdir(), 'gatehouse-django-'))
  const project = resolve('test/conformance/django/run')
  const env = { PEER_STACK: 'old', PEER_LOGIN: 'username', PEER_SECRET: 'x', PEER_STATE: state }
  const manage = (...parameters: string[]) =>
    execFileSync(project, ['-m', 'django', ...parameters], {
      encoding: 'utf8',
      env: { ...process.env, ...env },
    })
  try {
    manage('migrate', '--run-syncdb', '-v0')
    assert.match(manage('loaddata', ...files), /^Installed \d+ object\(s\) from 3 fixture\(s\)/)
    manage('loaddata', ...files) // the same rows again
    const database = new DatabaseSync(join(state, 'db.sqlite3'), { readOnly: true })
    const all = (sql: string) =>
      database
        .prepare(sql)
        .all()
        .map((row) => ({ ...row }))
    assert.equal(all('SELECT * FROM auth_user').length, users.length)
    assert.deepEqual(
      all('SELECT CAST(first_name AS BLOB) AS name FROM auth_user ORDER BY id').map(({ name }) =>
        Buffer.from(name as Uint8Array).toString(),
      ),
      names,
    )
    assert.deepEqual(all('SELECT key, user_id FROM authtoken_token'), [
      { key: token.key, user_id: 2 },
    ])
    assert.deepEqual(
      all(`SELECT jti FROM token_blacklist_outstandingtoken outstanding
        JOIN token_blacklist_blacklistedtoken dead ON dead.token_id = outstanding.id ORDER BY user_id`),
      [{ jti: idIn(token.ended) }, { jti: idIn(token.used) }],
    )
    database.close()
  } finally {
    rmSync(state, { recursive: true, force: true })
  }
}
