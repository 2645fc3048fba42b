// The fault table of docs/client.md, over HTTP: what goes wrong between a client and Gatehouse, and what it does then. A session
// ends only if Gatehouse says so (logouts.node.ts).

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { Fault } from './proxy.ts'
import {
  assertLoggedIn,
  assertLoggedOut,
  newLogin,
  refreshPath,
  rotations,
  startServer,
} from './setup.ts'

let gatehouse: Awaited<ReturnType<typeof startServer>>
before(async () => {
  gatehouse = await startServer()
})
after(() => gatehouse.stop())

const login = (options?: Parameters<typeof newLogin>[1]) => newLogin(gatehouse.url, options)

describe('a refresh', { concurrency: 4 }, () => {
  test('happens once for 50 requests at the end of a token', async () => {
    const user = await login()
    user.expire()
    const answers = await Promise.all(Array.from({ length: 50 }, () => user.auth.me()))
    assert.ok(answers.every(({ error }) => error === undefined))
    assert.equal(user.proxy.seen(refreshPath).length, 1)
    await assertLoggedIn(user)
  })

  test('happens after a 401, and the request is sent again with its body', async () => {
    const user = await login()
    user.proxy.refuse(user.storage.tokens().access)
    const { data, error } = await user.auth.PATCH('/auth/users/me/', {
      body: { first_name: 'Grace' },
    })
    assert.equal(error, undefined)
    assert.equal(data?.first_name, 'Grace')
    assert.equal(user.proxy.seen(refreshPath).length, 1)
  })

  test('happens once for 20 requests that get a 401', async () => {
    const user = await login()
    user.proxy.refuse(user.storage.tokens().access)
    const answers = await Promise.all(Array.from({ length: 50 }, () => user.auth.me()))
    assert.ok(answers.every(({ error }) => error === undefined))
    assert.equal(user.proxy.seen(refreshPath).length, 1)
  })

  const repeated: [string, Fault[]][] = [
    ['whose request is lost', ['lost request']],
    ['whose answer is lost', ['lost answer']],
    ['whose answers are lost twice', ['lost answer', 'lost answer']],
    ['whose answer breaks off', ['broken answer']],
    ['that a gateway answers with 502', [{ status: 502, body: '<h1>Bad gateway</h1>' }]],
    ['that gets 503', [{ status: 503 }]],
    ['that gets 503 with Retry-After', [{ status: 503, headers: { 'retry-after': '1' } }]],
    ['that gets 429 with a short Retry-After', [{ status: 429, headers: { 'retry-after': '1' } }]],
    [
      'that gets the page of a captive portal',
      [{ status: 200, headers: { 'content-type': 'text/html' }, body: '<h1>Wi-Fi</h1>' }],
    ],
  ]
  for (const [name, faults] of repeated) {
    test(`${name} is repeated with the same token, and rotates it once`, async () => {
      const user = await login()
      user.expire()
      user.proxy.break(refreshPath, ...faults)
      const answers = await Promise.all(Array.from({ length: 20 }, () => user.auth.me()))
      assert.ok(answers.every(({ error }) => error === undefined))
      const refreshes = user.proxy.seen(refreshPath)
      assert.equal(refreshes.length, faults.length + 1)
      assert.equal(new Set(refreshes.map(({ body }) => body)).size, 1)
      assert.equal(rotations(user.storage.tokens().refresh), 1)
      await assertLoggedIn(user)
    })
  }

  const kept: [string, Fault, number][] = [
    ['429 with a long Retry-After', { status: 429, headers: { 'retry-after': '60' } }, 429],
    ['503 with a long Retry-After', { status: 503, headers: { 'retry-after': '60' } }, 503],
    ['403', { status: 403, body: { detail: 'CSRF Failed' } }, 403],
    ['404', { status: 404, body: { detail: 'Not found.' } }, 404],
    [
      'a 401 of a proxy',
      { status: 401, headers: { 'content-type': 'text/html' }, body: 'Proxy' },
      401,
    ],
  ]
  for (const [name, fault, status] of kept) {
    test(`that gets ${name} leaves the token in use while it is valid`, async () => {
      const user = await login()
      user.expire()
      user.proxy.break(refreshPath, fault)
      const { data, error } = await user.auth.me()
      assert.equal(error, undefined)
      assert.equal(data?.email, user.person.email)
      assert.equal(user.proxy.seen(refreshPath).length, 1)
    })

    test(`that gets ${name} is the error of a request whose token is expired, and no logout`, async () => {
      const user = await login()
      user.proxy.refuse(user.storage.tokens().access)
      user.proxy.break(refreshPath, fault)
      const { error } = await user.auth.me()
      assert.equal(error?.status, status)
      if (status === 429 || status === 503) assert.equal(error.retryAfter, 60)
      user.device.moveClock(60_000)
      await assertLoggedIn(user)
    })
  }

  test('is not asked for again before Retry-After, and then is', async () => {
    const user = await login()
    user.proxy.refuse(user.storage.tokens().access)
    user.proxy.break(refreshPath, { status: 429, headers: { 'retry-after': '60' } })
    for (const _ of [1, 2]) assert.equal((await user.auth.me()).error?.retryAfter, 60)
    assert.equal(user.proxy.seen(refreshPath).length, 1)
    user.device.moveClock(60_000)
    assert.equal((await user.auth.me()).error, undefined)
    assert.equal(user.proxy.seen(refreshPath).length, 2)
  })

  test('without a network is an error of status 0, and no logout', async () => {
    const user = await login()
    user.proxy.refuse(user.storage.tokens().access)
    user.proxy.break(refreshPath, 'lost request', 'lost request', 'lost request')
    const { error, response } = await user.auth.me()
    assert.equal(error?.status, 0)
    assert.equal(response, undefined)
    assert.ok(error.cause)
    await assertLoggedIn(user)
  })

  test('that is slow delays the requests, and each succeeds', async () => {
    const user = await login()
    user.expire()
    user.proxy.break(refreshPath, { delay: 1000 })
    const answers = await Promise.all(Array.from({ length: 20 }, () => user.auth.me()))
    assert.ok(answers.every(({ error }) => error === undefined))
    assert.equal(user.proxy.seen(refreshPath).length, 1)
  })

  test('that is answered after a logout does not bring the session back', async () => {
    const user = await login()
    user.expire()
    user.proxy.break(refreshPath, { delay: 1000 })
    const [, { error }] = await Promise.all([
      user.auth.me(),
      setTimeout(100).then(() => user.auth.logout()),
    ])
    assert.equal(error, undefined)
    await assertLoggedOut(user)
    // No session came in between.
    assert.equal(user.sessions.length, 1)
  })
})

describe('a clock', { concurrency: 4 }, () => {
  const minutes = 60_000
  for (const skew of [-10 * minutes, 10 * minutes]) {
    const name = skew < 0 ? 'ten minutes slow' : 'ten minutes fast'

    test(`that is ${name} causes no refresh before the token's end, and one then`, async () => {
      const user = await login({ skew })
      await Promise.all(Array.from({ length: 20 }, () => user.auth.me()))
      assert.equal(user.proxy.seen(refreshPath).length, 0)
      user.expire()
      const answers = await Promise.all(Array.from({ length: 20 }, () => user.auth.me()))
      assert.ok(answers.every(({ error }) => error === undefined))
      assert.equal(user.proxy.seen(refreshPath).length, 1)
    })

    test(`that becomes ${name} during a session causes one refresh, and no error`, async () => {
      const user = await login()
      user.device.moveClock(skew)
      const answers = await Promise.all(Array.from({ length: 20 }, () => user.auth.me()))
      assert.ok(answers.every(({ error }) => error === undefined))
      assert.equal(user.proxy.seen(refreshPath).length, 1)
      await assertLoggedIn(user)
    })
  }

  test('of the server that differs from all others changes nothing', async () => {
    const user = await login()
    const headers = { date: new Date(0).toUTCString() }
    user.proxy.break('/auth/users/me/', { status: 401, headers })
    await assertLoggedIn(user)
  })

  test('goes on while the app is closed, so that it first renews a token that has expired', async () => {
    const user = await login()
    user.expire()
    const restarted = user.device.createClient({ url: user.proxy.url, storage: user.storage })
    assert.ok(await restarted.ready())
    assert.equal((await restarted.me()).error, undefined)
    assert.equal(user.proxy.seen(refreshPath).length, 1)
    assert.equal(user.proxy.seen('/auth/users/me/').length, 1)
  })
})
