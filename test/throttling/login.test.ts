// THROTTLE_LOGIN, as shipped "10/minute": attempts at the password of one account, from whichever address. Known clients
// have their own counter: test/throttling/known-network.test.ts.

import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { client } from '../support/api.ts'
import { stopClock, wait } from '../support/clock.ts'
import { cron } from '../support/cron.ts'
import { linkTo, newEmail, password, person } from '../support/people.ts'
import {
  dropFirstResponse,
  guess,
  guesses,
  open,
  rowsOf,
  tenTimes,
  tryLogin,
} from '../support/throttling.ts'

const day = 24 * 60 * 60

beforeEach(async () => {
  stopClock()
  await env.DB.prepare('delete from throttles').run()
})
afterEach(() => void vi.useRealTimers())

const throttledBody = (seconds: number) => ({
  detail: `Request was throttled. Expected available in ${seconds} seconds.`,
})
const sessionsOf = async (id: number) => {
  const select = 'select count(*) as count from sessions where user_id = ?'
  return (await env.DB.prepare(select).bind(id).first<{ count: number }>())?.count
}
const rows = async (scope = 'login:') => {
  const select = 'select * from throttles where key like ?'
  return (await env.DB.prepare(select).bind(`${scope}%`).all()).results
}

describe('the eleventh attempt', () => {
  test('is refused with the same answer for a known and for an unknown login name', async () => {
    const { email } = await person()
    for (const name of [email, newEmail()]) {
      expect(await guesses(10, name)).toEqual(tenTimes(401))
      const { status, body, headers } = await guess(name)
      expect([status, body, headers.get('retry-after')]).toEqual([429, throttledBody(60), '60'])
    }
  })

  test('is refused at every kind of login, in whatever case the address is written', async () => {
    const { email } = await person()
    const vars = { AUTH_TOKEN_CLASSES: 'AccessToken,SlidingToken' }
    const paths = ['/api/token/', '/auth/token/login/', '/api-token-auth/', '/api/token/sliding/']
    const at = (path: string) => guess(email.toUpperCase(), { path, vars })
    for (const path of [...paths, ...paths]) expect((await at(path)).status).toBeLessThan(402)
    await guesses(2, email)
    for (const path of paths) expect([path, (await at(path)).status]).toEqual([path, 429])
    const drfJwt = { path: '/api-token-auth/', vars: { DRF_JWT: true } }
    expect((await guess(email, drfJwt)).status).toBe(429)
  })

  test('does not reveal whether a username exists, in whatever Unicode form it is written', async () => {
    const vars = { LOGIN_FIELD: 'username', SEND_ACTIVATION_EMAIL: false }
    const [email, unknown] = [newEmail(), newEmail()]
    await client(vars).post('/auth/users/', { username: email, email, password })
    for (const name of [email, unknown]) {
      await guesses(10, name, { vars })
      // Another Unicode form of a name counts with it, whether or not the user exists.
      expect((await guess(`ａ${name.slice(1)}`, { vars })).status).toBe(429)
    }
  })

  test('is refused with the right password too, and starts no session', async () => {
    const { email, id } = await person()
    await guesses(10, email)
    expect((await tryLogin(email)).status).toBe(429)
    expect(await sessionsOf(id)).toBe(0)
  })

  test('changes no row, and records no failure', async () => {
    const { email, id } = await person()
    await guesses(10, email)
    const before = [await rows(), await failuresOf(id)]
    wait(1)
    expect((await guess(email)).headers.get('retry-after')).toBe('59')
    expect([await rows(), await failuresOf(id)]).toEqual(before)
    expect(before[1]).toBe(10)
  })

  test('names a wait of one second in the singular', async () => {
    const email = newEmail()
    await guesses(10, email)
    wait(59.5)
    const { status, body } = await guess(email)
    expect([status, body.detail]).toEqual([
      429,
      'Request was throttled. Expected available in 1 second.',
    ])
  })

  test('costs no hash: of 500 attempts at once, ten are compared', async () => {
    const { email } = await person()
    const answers = await Promise.all(Array.from({ length: 500 }, () => guess(email)))
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status === 401)).toHaveLength(10)
    expect(statuses.filter((status) => status === 429)).toHaveLength(490)
  })
})

describe('after a wait', () => {
  test('one attempt is compared, and the next wait is twice as long, up to a quarter of an hour', async () => {
    for (const email of [(await person()).email, newEmail()]) {
      await guesses(10, email)
      for (const pause of [60, 120, 240, 480, 900, 900]) {
        const { status, headers } = await guess(email)
        expect([status, headers.get('retry-after')]).toEqual([429, String(pause)])
        wait(pause)
        expect((await guess(email)).status).toBe(401)
      }
    }
  })

  test('the wait of a rate with a longer period is always that period', async () => {
    const vars = { THROTTLE_LOGIN: '1/h' }
    const email = newEmail()
    for (const _ of [1, 2]) {
      expect((await guess(email, { vars })).status).toBe(401)
      expect((await guess(email, { vars })).headers.get('retry-after')).toBe('3600')
      wait(3600)
    }
  })

  test('a login succeeds, and resets the streak', async () => {
    const { email, id } = await person()
    await guesses(10, email)
    wait(60)
    expect((await tryLogin(email)).status).toBe(200)
    expect(await rowsOf(id)).toEqual([])
    expect(await guesses(10, email)).toEqual(tenTimes(401))
  })

  test('a reset by email resets the streak, so that the owner need not wait', async () => {
    const { api, email, id } = await person()
    await guesses(10, email)
    wait(1)
    const link = await linkTo(api, 'reset_password', email)
    const wrong = { ...link, token: `${link.token}0`, new_password: 'a flock of geese' }
    await api.post('/auth/users/reset_password_confirm/', wrong)
    expect((await tryLogin(email)).status).toBe(429)

    await api.post('/auth/users/reset_password_confirm/', { ...wrong, token: link.token })

    expect(await rowsOf(id)).toEqual([])
    expect((await tryLogin(email, { secret: 'a flock of geese' })).status).toBe(200)
  })

  test('the streak is reset a day later', async () => {
    const [soon, later] = [newEmail(), newEmail()]
    await guesses(10, soon)
    await guesses(10, later)
    wait(60 + day - 1)
    expect((await guess(soon)).status).toBe(401)
    expect((await guess(soon)).headers.get('retry-after')).toBe('120')
    wait(1)
    expect(await guesses(10, later)).toEqual(tenTimes(401))
    expect((await guess(later)).headers.get('retry-after')).toBe('60')
  })

  test('the row is deleted when the streak is reset', async () => {
    const start = Date.now()
    await guesses(10, newEmail())
    await cron(start + (60 + day) * 1000 - 1)
    expect(await rows()).toHaveLength(1)
    await cron(start + (60 + day) * 1000)
    expect(await rows()).toHaveLength(0)
  })
})

describe('a successful login', () => {
  test.each(['/auth/jwt/create/', '/auth/token/login/', '/api-token-auth/', '/api/token/sliding/'])(
    'at %s resets the streak',
    async (path) => {
      const vars = { AUTH_TOKEN_CLASSES: 'AccessToken,SlidingToken' }
      const { email, id } = await person()
      await guesses(9, email)
      expect((await tryLogin(email, { path, vars })).status).toBe(200)
      expect(await rowsOf(id)).toEqual([])
    },
  )

  test('resets the streak when it also writes a new hash and the last login', async () => {
    const { email, id } = await person()
    await guesses(9, email)
    const vars = { ARGON2_MEMORY_COST: 128, UPDATE_LAST_LOGIN: true }
    expect((await tryLogin(email, { vars })).status).toBe(200)
    expect(await rowsOf(id)).toEqual([])
  })

  test('counts once if the answer of D1 is lost', async () => {
    const { email, id } = await person()
    const DB = dropFirstResponse()
    expect((await guess(email, { vars: { DB } })).status).toBe(401)
    expect(await rowsOf(id)).toMatchObject([{ count: 1 }])
  })
})

test('deleting an account deletes its rows', async () => {
  const { email, id } = await person()
  await guesses(3, email)
  await env.DB.prepare('delete from users where id = ?').bind(id).run()
  expect(await rows()).toEqual([])
})

test('no row holds a login name', async () => {
  const email = newEmail()
  await guesses(1, email)
  await client(open).post('/auth/users/reset_password/', { email })
  expect(await rows('')).toHaveLength(2)
  expect(JSON.stringify(await rows(''))).not.toContain(email.split('@')[0])
})

test('a login name that was changed counts with the account', async () => {
  const { email, id } = await person()
  await guesses(10, email)
  const other = newEmail()
  const rename = 'update users set email = ?1, email_key = ?1 where id = ?2'
  await env.DB.prepare(rename).bind(other, id).run()
  expect((await guess(other)).status).toBe(429)
  expect((await guess(email)).status).toBe(401)
})

test.each([{ THROTTLE_LOGIN: '' }, { THROTTLE_ENABLED: false }])(
  'with %j nothing is counted',
  async (vars) => {
    const { email } = await person()
    expect(await guesses(12, email, { vars })).toEqual(Array(12).fill(401))
    expect(await rows()).toEqual([])
  },
)

async function failuresOf(id: number) {
  const select = `select sum(count) as count from security_events
    where user_id = ? and type = 'login_failed'`
  return (await env.DB.prepare(select).bind(id).first<{ count: number }>())?.count
}
