// REST framework's JavaScript client, unchanged, with the schema that a Django generated for Djoser, Simple JWT and
// authtoken (test/conformance/django/schema.py). Only the base URL differs.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, test } from 'node:test'
import { startGatehouse } from '../cli/running.ts'

const coreapi = createRequire(import.meta.url)('coreapi')

const pages = { DEFAULT_PAGINATION_CLASS: 'PageNumberPagination', PAGE_SIZE: 2 }
const name = { first_name: 'Ada', last_name: 'Lovelace' }
const [first, second, third] = ['a pond of herons', 'a flock of geese', 'a herd of zebras']

let gatehouse: Awaited<ReturnType<typeof startGatehouse>>
let schema: object

before(async () => {
  gatehouse = await startGatehouse(pages)
  const djangos = readFileSync('test/clients/django.json', 'utf8')
  const ours = djangos.replace('http://localhost:8000', gatehouse.url)
  schema = new coreapi.codecs.CoreJSONCodec().decode(ours)
})
after(() => gatehouse.stop())

type Ask = (action: string, params?: object) => Promise<ReturnType<typeof JSON.parse>>

/** The client, with a token if there is one. FormData is the browser's class. */
function client(token?: { scheme?: string; token: string }): Ask {
  const auth = token && new coreapi.auth.TokenAuthentication(token)
  const transports = [new coreapi.transports.HTTPTransport({ auth, FormData })]
  const asked = new coreapi.Client({ transports })
  return (action, params) => asked.action(schema, action.split(' '), params)
}

/** The error with which the client rejects a response that is no success. */
const refused = (asked: Promise<unknown>, title: RegExp, content: object) =>
  assert.rejects(asked, (error: { message: string; content: object }) => {
    assert.match(error.message, title)
    assert.deepEqual(error.content, content)
    return true
  })

async function linkFor(address: string, kind: string) {
  for (let tries = 0; tries < 50; tries++) {
    const { results } = (await (await fetch(`${gatehouse.url}/dev/mailbox/`)).json()) as {
      results: Record<'to' | 'kind' | 'uid' | 'token', string>[]
    }
    const mail = results.find((each) => each.to === address && each.kind === kind)
    if (mail) return { uid: mail.uid, token: mail.token }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return assert.fail(`no ${kind} for ${address}`)
}

async function signedUp(email: string) {
  const user = await client()('auth users create', { email, password: first, ...name })
  await client()('auth users activation', await linkFor(email, 'activation'))
  return user
}

test('Djoser: an account from sign-up to a forgotten password', async () => {
  const ask = client()
  const email = 'ada@example.com'
  const created = await ask('auth users create', { email, password: first, ...name })
  assert.deepEqual([created.email, created.first_name], [email, 'Ada'])
  const again = ask('auth users create', { email, password: first, ...name })
  await refused(again, /^400/, { email: ['user account with this email already exists.'] })
  await refused(ask('auth jwt create create', { email, password: first }), /^401 Unauthorized/, {
    detail: 'No active account found with the given credentials',
  })

  const activation = await linkFor(email, 'activation')
  assert.equal(await ask('auth users activation', activation), undefined)
  await refused(ask('auth users activation', activation), /^403/, {
    detail: 'Stale token for given user.',
  })

  const { access } = await ask('auth jwt create create', { email, password: first })
  const own = client({ token: access })
  assert.deepEqual(await own('auth users me read'), created)
  assert.equal(
    (await own('auth users me partial_update', { first_name: 'Augusta' })).id,
    created.id,
  )
  await own('auth users me update', { first_name: 'Augusta', last_name: 'King' })
  const { first_name, last_name } = await own('auth users read', { id: created.id })
  assert.deepEqual([first_name, last_name], ['Augusta', 'King'])
  const { count, results } = await own('auth users list', { page: 1 })
  assert.deepEqual([count, results.length, results[0].email], [1, 1, email])

  await own('auth users set_password', { current_password: first, new_password: second })
  await ask('auth users reset_password', { email })
  const reset = { ...(await linkFor(email, 'password_reset')), new_password: third }
  await ask('auth users reset_password_confirm', reset)
  await refused(ask('auth jwt create create', { email, password: second }), /^401/, {
    detail: 'No active account found with the given credentials',
  })
  assert.ok((await ask('auth jwt create create', { email, password: third })).refresh)
})

test('Simple JWT: pairs, sliding tokens and the blacklist', async () => {
  const email = 'grace@example.com'
  const ask = client()
  const { id } = await signedUp(email)
  const pair = await ask('api token create', { email, password: first })
  assert.deepEqual(await ask('api token verify create', { token: pair.access }), {})
  const { access } = await ask('api token refresh create', { refresh: pair.refresh })
  const own = client({ scheme: 'JWT', token: access })
  assert.match((await own('api protected-endpoint list')).message, /^You have access/)
  assert.equal((await own('auth users me read')).id, id)

  await ask('api token blacklist create', { refresh: pair.refresh })
  await refused(ask('api token refresh create', { refresh: pair.refresh }), /^401/, {
    detail: 'Token is blacklisted',
    code: 'token_not_valid',
  })

  const { token } = await ask('api token sliding create', { email, password: first })
  assert.ok((await ask('api token sliding refresh create', { token })).token)
})

test('authtoken: at its own path and at Djoser’s', async () => {
  const email = 'mary@example.com'
  const ask = client()
  await signedUp(email)
  const { token } = await ask('api-token-auth create', { username: email, password: first })
  const { auth_token } = await ask('auth token login create', { email, password: first })
  assert.equal(auth_token, token)

  const own = client({ scheme: 'Token', token })
  assert.equal((await own('auth users me read')).email, email)
  assert.equal(await own('auth token logout create'), undefined)
  await refused(own('auth users me read'), /^401/, { detail: 'Invalid token.' })
  await refused(ask('api-token-auth create', { username: email, password: 'wrong' }), /^400/, {
    non_field_errors: ['Unable to log in with provided credentials.'],
  })
})
