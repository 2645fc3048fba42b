import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { runWrangler } from '../../cli/wrangler.ts'
import { quiet, userRow } from './importing.ts'
import { startGatehouse } from './running.ts'

const signingKey = 'a-signing-key-of-django-0123456789-0123456789'
const ahead = '2090-01-02T03:04:05Z'
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A refresh token as Simple JWT signs it. */
function refreshToken(user: number, jti: string) {
  const claims = { token_type: 'refresh', exp: Date.parse(ahead) / 1000, iat: 1700000000, jti }
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ ...claims, user_id: user })}`
  return `${signed}.${createHmac('sha256', signingKey).update(signed).digest('base64url')}`
}

const tokens = [
  { pk: 1, user: 1, jti: 'used-then-blacklisted' },
  { pk: 2, user: 1, jti: 'used' },
  { pk: 3, user: 2, jti: 'used-by-another' },
  { pk: 4, user: 1, jti: 'blacklisted-unused' },
].map((token) => ({ ...token, token: refreshToken(token.user, token.jti) }))

const outstanding = tokens.map(({ pk, user, jti, token }) => ({
  model: 'token_blacklist.outstandingtoken',
  pk,
  fields: { user, jti, token, expires_at: ahead, created_at: '2024-01-02T03:04:05Z' },
}))
const blacklisted = (token: number) => ({
  model: 'token_blacklist.blacklistedtoken',
  pk: token,
  fields: { token, blacklisted_at: '2024-01-03T03:04:05Z' },
})

/** A running Worker, imports into its database, and requests to it. */
async function newHouse() {
  const dev = await startGatehouse({ SIGNING_KEY: signingKey })
  const runImport = (rows: object[], ...options: string[]) => {
    dev.project.write('dump.json', JSON.stringify(rows))
    return dev.project.run('import-django', ['dump.json', '--local', ...options], quiet)
  }
  const post = async (path: string, body: object) => {
    const stdout = await fetch(`${dev.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return stdout.status
  }
  const refresh = (index: number) =>
    post('/auth/jwt/refresh/', { refresh: tokens[index]?.token ?? '' })
  return { dev, runImport, post, refresh }
}

test('a second import revokes a refresh token that was used here and blacklisted in Django since', async () => {
  const { dev, runImport, refresh } = await newHouse()
  const people = [userRow(1), userRow(2)]
  try {
    const first = await runImport([...people, ...outstanding])
    assert.equal(first.status, 0, first.output)
    assert.deepEqual([await refresh(0), await refresh(1), await refresh(2)], [200, 200, 200])

    const dead = [blacklisted(1), blacklisted(4)]
    for (const _ of [1, 2]) {
      const { status, output } = await runImport([...people, ...outstanding, ...dead], '--again')
      assert.equal(status, 0, output)
      const answers = [await refresh(0), await refresh(1), await refresh(2), await refresh(3)]
      assert.deepEqual(answers, [401, 200, 200, 401])
    }
    const { stdout } = await runWrangler([
      ...['d1', 'execute', 'DB', '--local', '--json', '--persist-to'],
      dev.project.file('.wrangler/state'),
      ...['--command', 'SELECT user_id, revoke_reason FROM sessions ORDER BY created_at'],
    ])
    const [{ results }] = JSON.parse(stdout) as [{ results: object[] }]
    assert.deepEqual(results, [
      { user_id: 1, revoke_reason: 'blacklisted' },
      { user_id: 1, revoke_reason: null },
      { user_id: 2, revoke_reason: null },
    ])
  } finally {
    await dev.stop()
  }
})

test('a user with a clear-text password cannot log in, and can reset the password by email', async () => {
  const { dev, runImport, post } = await newHouse()
  try {
    const people = [userRow(1, { password: 'Summer2024!' })]
    const first = await runImport(people, '--leave', 'clear-text')
    assert.equal(first.status, 0, first.output)
    const second = await runImport(people, '--leave', 'clear-text')
    assert.equal(second.status, 0, second.output)
    assert.doesNotMatch(second.output, /another password/)

    const email = 'user1@example.com'
    assert.equal(await post('/auth/jwt/create/', { email, password: 'Summer2024!' }), 401)
    assert.equal(await post('/auth/users/reset_password/', { email }), 204)
    const mailbox = await fetch(`${dev.url}/dev/mailbox/`)
    const { results } = (await mailbox.json()) as { results: { uid: string; token: string }[] }
    const [{ uid, token }] = results as [{ uid: string; token: string }]
    const reset = { uid, token, new_password: 'a pond of herons' }
    assert.equal(await post('/auth/users/reset_password_confirm/', reset), 204)
    assert.equal(await post('/auth/jwt/create/', { email, password: 'a pond of herons' }), 200)
  } finally {
    await dev.stop()
  }
})
