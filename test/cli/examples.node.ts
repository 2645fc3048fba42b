// Runs the Workers of examples/ beside Gatehouse, as their README says.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { keyFileText, newKey } from '../../cli/key-file.ts'
import { startWrangler } from '../../cli/wrangler.ts'
import { freePort, portOf, startGatehouse } from './running.ts'

// The registry by which Workers on one machine find each other; not the developer's.
const registry = mkdtempSync(join(tmpdir(), 'gatehouse-registry-'))
process.env.WRANGLER_REGISTRY_PATH = registry
process.on('exit', () => rmSync(registry, { recursive: true, force: true }))

const password = 'a pond of herons'

/** A logged-in user of a Gatehouse that requires no activation. */
async function loggedIn(url: string) {
  const email = `ada.${Date.now()}@example.com`
  await post(`${url}/auth/users/`, { email, password, first_name: 'Ada', last_name: 'Lovelace' })
  const { access, refresh } = await post(`${url}/auth/jwt/create/`, { email, password })
  return { email, access, refresh }
}

async function post(url: string, body: object): Promise<Record<string, string>> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  assert.ok(response.ok, `${url} answered ${response.status}`)
  return response.json() as Promise<Record<string, string>>
}

/** Starts an example, and waits until it answers. */
async function example(name: string, vars: Record<string, string> = {}) {
  const port = await freePort()
  const child = startWrangler(
    [
      ...['dev', '-c', `examples/${name}/wrangler.toml`, '--port', String(port)],
      ...['--ip', '127.0.0.1', '--inspector-port', '0', '--show-interactive-dev-session=false'],
      ...Object.entries(vars).flatMap(([name, value]) => ['--var', `${name}:${value}`]),
    ],
    { stdio: 'ignore' },
  )
  const url = `http://127.0.0.1:${port}`
  for (let tries = 0; !(await fetch(url).catch(() => undefined)); tries++) {
    assert.ok(tries < 300 && child.exitCode === null, `${name} does not answer`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return {
    async get(path: string, token?: string) {
      const headers: HeadersInit = token ? { authorization: `Bearer ${token}` } : {}
      const response = await fetch(`${url}${path}`, { headers })
      const text = await response.text()
      return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text }
    },
    async stop() {
      child.kill('SIGINT')
      await once(child, 'close')
    },
  }
}

/** A public address of Gatehouse. It counts the requests for its keys. */
async function counter() {
  let [target, asked] = ['', 0]
  const server = createServer(async (request, response) => {
    asked++
    const { status, headers, body } = await fetch(`${target}${request.url}`)
    const [type, age] = ['content-type', 'cache-control'].map((name) => headers.get(name) ?? '')
    response.writeHead(status, { 'content-type': type, 'cache-control': age })
    for await (const chunk of body ?? []) response.write(chunk)
    response.end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    issuer: `http://127.0.0.1:${portOf(server)}`,
    lead: (url: string) => {
      target = url
    },
    asked: () => asked,
    stop: () => server.close(),
  }
}

describe('examples', () => {
  test('service-binding asks Gatehouse, and rejects a revoked session at once', async () => {
    const gatehouse = await startGatehouse({ SEND_ACTIVATION_EMAIL: false })
    const orders = await example('service-binding')
    const { email, access, refresh } = await loggedIn(gatehouse.url)

    const { status, body } = await orders.get('/', access)
    assert.equal(status, 200)
    assert.deepEqual(Object.keys(body.user), ['first_name', 'last_name', 'role', 'id', 'email'])
    assert.equal(body.user.email, email)

    const garbage = await orders.get('/', 'x')
    const refused = { code: 'token_not_valid', detail: 'Given token not valid for any token type' }
    assert.deepEqual(garbage, { status: 401, body: refused })
    assert.equal((await orders.get('/')).status, 401)

    await post(`${gatehouse.url}/api/token/blacklist/`, { refresh })
    assert.deepEqual(await orders.get('/', access), { status: 401, body: refused })
    await orders.stop()
    await gatehouse.stop()
  })

  test('resource-server verifies by the published keys, and fetches them once', async () => {
    const keys = await counter()
    const gatehouse = await startGatehouse({
      SEND_ACTIVATION_EMAIL: false,
      SIGNING_KEYS: keyFileText([await newKey('ES256', new Date())]),
      ...{ ISSUER: keys.issuer, AUDIENCE: 'library' },
    })
    keys.lead(gatehouse.url)
    const library = await example('resource-server', { ISSUER: keys.issuer })
    const { access, refresh } = await loggedIn(gatehouse.url)

    assert.equal((await library.get('/')).body, 'Open to all.')
    assert.equal(keys.asked(), 0)
    const { status, body } = await library.get('/books/', access)
    assert.equal(status, 200)
    assert.deepEqual([typeof body.reader, typeof body.until], ['number', 'number'])
    for (let i = 0; i < 20; i++) assert.equal((await library.get('/books/', access)).status, 200)
    assert.equal(keys.asked(), 1)

    const [, claims, signature] = access?.split('.') ?? []
    for (let i = 0; i < 20; i++) {
      const header = JSON.stringify({ alg: 'ES256', typ: 'JWT', kid: `invented ${i}` })
      const forged = [Buffer.from(header).toString('base64url'), claims, signature].join('.')
      assert.equal((await library.get('/books/', forged)).body.code, 'token_not_valid')
    }
    assert.equal((await library.get('/books/', refresh)).status, 401)
    assert.equal((await library.get('/books/')).status, 401)
    assert.equal(keys.asked(), 1)
    await library.stop()
    await gatehouse.stop()
    keys.stop()
  })
})
