// Logins and logouts of the client over HTTP, when answers are lost, and how a session ends.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { newDevice } from './device.ts'
import type { Fault } from './proxy.ts'
import { startProxy } from './proxy.ts'
import {
  assertLoggedOut,
  type Login,
  newLogin,
  newStorage,
  newUser,
  password,
  refreshPath,
  startServer,
} from './setup.ts'

let gatehouse: Awaited<ReturnType<typeof startServer>>
before(async () => {
  gatehouse = await startServer()
})
after(() => gatehouse.stop())

const login = (options?: Parameters<typeof newLogin>[1]) => newLogin(gatehouse.url, options)

describe('a login', { concurrency: 4 }, () => {
  test('whose answer is lost is an error of status 0, and the next one succeeds', async () => {
    const proxy = await startProxy(gatehouse.url)
    const person = await newUser(gatehouse.url)
    const storage = newStorage()
    const auth = newDevice().createClient({ url: proxy.url, storage })
    proxy.break('/auth/jwt/create/', 'lost answer')
    const lost = await auth.login(person)
    assert.equal(lost.error?.status, 0)
    assert.equal(auth.session(), undefined)
    assert.equal(proxy.seen('/auth/jwt/create/').length, 1)
    assert.equal((await auth.login(person)).error, undefined)
    assert.equal((await auth.me()).data?.email, person.email)
  })

  test('with a wrong password names no field; without a password it names one', async () => {
    const proxy = await startProxy(gatehouse.url)
    const auth = newDevice().createClient({ url: proxy.url })
    const { error } = await auth.login({ email: 'nobody@example.com', password: 'wrong' })
    assert.equal(error?.status, 401)
    assert.equal(error?.message, 'No active account found with the given credentials')
    assert.equal(error?.detail, error?.message)
    const blank = await auth.login({ email: '', password: 'x' })
    assert.deepEqual([...(blank.error?.fields.email ?? [])], ['This field may not be blank.'])
    assert.equal(blank.error?.message, 'This field may not be blank.')
  })

  test('that is limited says when to try again', async () => {
    const proxy = await startProxy(gatehouse.url)
    const auth = newDevice().createClient({ url: proxy.url })
    // As a page of another origin sees it: without the header.
    const body = { detail: 'Request was throttled. Expected available in 42 seconds.' }
    proxy.break('/auth/jwt/create/', { status: 429, body })
    const { error } = await auth.login({ email: 'ada@example.com', password })
    assert.equal(error?.status, 429)
    assert.equal(error?.retryAfter, 42)
  })
})

describe('a logout', { concurrency: 4 }, () => {
  const faults: [string, Fault[]][] = [
    ['', []],
    ['whose answer is lost', ['lost answer']],
    ['whose request is lost', ['lost request']],
  ]
  for (const [name, list] of faults) {
    test(`${name} ends the session here and at the server`.trim(), async () => {
      const user = await login()
      const { refresh } = user.storage.tokens()
      user.proxy.break('/auth/jwt/logout/', ...list)
      const { error } = await user.auth.logout()
      assert.equal(error, undefined)
      await assertLoggedOut(user)
      assert.equal(await statusOfRefresh(refresh), 401)
    })
  }

  test('without a network ends the session here, and reports the error', async () => {
    const user = await login()
    user.proxy.break('/auth/jwt/logout/', 'lost request', 'lost request')
    const { error } = await user.auth.logout()
    assert.equal(error?.status, 0)
    await assertLoggedOut(user)
    assert.equal((await user.auth.me()).error?.status, 401)
  })

  test('where the route group of sessions is off uses the blacklist', async () => {
    const user = await login()
    const { refresh } = user.storage.tokens()
    user.proxy.break('/auth/jwt/logout/', { status: 404 })
    assert.equal((await user.auth.logout()).error, undefined)
    assert.equal(await statusOfRefresh(refresh), 401)
  })

  test('without a session sends nothing', async () => {
    const user = await login()
    await user.auth.logout()
    user.proxy.forget()
    assert.equal((await user.auth.logout()).error, undefined)
    assert.equal(user.proxy.seen('/auth/jwt/logout/').length, 0)
  })
})

describe('a session ends', { concurrency: 4 }, () => {
  const ends: [string, (user: Login) => Promise<unknown>][] = [
    [
      'when it is revoked from another device',
      async (user) => {
        const other = newDevice().createClient({ url: gatehouse.url })
        await other.login(user.person)
        assert.equal((await other.DELETE('/auth/sessions/')).error, undefined)
      },
    ],
    [
      'when the password is changed on another device',
      async (user) => {
        const other = newDevice().createClient({ url: gatehouse.url })
        await other.login(user.person)
        const body = { current_password: password, new_password: 'a flock of geese' }
        assert.equal((await other.POST('/auth/users/set_password/', { body })).error, undefined)
      },
    ],
    [
      'when the account is deleted',
      async (user) => {
        const body = { current_password: password }
        assert.equal((await user.auth.DELETE('/auth/users/me/', { body })).error, undefined)
      },
    ],
    [
      'when a stolen refresh token is used again',
      async (user) => {
        const { refresh } = user.storage.tokens()
        for (const _ of [1, 2]) await user.auth.refresh()
        assert.equal(await statusOfRefresh(refresh), 401)
      },
    ],
  ]
  for (const [name, end] of ends) {
    test(name, async () => {
      const user = await login()
      await end(user)
      user.expire()
      const { error } = await user.auth.me()
      assert.equal(error?.status, 401)
      await assertLoggedOut(user)
      const refreshes = user.proxy.seen(refreshPath).length
      await user.auth.me()
      assert.equal(user.proxy.seen(refreshPath).length, refreshes)
    })
  }
})

/** The status that Gatehouse answers for a refresh token. */
async function statusOfRefresh(refresh: string | undefined): Promise<number> {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ refresh })
  const { status } = await fetch(gatehouse.url + refreshPath, { method: 'POST', headers, body })
  return status
}
