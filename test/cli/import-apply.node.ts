import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { runWrangler } from '../../cli/wrangler.ts'
import { byUsername, quiet, vector } from './importing.ts'
import { startGatehouse } from './running.ts'

const issued = JSON.parse(readFileSync(vector('issued.json'), 'utf8'))

test('users, keys and tokens of Django work here, and a second import undoes nothing', async () => {
  const dev = await startGatehouse({ LOGIN_FIELD: 'username', SIGNING_KEY: issued.signingKey })
  const database = ['--local', '--persist-to', dev.project.file('.wrangler/state')]
  const runImport = (...options: string[]) => {
    const parameters = [vector('django.sqlite3'), '--local', ...byUsername, ...options]
    return dev.project.run('import-django', parameters, quiet)
  }
  const sql = async (statement: string) => {
    const execute = ['d1', 'execute', 'DB', ...database, '--json', '--command', statement]
    const { stdout } = await runWrangler(execute)
    return (JSON.parse(stdout) as [{ results: Record<string, unknown>[] }])[0].results
  }
  const call = async (path: string, body?: object, authorization?: string) => {
    const stdout = await fetch(`${dev.url}${path}`, {
      method: body ? 'POST' : 'GET',
      headers: {
        'content-type': 'application/json',
        ...(authorization ? { authorization } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    return { status: stdout.status, body: JSON.parse((await stdout.text()) || 'null') }
  }
  const logIn = (username: string, password: string) =>
    call('/auth/jwt/create/', { username, password })

  try {
    const first = await runImport()
    assert.equal(first.status, 0, first.output)
    assert.match(
      first.output,
      /^4 users to import, 0 already here\. 1 authtoken key and 1 blacklisted token\.$/m,
    )
    assert.match(first.output, /^Imported 4 users in \d+ s\.$/m)

    // Tokens and passwords of Django work.
    const ada = 'the password of ada'
    assert.equal((await logIn('ada', ada)).status, 200)
    assert.equal((await logIn('ada', 'another')).status, 401)
    assert.equal((await logIn('gone', 'the password of gone')).status, 401)
    const byKey = await call('/auth/users/me/', undefined, `Token ${issued.key}`)
    assert.deepEqual([byKey.status, byKey.body.id], [200, 7])
    const byAccess = await call('/auth/users/me/', undefined, `Bearer ${issued.access}`)
    assert.deepEqual([byAccess.status, byAccess.body.id], [200, 7])
    assert.equal((await call('/auth/jwt/refresh/', { refresh: issued.refresh })).status, 200)
    const { refresh, blacklisted } = issued
    assert.equal((await call('/auth/jwt/refresh/', { refresh: blacklisted })).status, 401)
    assert.equal((await call('/auth/jwt/refresh/', { refresh })).status, 200)

    // Before the second import: a new password, a logout, a deleted account and a new account.
    const access = `Bearer ${(await logIn('grace', 'the password of grace')).body.access}`
    const change = { current_password: 'the password of grace', new_password: 'a pond of herons' }
    assert.equal((await call('/auth/users/set_password/', change, access)).status, 204)
    assert.equal((await call('/auth/token/logout/', {}, `Token ${issued.key}`)).status, 204)
    await sql('DELETE FROM users WHERE id = 11')
    const newcomer = { username: 'new', email: 'new@example.com', password: 'a pond of herons' }
    const signedUp = await call('/auth/users/', newcomer)
    assert.equal(signedUp.body.id, 1_000_301)

    const second = await runImport()
    assert.equal(second.status, 0, second.output)
    assert.match(second.output, /^0 users to import, 3 already here\./)
    assert.match(second.output, /^another password here +2 {2}kept +7, 8$/m)
    assert.match(second.output, /^an authtoken key that is not here, .* 1 {2}kept +7$/m)
    assert.match(second.output, /^deleted here since an import, .* 1 {2}kept +11$/m)
    assert.equal((await logIn('grace', 'a pond of herons')).status, 200)
    assert.equal((await call('/auth/users/me/', undefined, `Token ${issued.key}`)).status, 401)

    const again = await runImport('--again')
    assert.match(again.output, /^Imported 1 user in/m)
    assert.deepEqual(await sql('SELECT id FROM users ORDER BY id'), [
      ...[{ id: 7 }, { id: 8 }, { id: 11 }, { id: 300 }, { id: 1_000_301 }],
    ])
    const [{ seq }] = (await sql("SELECT seq FROM sqlite_sequence WHERE name = 'users'")) as [
      { seq: number },
    ]
    assert.equal(seq, 1_000_301)
  } finally {
    await dev.stop()
  }
})
