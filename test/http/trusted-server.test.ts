// A server that proves itself by TRUSTED_SERVER_SECRET names the client that it acts for. Rate limits, sessions, events
// and throttles then use the client's address and user agent, not the server's. trusted-server-headers.test.ts has the
// secret and the headers that are rejected.

import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { newEmail, password, person } from '../support/people.ts'
import { open } from '../support/throttling.ts'
import { from, fromServer, shared, vars } from '../support/trusted-server.ts'
import { newToken, turnstile, verificationsOf, withToken } from '../support/turnstile.ts'

const logIn = (
  email: string,
  headers: Record<string, string>,
  more: object = {},
  word = password,
) => client({ ...vars, ...more }).post('/auth/jwt/create/', { email, password: word }, { headers })

/** A rate limit that allows every request, and the keys that it counts. */
function recordedKeys() {
  const keys: string[] = []
  const limit = async ({ key }: { key: string }) => {
    keys.push(key)
    return { success: true }
  }
  return { keys, RATE_LIMITER: { limit } }
}

const byte = () => Math.floor(Math.random() * 254) + 1
const anyIp = () => `${byte()}.${byte()}.${byte()}.${byte()}`

describe('thirty-one users that log in within a minute through one server', () => {
  test('can all log in', async () => {
    const emails: string[] = []
    while (emails.length < 31) emails.push((await person()).email)
    const answers = await Promise.all(emails.map((email) => logIn(email, from(anyIp()))))
    expect(answers.map(({ status }) => status)).toEqual(Array(31).fill(200))
  })

  test('are one client without the secret, so at least one of 61 is rejected', async () => {
    const headers = { 'cf-connecting-ip': anyIp(), 'user-agent': 'node' }
    const call = () => logIn(newEmail(), headers)
    const answers = await Promise.all(Array.from({ length: 61 }, call))
    expect(answers.map(({ status }) => status)).toContain(429)
  })
})

test('the rate limit counts the network of the named client, in whatever form its address is written', async () => {
  const { keys, RATE_LIMITER } = recordedKeys()
  for (const ip of [
    '203.0.113.7',
    '::ffff:203.0.113.7',
    '::FFFF:CB00:7107',
    '2001:DB8:0:5::9',
    '2001:db8:0000:0005:1:2:3:4',
  ]) {
    await logIn(newEmail(), from(ip), { RATE_LIMITER })
  }
  expect(keys).toEqual([
    ...Array(3).fill('login:203.0.113.7'),
    ...Array(2).fill('login:2001:db8:0:5'),
  ])
})

test('a client over the limit is rejected, and the server’s other clients are not', async () => {
  const flooding = anyIp()
  const calls = Array.from({ length: 61 }, () => logIn(newEmail(), from(flooding)))
  expect((await Promise.all(calls)).map(({ status }) => status)).toContain(429)
  expect((await logIn(newEmail(), from(anyIp()))).status).toBe(401)
})

test('the server’s own requests count together, and apart from strangers at its address', async () => {
  const { keys, RATE_LIMITER } = recordedKeys()
  await logIn(newEmail(), fromServer, { RATE_LIMITER })
  await logIn(newEmail(), { 'cf-connecting-ip': shared }, { RATE_LIMITER })
  expect(keys).toEqual(['login:server', 'login:2a06:98c0:3600:0'])
})

describe('sessions and events', () => {
  const phone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Safari/604.1'

  async function recordedClients(id: number) {
    const row = (query: string) => env.DB.prepare(query).bind(id).first()
    return {
      session: await row('select ip, user_agent, country from sessions where user_id = ?'),
      event: await row(
        "select ip, user_agent, country from security_events where user_id = ? and type = 'login'",
      ),
    }
  }

  test('show the client that the server names', async () => {
    const { email, id } = await person()
    const more = { 'x-gatehouse-client-user-agent': phone, 'x-gatehouse-client-country': 'de' }
    await logIn(email, from('203.0.113.9', more))
    const client = { ip: '203.0.113.9', user_agent: phone, country: 'DE' }
    expect(await recordedClients(id)).toEqual({ session: client, event: client })
  })

  test('show nothing of the server if it names no user agent', async () => {
    const { email, id } = await person()
    await logIn(email, from('203.0.113.9'))
    const client = { ip: '203.0.113.9', user_agent: null, country: null }
    expect(await recordedClients(id)).toEqual({ session: client, event: client })
  })

  test('show the server’s user agent and no address if it acts for itself', async () => {
    const { email, id } = await person()
    await logIn(email, fromServer)
    const server = { ip: null, user_agent: 'node', country: null }
    expect(await recordedClients(id)).toEqual({ session: server, event: server })
  })

  test('show Cloudflare’s address if the headers come without the secret', async () => {
    const { email, id } = await person()
    const { 'x-gatehouse-secret': _, ...spoofed } = from('203.0.113.9', {
      'x-gatehouse-client-user-agent': phone,
      'x-gatehouse-client-country': 'DE',
    })
    await logIn(email, spoofed)
    const sender = { ip: shared, user_agent: 'node', country: 'XX' }
    expect(await recordedClients(id)).toEqual({ session: sender, event: sender })
  })
})

test('the known network of an account is the client’s, not the server’s', async () => {
  const { email } = await person()
  const home = '198.51.100.7'
  expect((await logIn(email, from(home), open)).status).toBe(200)
  for (let time = 0; time < 10; time++) {
    const guess = await logIn(email, from(anyIp()), open, 'a wrong one')
    expect(guess.status).toBe(401)
  }
  expect((await logIn(email, from('198.51.100.8'), open)).status).toBe(429)
  expect((await logIn(email, from(home), open)).status).toBe(200)
})

test('a session that a Worker of another zone started makes no network known', async () => {
  const { email } = await person()
  const worker = { 'cf-connecting-ip': shared }
  expect((await logIn(email, worker, open)).status).toBe(200)
  for (let time = 0; time < 10; time++) await logIn(email, worker, open, 'a wrong one')
  expect((await logIn(email, worker, open)).status).toBe(429)
  const { results } = await env.DB.prepare(
    'select key from throttles where user_id = (select id from users where email = ?)',
  )
    .bind(email)
    .run()
  expect(results).toHaveLength(1)
})

test('a session that a server started for itself makes no network known', async () => {
  const { email } = await person()
  expect((await logIn(email, fromServer, open)).status).toBe(200)
  for (let time = 0; time < 10; time++) await logIn(email, from(anyIp()), open, 'a wrong one')
  expect((await logIn(email, { 'cf-connecting-ip': shared }, open)).status).toBe(429)
  expect((await logIn(email, fromServer, open)).status).toBe(429)
})

test('Turnstile gets the client’s address', async () => {
  const token = newToken()
  const names = { first_name: 'Ada', last_name: 'Lovelace' }
  const json = { email: newEmail(), password, ...names, ...withToken(token) }
  const api = client({ ...vars, ...turnstile })
  const { status } = await api.post('/auth/users/', json, { headers: from('203.0.113.9') })
  expect(status).toBe(201)
  expect(await verificationsOf(token)).toMatchObject([{ remoteip: '203.0.113.9' }])
})

test('a long user agent is truncated', async () => {
  const { email, id } = await person()
  await logIn(email, from('203.0.113.9', { 'x-gatehouse-client-user-agent': 'x'.repeat(3000) }))
  const query = 'select length(user_agent) as length from sessions where user_id = ?'
  expect(await env.DB.prepare(query).bind(id).first()).toEqual({ length: 500 })
})
