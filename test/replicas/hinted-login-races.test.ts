// What happens during a login on a hint: the answer of its batch is lost, the password is reset, the login becomes another
// account's, or the login ends the session that makes its network known. Each also without replicas, where it can happen.

import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { clockAt, wait } from '../support/clock.ts'
import { linkTo, password, person } from '../support/people.ts'
import { guesses, rowsOf } from '../support/throttling.ts'
import { interceptD1 } from '../support/trips.ts'
import { atReplica } from './setup.ts'

clockAt(new Date('2031-06-01T12:00:00Z'))

const newPassword = 'a flock of herons'
const home = '198.51.100.7'
const wrong = { secret: 'a flock of geese' }

/** D1 that loses its first answer to a batch with a login's event, after `meanwhile`. */
function losingAnswer(db: D1Database, meanwhile: () => Promise<unknown> = async () => undefined) {
  let isLost = false
  return interceptD1(db, async (statements, run) => {
    const answer = await run()
    const isLogin = statements.length > 2 && /"security_events"/.test(statements.join())
    if (isLost || !isLogin) return answer
    isLost = true
    await meanwhile()
    throw new Error('Network connection lost.')
  })
}

/** Resets a password by a mailed link. */
async function prepareReset({ api, email, d1 }: Awaited<ReturnType<typeof atReplica>>) {
  wait(1)
  const link = await linkTo(api, 'reset_password', email)
  await d1.catchUp()
  return async () => {
    const reset = { ...link, new_password: newPassword }
    expect((await api.post('/auth/users/reset_password_confirm/', reset)).status).toBe(204)
  }
}

const replicas = [{ D1_READ_REPLICATION: true }, { D1_READ_REPLICATION: false }]

const families = [
  { path: '/auth/jwt/create/', scheme: 'Bearer', settings: { CHECK_REVOKE_TOKEN: true } },
  { path: '/auth/token/login/', scheme: 'Token', settings: {} },
  {
    path: '/api/token/sliding/',
    scheme: 'Bearer',
    settings: { AUTH_TOKEN_CLASSES: 'AccessToken,SlidingToken' },
  },
  { path: '/api-token-auth/', scheme: 'JWT', settings: { DRF_JWT: true } },
]

describe.each(families)('POST $path', ({ path, scheme, settings }) => {
  test.each(replicas)(
    'issues nothing if its answer is lost and a reset commits before it is sent again: %o',
    async (replica) => {
      const ada = await atReplica({ ...settings, ...replica })
      const DB = losingAnswer(ada.d1.DB, await prepareReset(ada))

      const { status, body } = await ada.attempt({ path, vars: { DB } })

      expect(status).toBeGreaterThanOrEqual(400)
      expect(status).toBeLessThan(402)
      const headers = { authorization: `${scheme} ${body.token ?? body.access ?? body.auth_token}` }
      expect((await client(settings).get('/auth/users/me/', { headers })).status).toBe(401)
      expect(await ada.count('sessions', 'revoked_at is null')).toBe(0)
      expect(await ada.count('auth_tokens')).toBe(0)
    },
  )

  test('logs in if its answer is lost and many guesses come before it is sent again', async () => {
    const { attempt, d1, vars, email, count } = await atReplica({
      ...settings,
      THROTTLE_LOGIN: '3/minute',
    })
    const DB = losingAnswer(d1.DB, () => guesses(4, email, { vars }))
    expect((await attempt({ path, vars: { DB } })).status).toBe(200)
    expect(await count('security_events', "type = 'login'")).toBe(1)
  })
})

test.each(replicas)(
  'a better hash does not overwrite a password that was set before the batch is sent again: %o',
  async (replica) => {
    const { attempt, d1, id } = await atReplica({ ...replica, ARGON2_MEMORY_COST: 128 })
    const set = () =>
      d1.DB.prepare("update users set password = '!set meanwhile' where id = ?").bind(id).run()
    const DB = losingAnswer(d1.DB, set)
    expect((await attempt({ vars: { DB, ARGON2_MEMORY_COST: 256 } })).status).toBe(401)
    const query = env.DB.prepare('select password from users where id = ?').bind(id)
    expect(await query.first('password')).toBe('!set meanwhile')
  },
)

describe('an authtoken key whose SECRET_KEY was removed', () => {
  const SECRET_KEY = 'another-secret-key-of-the-tests-0123456789'
  const path = '/auth/token/login/'
  const isReplacement = ([first = '']: string[]) => first.startsWith('delete from "auth_tokens"')

  async function withOldKey(replica: Record<string, unknown>) {
    const ada = await atReplica({ ...replica, SECRET_KEY })
    await client(replica).post(path, { email: ada.email, password })
    await ada.d1.catchUp()
    return ada
  }

  test.each(replicas)('is not replaced if a reset commits before: %o', async (replica) => {
    const ada = await withOldKey(replica)
    const reset = await prepareReset(ada)
    let isReset = false
    const DB = interceptD1(ada.d1.DB, async (statements, run) => {
      if (!isReset && isReplacement(statements)) {
        isReset = true
        await reset()
      }
      return run()
    })
    const { status, body } = await ada.attempt({ path, vars: { DB } })
    expect([isReset, status, body.auth_token]).toEqual([true, 400, undefined])
    expect(await ada.count('auth_tokens')).toBe(0)
  })

  test.each(replicas)(
    'is not replaced if another login replaces the hash before, and a reset commits after that: %o',
    async (replica) => {
      const ada = await withOldKey(replica)
      const meanwhile = [
        () => ada.attempt({ vars: { ARGON2_MEMORY_COST: 128 } }),
        async () => (await prepareReset(ada))(),
      ]
      const DB = interceptD1(ada.d1.DB, async (statements, run) => {
        const isNext = meanwhile.length > 1 ? isReplacement(statements) : statements.length > 2
        if (isNext) await meanwhile.shift()?.()
        return run()
      })
      const { status, body } = await ada.attempt({ path, vars: { DB } })
      expect([meanwhile.length, status, body.auth_token]).toEqual([0, 400, undefined])
      expect(await ada.count('auth_tokens')).toBe(0)
    },
  )
})

describe('MAX_SESSIONS=1, with a login that ends the session of its network', () => {
  async function atHome() {
    const ada = await atReplica({ MAX_SESSIONS: 1 })
    await ada.attempt({ ip: home })
    wait(1)
    await ada.d1.catchUp()
    return ada
  }

  test('the guesses of others are not reset, also if the answer is lost', async () => {
    const { attempt, d1, email, id, vars } = await atHome()
    await guesses(9, email, { vars })
    for (const DB of [d1.DB, losingAnswer(d1.DB)]) {
      expect((await attempt({ ip: home, vars: { DB } })).status).toBe(200)
      expect(await rowsOf(id)).toMatchObject([{ key: `login:${id}`, count: 9 }])
      wait(1)
    }
  })

  test('right passwords do not add up to a wait', async () => {
    const { attempt, d1 } = await atHome()
    for (let time = 0; time < 12; time++) {
      expect((await attempt({ ip: home })).status).toBe(200)
      wait(1)
      await d1.catchUp()
    }
  })
})

test('LOGIN_FIELD=username: a name that is another account’s by now gets no tokens of that account', async () => {
  const { attempt, d1, id, vars, count } = await atReplica(
    { LOGIN_FIELD: 'username' },
    { username: true },
  )
  const eve = await person(vars, { username: true })
  const rename = (user: number, name: string) =>
    d1.DB.prepare('update users set username = ? where id = ?').bind(name, user).run()
  await rename(id, 'ada')
  await d1.catchUp()
  await rename(eve.id, 'ａda') // an import that does not normalize
  await d1.DB.prepare("update users set password = '!' where id = ?").bind(eve.id).run()

  expect((await attempt({ email: 'ａda' })).status).toBe(401)
  expect(await count('sessions')).toBe(0)
  expect(await count('security_events', "type = 'login'")).toBe(0)
})

describe('a refused attempt that the replica does not refuse', () => {
  test('reads and writes as many rows at the primary for a right password as for a wrong one', async () => {
    const { attempt, d1 } = await atReplica({
      THROTTLE_LOGIN: '1/day',
      SECURITY_EMAILS: 'new_device',
    })
    await attempt()
    await d1.catchUp()
    await attempt(wrong)
    const rowsOfAttempt = async (how: Parameters<typeof attempt>[0]) => {
      const rows: unknown[] = []
      const DB = interceptD1(d1.DB, async (_, run) => {
        const results = await run()
        rows.push((results as D1Result[]).map(({ meta }) => [meta.rows_read, meta.rows_written]))
        return results
      })
      expect((await attempt({ ...how, vars: { DB } })).status).toBe(429)
      return rows
    }
    expect(await rowsOfAttempt({})).toEqual(await rowsOfAttempt(wrong))
  })
})

describe('an email about a new device', () => {
  const SECURITY_EMAILS = 'new_device'

  async function withDevice() {
    const ada = await atReplica({ SECURITY_EMAILS })
    await ada.attempt()
    await ada.d1.catchUp()
    await env.DB.prepare("update security_events set user_agent = 'another' where user_id = ?")
      .bind(ada.id)
      .run()
    const mails = () => ada.count('mail_outbox', "kind = 'new_device'")
    return { ...ada, mails }
  }

  test('is sent once if the answer is lost and the batch is sent again', async () => {
    const { attempt, d1, mails } = await withDevice()
    expect((await attempt({ vars: { DB: losingAnswer(d1.DB) } })).status).toBe(200)
    expect(await mails()).toBe(1)
  })

  test('is not sent for a wrong password, and for a right one that is refused', async () => {
    const { attempt, mails } = await withDevice()
    const vars = { THROTTLE_LOGIN: '1/day' }
    expect((await attempt({ ...wrong, vars })).status).toBe(401)
    expect((await attempt({ vars })).status).toBe(429)
    expect(await mails()).toBe(0)
  })
})

test('ten logins at once, each of which writes the time of the login, all succeed', async () => {
  const { attempt, count } = await atReplica({ UPDATE_LAST_LOGIN: true })
  const answers = await Promise.all(Array.from({ length: 10 }, () => attempt()))
  expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200))
  expect(await count('sessions')).toBe(10)
  expect(await count('security_events', "type = 'login'")).toBe(10)
})

test.each([
  ['NUL', "'a' || char(0) || 'b'", 1],
  ['letters beyond the BMP', "'😀'", 1],
  ['a number beyond 2^53', '9007199254740993', 1],
  ['a fraction', '0.1 + 0.2', 1],
  ['infinity', '9e999', 1],
  ['a text that is not UTF-8', "cast(x'eda080' as text)", 2],
  ['bytes', "x'0102'", 2],
])('a column with %s does not hinder the login', async (_, value, primary) => {
  const { attempt, d1, id } = await atReplica()
  await d1.DB.prepare(`update users set first_name = ${value} where id = ?`).bind(id).run()
  await d1.catchUp()
  expect((await attempt()).calls).toEqual({ status: 200, near: 1, primary })
})
