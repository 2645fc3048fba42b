// A running Worker as a client meets it: the README's commands, word for word, and a hundred refreshes at once.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { startGatehouse } from './running.ts'

test('the README’s commands work until the account is deleted, and the log names no secret', async () => {
  const worker = await startGatehouse()
  const walk = readmeWalk().replace('http://localhost:8787', worker.url)

  const answers = execFileSync('bash', ['-euo', 'pipefail', '-c', walk], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })

  const statuses = [...answers.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status))
  assert.deepEqual(statuses, [201, 204, 200, 200, 204, 204, 204, 200, 401, 204])

  const mailbox = (await (await fetch(`${worker.url}/dev/mailbox/`)).json()) as {
    results: { kind: string; to: string; token: string | null }[]
  }
  const changed = 'password_changed_confirmation'
  assert.deepEqual(
    mailbox.results.map(({ kind }) => kind),
    [changed, 'password_reset', changed, 'activation'],
  )
  const log = await worker.stop()
  assert.match(log, /DELETE \/auth\/users\/me\/ 204/)
  const secrets = mailbox.results.flatMap(({ to, token }) => [to, ...(token ? [token] : [])])
  for (const secret of [...secrets, 'a pond of herons', 'a herd of zebras', 'eyJ']) {
    assert.ok(!log.includes(secret), `the log holds ${secret}`)
  }
})

test('100 parallel refreshes are one rotation, and reuse ends the session later', async () => {
  const worker = await startGatehouse({
    ROTATE_REFRESH_TOKENS: true,
    BLACKLIST_AFTER_ROTATION: true,
    SEND_ACTIVATION_EMAIL: false,
    THROTTLE_ENABLED: false, // a session has 60 refreshes a minute
  })
  const post = async (path: string, json: object) => {
    const headers = { 'content-type': 'application/json' }
    const request = { method: 'POST', headers, body: JSON.stringify(json) }
    const response = await fetch(worker.url + path, request)
    return { status: response.status, body: (await response.json()) as Record<string, string> }
  }
  const person = { email: 'ada@example.com', password: 'a pond of herons' }
  await post('/auth/users/', { ...person, first_name: 'Ada', last_name: 'Lovelace' })
  const { refresh = '' } = (await post('/auth/jwt/create/', person)).body

  const refreshing = Array.from({ length: 100 }, () => post('/auth/jwt/refresh/', { refresh }))
  const answers = await Promise.all(refreshing)

  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200])
  assert.equal(new Set(answers.map(({ body }) => JSON.stringify(body))).size, 1)

  // The reuse interval covers a client that obeys Retry-After: 2 × D1_TIMEOUT + 10 s, and a little more.
  await new Promise((resolve) => setTimeout(resolve, 20_100))
  const parent = await post('/auth/jwt/refresh/', { refresh })
  const successor = await post('/auth/jwt/refresh/', { refresh: answers[0]?.body.refresh })
  assert.deepEqual([parent.status, successor.status], [401, 401])
  const beyondAscii = { headers: { authorization: 'Bearer é.é.é' } }
  assert.equal((await fetch(`${worker.url}/auth/users/me/`, beyondAscii)).status, 401)
  await worker.stop()
})

/** The code blocks of the README's section "An account, from sign-up to deletion". */
function readmeWalk(): string {
  const chapter = readFileSync('README.md', 'utf8')
    .split(/^## /m)
    .find((text) => /^An account/.test(text))
  const blocks = [...(chapter ?? '').matchAll(/^```sh\n(.*?)^```/gms)].map(([, block]) => block)
  assert.ok(blocks.length > 5)
  return blocks.join('\n')
}
