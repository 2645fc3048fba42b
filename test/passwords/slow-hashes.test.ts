// Slow hashes: those of imported users, and that of DUMMY_PASSWORD_HASH. Other requests are answered between their
// slices. At most maxWaiting slow hashes wait.

import { env } from 'cloudflare:workers'
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { maxWaiting } from '../../src/passwords/hash-queue.ts'
import { isBusy, verifyPassword } from '../../src/passwords/hashers.ts'
import { client } from '../support/api.ts'
import { loggedIn, newEmail, person } from '../support/people.ts'
import { settings } from '../support/production.ts'
import { guess, open, tryLogin } from '../support/throttling.ts'
import { interceptD1 } from '../support/trips.ts'

const slow = { DUMMY_PASSWORD_HASH: 'pbkdf2_sha256$600000' }
const short = { DUMMY_PASSWORD_HASH: 'bcrypt$04' }
const hash = settings(slow).dummyPasswordHash
const busy = { detail: 'Service temporarily unavailable, try again later.' }
/** With this limit, a second attempt on the same day gets 429 if the first one was counted. */
const once = { THROTTLE_LOGIN: '1/day' }

const makeSlow = (id: number) =>
  env.DB.prepare('update users set password = ? where id = ?').bind(hash, id).run()
const attempts = async () => (await env.DB.prepare('select * from throttles').all()).results

/**
 * Fills the hash queue with one long wrong login and as many short ones as may wait. Returns a function that awaits
 * them.
 */
async function fillQueue() {
  const all = Array.from({ length: 1 + maxWaiting }, (_, i) =>
    guess(newEmail(), { vars: i === 0 ? slow : short }),
  )
  await vi.waitFor(() => expect(isBusy()).toBe(true), { timeout: 10_000, interval: 5 })
  return async () => {
    for (const { status } of await Promise.all(all)) expect(status).toBe(401)
  }
}

beforeEach(async () => void (await env.DB.prepare('delete from throttles').run()))
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

test.each(['pbkdf2_sha256$400000', 'pbkdf2_sha1$400000', 'scrypt$16384$8$5'])(
  'other requests are answered while %s is compared, although the clock stops',
  async (name) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
    let isRead = false
    const DB = interceptD1(env.DB, async (_, run) => {
      const answer = await run()
      isRead = true
      return answer
    })
    let isAnswered = false
    const login = guess(newEmail(), { vars: { DUMMY_PASSWORD_HASH: name, DB } }).finally(() => {
      isAnswered = true
    })

    let served = 0
    while (!isAnswered) {
      expect((await client().get('/healthz')).status).toBe(200)
      if (isRead && !isAnswered) served++
      await new Promise((resolve) => setTimeout(resolve, 0))
    }

    expect((await login).status).toBe(401)
    expect(served).toBeGreaterThan(10)
  },
)

test.each([
  ['right', true],
  ['wrong', false],
])(
  'a bare digest costs the work of an unknown login, for a %s password',
  async (sent, expected) => {
    const digest = createHash('sha256').update('right').digest('hex')
    let tasks = 0
    const timer = setInterval(() => tasks++, 0)
    expect(await verifyPassword(sent, digest, settings(slow))).toBe(expected)
    clearInterval(timer)
    expect(tasks).toBeGreaterThan(10)
  },
)

describe('while the hash queue is full', () => {
  test('a login of a known or unknown user gets 503, and is not counted', async () => {
    const { email, id } = await person()
    await makeSlow(id)
    const emptyQueue = await fillQueue()
    const before = await attempts()
    const known = await guess(email, { vars: { ...slow, ...once } })
    const unknown = await guess(newEmail(), { vars: { ...slow, ...once } })

    for (const { status, body, headers } of [known, unknown]) {
      expect([status, body, headers.get('retry-after')]).toEqual([503, busy, '5'])
    }
    expect(await attempts()).toHaveLength(before.length)
    await emptyQueue()
    expect((await guess(email, { vars: { ...slow, ...once } })).status).toBe(401)
  })

  test('a login to an account with our own hash is compared', async () => {
    const { email } = await person()
    const emptyQueue = await fillQueue()
    expect((await tryLogin(email, { vars: slow })).status).toBe(200)
    expect((await guess(email, { vars: slow })).status).toBe(401)
    expect(isBusy()).toBe(true)
    await emptyQueue()
  })

  test('an unknown user is not refused if the dummy hash is our own', async () => {
    const emptyQueue = await fillQueue()
    expect((await guess(newEmail())).status).toBe(401)
    expect(isBusy()).toBe(true)
    await emptyQueue()
  })

  test.each([
    ['post', '/auth/users/set_password/', { new_password: 'a flock of geese' }],
    ['post', '/auth/users/set_email/', { new_email: newEmail('eve') }],
    ['delete', '/auth/users/me/', {}],
  ] as const)('%s %s gets 503, and is not counted', async (method, path, sent) => {
    const { access, id } = await loggedIn()
    await makeSlow(id)
    const api = client({ ...open, ...slow, ...once })
    const ask = () => api[method](path, { ...sent, current_password: 'wrong' }, { token: access })
    const emptyQueue = await fillQueue()
    const before = await attempts()
    const { status, body, headers } = await ask()
    expect([status, body, headers.get('retry-after')]).toEqual([503, busy, '5'])
    expect(await attempts()).toHaveLength(before.length)

    await emptyQueue()
    expect((await ask()).status).toBe(400)
    expect((await ask()).status).toBe(429)
  })

  test('an invalid token gets 401', async () => {
    const { access, id } = await loggedIn()
    await makeSlow(id)
    const emptyQueue = await fillQueue()
    const { status } = await client(open).delete('/auth/users/me/', {}, { token: `${access}x` })
    expect(status).toBe(401)
    await emptyQueue()
  })
})

describe('when the queue fills up between an attempt and its comparison', () => {
  test('an attempt at a login is refunded', async () => {
    const email = newEmail()
    const { DB, counted, resume } = delayAnswers()
    const late = guess(email, { vars: { ...slow, ...once, DB, D1_READ_REPLICATION: false } })
    await counted
    expect(await attempts()).toHaveLength(1)
    const emptyQueue = await fillQueue()
    resume()
    const { status, headers } = await late
    expect([status, headers.get('retry-after')]).toEqual([503, '5'])

    await emptyQueue()
    expect((await guess(email, { vars: { ...slow, ...once } })).status).toBe(401)
  })

  test('an attempt at a current password is refunded', async () => {
    const { access, id } = await loggedIn()
    await makeSlow(id)
    const sent = { new_password: 'a flock of geese', current_password: 'wrong' }
    const set = (more: object = {}) =>
      client({ ...open, ...slow, ...once, ...more }).post('/auth/users/set_password/', sent, {
        token: access,
      })
    const { DB, counted, resume } = delayAnswers()
    const late = set({ DB })
    await counted
    const emptyQueue = await fillQueue()
    resume()
    expect((await late).status).toBe(503)

    await emptyQueue()
    expect((await set()).status).toBe(400)
  })
})

/** Returns a D1 binding that runs a batch at once, but answers only after `resume` is called. */
function delayAnswers() {
  let resume = () => {}
  const halt = new Promise<void>((resolve) => {
    resume = resolve
  })
  let isCounted = () => {}
  const counted = new Promise<void>((resolve) => {
    isCounted = resolve
  })
  const DB = interceptD1(env.DB, async (_, run) => {
    const answer = await run()
    isCounted()
    await halt
    return answer
  })
  return { DB, counted, resume: () => resume() }
}
