// The Worker of the project, as `npm run dev` starts it, and the user that these tests sign up.

import assert from 'node:assert/strict'
import { freePort, waitForOutput } from '../cli/running.ts'
import { project } from './project.ts'
import { start, stop } from './workshop.ts'

const ada = { email: 'ada@example.com', password: 'a pond of herons' }

/** Starts the Worker for `use`, and ends it as Ctrl+C does. @returns the seconds until its first answer */
export async function whileItRuns(use: (origin: string) => Promise<void>): Promise<number> {
  const port = await freePort()
  const started = performance.now()
  const parameters = ['--port', String(port), '--var', 'SEND_ACTIVATION_EMAIL:false']
  const dev = start(['npm', 'run', 'dev', '--', ...parameters], { cwd: project })
  try {
    await waitForOutput(dev, `answers at http://localhost:${port}`)
    const seconds = (performance.now() - started) / 1000
    await use(`http://localhost:${port}`)
    return seconds
  } finally {
    assert.ok(await stop(dev), 'Ctrl+C did not end it')
  }
}

/** Signs Ada up with the field that the project has added. */
export async function signUp(origin: string) {
  const named = { ...ada, first_name: 'Ada', last_name: 'Lovelace' }
  const missing = await post(`${origin}/auth/users/`, named)
  assert.deepEqual([missing.status, missing.body], [400, { company: ['This field is required.'] }])
  const created = await post(`${origin}/auth/users/`, { ...named, company: 'Herons Ltd' })
  assert.deepEqual([created.status, created.body.company], [201, 'Herons Ltd'])
}

/** Logs Ada in: the token has the project's claim, and its endpoint knows her. */
export async function logIn(origin: string) {
  const { body: tokens } = await post(`${origin}/auth/jwt/create/`, ada)
  const [, payload = ''] = String(tokens.access).split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
  assert.equal(claims.company, 'HERONS LTD')

  const headers = { authorization: `Bearer ${tokens.access}` }
  const own = await fetch(`${origin}/api/company/`, { headers })
  assert.deepEqual([own.status, await own.json()], [200, { company: 'Herons Ltd' }])
  const ready = await fetch(`${origin}/readyz`)
  assert.deepEqual(await ready.json(), { status: 'ok' })
}

/** The document has what the project has added, and the page has its script, which the package brings. */
export async function readReference(origin: string) {
  const { components } = (await (await fetch(`${origin}/openapi.json`)).json()) as Document
  assert.ok('company' in components.schemas.User.properties)
  assert.ok('company' in components.schemas.AccessTokenClaims.properties)
  for (const [path, text] of [
    ['/docs/', '<title>API reference</title>'],
    ['/docs/scalar.js', '@scalar/api-reference'],
  ] as const) {
    assert.ok((await (await fetch(`${origin}${path}`)).text()).includes(text), path)
  }
}

interface Document {
  components: { schemas: Record<'User' | 'AccessTokenClaims', { properties: object }> }
}

async function post(url: string, body: object) {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}
