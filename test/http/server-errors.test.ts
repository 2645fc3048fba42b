// The responses to our own errors: a database without tables, D1 unavailable, an unhandled error. Invalid settings:
// invalid-settings.test.ts.

import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { client } from '../support/api.ts'
import { anyUuid, spyOnErrors } from '../support/logs.ts'
import { loggedIn, logIn, newEmail, password } from '../support/people.ts'
import { inProduction } from '../support/production.ts'
import { beforeRoundTrip } from '../support/trips.ts'

/** A database without tables. The error is D1's own. */
const withoutTablesIn = (db: Pick<D1Database, 'prepare' | 'batch'>) => ({
  prepare: (sql: string) => db.prepare(sql.replace(/"(users|mail_outbox|sessions)"/g, '"no_$1"')),
  batch: (statements: D1PreparedStatement[]) => db.batch(statements),
})
const withoutTables = {
  ...withoutTablesIn(env.DB),
  withSession: (constraint: string) => {
    const session = env.DB.withSession(constraint)
    return { ...withoutTablesIn(session), getBookmark: () => session.getBookmark() }
  },
}
const broken = beforeRoundTrip(env.DB, () => {
  throw new Error('D1_ERROR: disk I/O error: SQLITE_IOERR')
})

afterEach(() => vi.restoreAllMocks())

describe('while the database has no tables', () => {
  const command = 'npx wrangler d1 migrations apply DB'
  const missingTables = (where: string) => ({
    detail: `The database has no tables yet. Run: ${command} ${where}`,
  })

  test('a single statement and a batch answer with the command to run', async () => {
    const api = client({ DB: withoutTables })
    const person = { first_name: 'Ada', last_name: 'Lovelace', email: newEmail(), password }
    const signUp = await api.post('/auth/users/', person)
    expect(signUp.body).toEqual(missingTables('--local'))
    expect(signUp.status).toBe(503)

    const logIn = await api.post('/auth/jwt/create/', { email: person.email, password })
    expect(logIn.body).toEqual(missingTables('--local'))
    expect(logIn.status).toBe(503)
  })

  test('in production it is another command', async () => {
    const api = client({ ...inProduction, DB: withoutTables })
    const answer = await api.post('/auth/users/reset_password/', { email: newEmail() })
    expect(answer.body).toEqual(missingTables('--remote'))
    expect(answer.status).toBe(503)
  })

  test('a route that needs no table answers', async () => {
    const answer = await client({ DB: withoutTables }).get('/healthz/')
    expect(answer.body).toEqual({ status: 'ok' })
  })
})

describe('while D1 is unavailable', () => {
  const unavailable = (message: string) => {
    let calls = 0
    const DB = beforeRoundTrip(env.DB, () => {
      calls++
      throw new Error(`D1_ERROR: ${message}`)
    })
    return { DB, calls: () => calls }
  }
  const send = (DB: D1Database, headers = {}) =>
    client({ DB, USE_I18N: true }).post(
      '/auth/users/reset_password/',
      { email: newEmail() },
      { headers },
    )

  test('the response is REST framework’s 503, with Retry-After', async () => {
    const errors = spyOnErrors()
    const { DB } = unavailable('Network connection lost.')
    const answer = await send(DB)
    expect(answer.body).toEqual({ detail: 'Service temporarily unavailable, try again later.' })
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('5')
    expect(errors.mock.calls).toEqual([
      [
        {
          message: 'database unavailable',
          cause: 'D1_ERROR: Network connection lost.',
        },
      ],
    ])
    const spanish = await send(DB, { 'accept-language': 'es' })
    expect(spanish.body.detail).toMatch(/^Servicio temporalmente no disponible/)
  })

  test.each([
    ['Network connection lost.', 2],
    ['D1 DB storage caused object to be reset.', 2],
    ['D1 DB reset because its code was updated.', 2],
    ['Cannot resolve D1 DB due to transient issue on remote node.', 2],
    ["Can't read from request stream because client disconnected.", 2],
    ['D1 DB is overloaded. Requests queued for too long.', 1],
    ['D1 DB storage operation exceeded timeout which caused object to be reset.', 1],
    ["D1 DB's isolate exceeded its memory limit and was reset.", 1],
    ['D1 DB exceeded its CPU time limit and was reset.', 1],
    ["Your account has exceeded D1's free tier daily row write limit", 1],
  ])('after “%s” a call was sent %i times', async (message, times) => {
    spyOnErrors()
    const { DB, calls } = unavailable(message)
    expect((await send(DB)).status).toBe(503)
    expect(calls()).toBe(times)
  })

  test('each of two attempts waits no longer than D1_TIMEOUT', async () => {
    const errors = spyOnErrors()
    const DB = beforeRoundTrip(env.DB, () => new Promise<void>(() => {}))
    const begun = performance.now()
    const api = client({ DB, D1_TIMEOUT: '0.1' })
    const { status } = await api.post('/auth/users/reset_password/', { email: newEmail() })
    expect(status).toBe(503)
    expect(performance.now() - begun).toBeGreaterThan(200)
    expect(performance.now() - begun).toBeLessThan(2000)
    expect(errors.mock.calls[0]?.[0].cause).toBe('D1 did not answer in time')
  })
})

describe('an unhandled error', () => {
  test('answers with a request id and nothing else', async () => {
    spyOnErrors()
    const api = client({ DB: broken })
    const answer = await api.post('/auth/users/reset_password/', { email: newEmail() })
    expect(answer.body).toEqual({ detail: 'A server error occurred.', request_id: anyUuid })
    expect(answer.status).toBe(500)
    expect(answer.headers.get('content-type')).toBe('application/json')
  })

  test('is logged under that request id, with its cause and its stack', async () => {
    const errors = spyOnErrors()
    const api = client({ DB: broken })
    const { body } = await api.post('/auth/users/reset_password/', { email: newEmail() })
    expect(errors.mock.calls).toEqual([
      [
        {
          message: 'unhandled error',
          request_id: body.request_id,
          method: 'POST',
          path: '/auth/users/reset_password/',
          cause: 'D1_ERROR: disk I/O error: SQLITE_IOERR',
          at: expect.toSatisfy((lines: string[]) => lines.every((line) => /^ {4}at /.test(line))),
        },
      ],
    ])
  })

  test('has the id of Cloudflare’s ray, and never one that the client sent', async () => {
    spyOnErrors()
    const headers = { 'cf-ray': '8f1c2d3e4a5b6c7d-FRA', 'x-request-id': 'mine' }
    const api = client({ DB: broken })
    const { body } = await api.post(
      '/auth/users/reset_password/',
      { email: newEmail() },
      { headers },
    )
    expect(body.request_id).toBe('8f1c2d3e4a5b6c7d-FRA')

    const mine = { headers: { 'x-request-id': 'mine' } }
    const other = await api.post('/auth/users/reset_password/', { email: newEmail() }, mine)
    expect(other.body.request_id).toEqual(anyUuid)
  })

  test('logs nothing that was sent, although Drizzle’s message has every parameter', async () => {
    const { email, access } = await loggedIn()
    const errors = spyOnErrors()
    const failing = beforeRoundTrip(env.DB, ([sql]) => {
      if (/^update "users"/.test(sql ?? '')) throw new Error('D1_ERROR: disk I/O error')
    })
    const api = client({ DB: failing, SEND_ACTIVATION_EMAIL: 'false' })
    const secret = 'Secret Street 12'
    for (const first_name of [secret, `Ada\n    at ${secret}`]) {
      const answer = await api.patch('/auth/users/me/', { first_name }, { token: access })
      expect(answer.status).toBe(500)
    }
    const unknown = await logIn(api, { email }, { token: access })
    expect(unknown.status).toBe(200)

    const logged = JSON.stringify(errors.mock.calls)
    expect(errors).toHaveBeenCalledTimes(2)
    for (const sent of [secret, email, access, password]) expect(logged).not.toContain(sent)
  })
})
