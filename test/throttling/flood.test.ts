// How much one account or one address can cause in a minute. It is limited, and it never shuts other users out.

import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { linkTo, loggedIn, logIn, newEmail, password, person } from '../support/people.ts'
import { noLimits } from '../support/throttling.ts'
import wrangler from '../support/wrangler.toml?raw'

const byteOf = () => Math.floor(Math.random() * 0xffff).toString(16)
const newIp = () => `2001:db8:${byteOf()}:${byteOf()}::1`
const numbers = (length: number) => Array.from({ length }, (_, index) => index)
const statusesOf = (answers: { status: number }[], status: number) =>
  answers.filter((answer) => answer.status === status).length

async function eventsOf(id: number, kind = 'session_revoked') {
  const select = `select detail, count from security_events where user_id = ? and type = ? order by id`
  return (await env.DB.prepare(select).bind(id, kind).all()).results
}

describe('DELETE /auth/sessions/', () => {
  test('sent 200 times records one event, and is limited with 429', async () => {
    const { api, id, email, access: token } = await loggedIn()
    await logIn(api, { email })

    const ends = numbers(200).map(() => api.delete('/auth/sessions/', undefined, { token }))
    const answers = await Promise.all(ends)

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204, 429]))
    expect(statusesOf(answers, 204)).toBeLessThanOrEqual(120) // two windows of a minute
    expect(await eventsOf(id)).toEqual([{ detail: 'all_others', count: 1 }])
    const { headers } = answers.find(({ status }) => status === 429) ?? {}
    expect(headers?.get('retry-after')).toBe('60')
  })

  test('revokes sliding tokens if there is no other session, and records nothing', async () => {
    const vars = { AUTH_TOKEN_CLASSES: 'AccessToken,SlidingToken' }
    const { api, id, email, access: token } = await loggedIn(vars)
    const { body } = await api.post('/api/token/sliding/', { email, password })

    expect((await api.delete('/auth/sessions/', undefined, { token })).status).toBe(204)

    expect((await api.get('/auth/users/me/', { token: body.token })).status).toBe(401)
    expect((await api.get('/auth/users/me/', { token })).status).toBe(200)
    expect(await eventsOf(id)).toEqual([])
  })

  test('records that an authtoken key was revoked', async () => {
    const { api, id, email, access: token } = await loggedIn()
    await api.post('/auth/token/login/', { email, password })

    for (const _ of [1, 2]) await api.delete('/auth/sessions/', undefined, { token })

    expect(await eventsOf(id)).toEqual([{ detail: 'all_others', count: 1 }])
  })
})

test('logins beyond MAX_SESSIONS are one event an hour, which counts them', async () => {
  const { api, id, email } = await loggedIn({ MAX_SESSIONS: 1 })
  for (const _ of [1, 2, 3]) await logIn(api, { email })

  const rows = await eventsOf(id)
  expect(rows.reduce((sum, { count }) => sum + Number(count), 0)).toBe(3)
  expect(rows.length).toBeLessThanOrEqual(2) // 2 if the hour changed
  expect(rows[0]).toMatchObject({ detail: 'session_limit' })
})

describe('from one address', () => {
  const signUp = (ip: string, email: string, secret = password, vars = {}) =>
    client(vars).post(
      '/auth/users/',
      { email, password: secret, first_name: 'Ada', last_name: 'Lovelace' },
      { headers: { 'cf-connecting-ip': ip } },
    )

  test('five accounts a minute can be created; a request with an invalid form does not count', async () => {
    const ip = newIp()
    const mistakes = await Promise.all(numbers(12).map(() => signUp(ip, newEmail(), 'short')))
    const answers = await Promise.all(numbers(15).map(() => signUp(ip, newEmail())))

    expect(statusesOf(mistakes, 400)).toBe(12)
    expect([5, 10]).toContain(statusesOf(answers, 201)) // 10 if the minute changed
    expect(statusesOf(answers, 429)).toBe(15 - statusesOf(answers, 201))
    expect((await signUp(newIp(), newEmail())).status).toBe(201)
  })

  test.each(['reset_password', 'reset_email', 'resend_activation'])(
    'five %s a minute are accepted, for whichever accounts, and other addresses are not limited',
    async (path) => {
      const headers = { 'cf-connecting-ip': newIp() }
      const ask = (headers = {}) =>
        client().post(`/auth/users/${path}/`, { email: newEmail() }, { headers })
      const answers = await Promise.all(numbers(15).map(() => ask(headers)))

      expect([5, 10]).toContain(statusesOf(answers, 204))
      expect(statusesOf(answers, 429)).toBe(15 - statusesOf(answers, 204))
      expect((await ask()).status).toBe(204)
    },
  )

  test('requests cannot use up the sign-ups of the whole site, nor can resends', async () => {
    const [hourly, mails] = [/^MAIL_HOURLY_LIMIT = (\d+)/m, /MAIL_RATE_LIMITER"[^[]*limit = (\d+)/]
    const [site, address] = [hourly, mails].map((form) => Number(form.exec(wrangler)?.[1]))
    expect(site).toBeGreaterThan(60 * Number(address))

    const headers = { 'cf-connecting-ip': newIp() }
    const resend = () =>
      client().post('/auth/users/resend_activation/', { email: newEmail() }, { headers })
    const resent = await Promise.all(numbers(8).map(resend))
    const made = await Promise.all(
      numbers(8).map(() => signUp(headers['cf-connecting-ip'], newEmail())),
    )
    expect([5, 10]).toContain(statusesOf(resent, 204) + statusesOf(made, 201))
  })

  test('emailed links work, however many emails were requested', async () => {
    const { api, email } = await person()
    const link = await linkTo(api, 'reset_password', email)
    const others = numbers(12).map(() =>
      api.post('/auth/users/reset_password/', { email: newEmail() }),
    )
    await Promise.all(others)
    const confirm = { ...link, new_password: 'a flock of herons' }
    expect((await api.post('/auth/users/reset_password_confirm/', confirm)).status).toBe(204)
  })

  test('the only binding in an earlier version of wrangler.toml counts in place of the others', async () => {
    const keys: string[] = []
    const limit = async ({ key }: { key: string }) => {
      keys.push(key)
      return { success: true }
    }
    const missing = { MAIL_RATE_LIMITER: undefined, CALLER_RATE_LIMITER: undefined }
    const vars = { RATE_LIMITER: { limit }, ...missing }

    expect((await signUp('203.0.113.9', newEmail(), password, vars)).status).toBe(201)

    expect(keys).toEqual(['sign-up:203.0.113.9', 'mail:activation:203.0.113.9'])
  })
})

test('the refresh of a sliding token has the limit of a refresh', async () => {
  const vars = { AUTH_TOKEN_CLASSES: 'SlidingToken' }
  const { api, email } = await person(vars)
  const { token } = (await api.post('/api/token/sliding/', { email, password })).body
  const refresh = () => client(vars).post('/api/token/sliding/refresh/', { token })

  const answers = await Promise.all(numbers(130).map(refresh))

  expect(statusesOf(answers, 200)).toBeLessThanOrEqual(120)
  expect(statusesOf(answers, 429)).toBe(130 - statusesOf(answers, 200))
})

describe('a refresh', () => {
  const rotation = { ROTATE_REFRESH_TOKENS: true, BLACKLIST_AFTER_ROTATION: true }

  test('is limited by session, from whichever address, and 429 exchanges nothing', async () => {
    const [ada, other] = [await loggedIn(rotation), await loggedIn(rotation)]
    const refresh = () => client(rotation).post('/auth/jwt/refresh/', { refresh: ada.refresh })

    const answers = await Promise.all(numbers(130).map(refresh))
    const full = { ...rotation, CALLER_RATE_LIMITER: { limit: async () => ({ success: false }) } }
    const before = await client(full).post('/auth/jwt/refresh/', { refresh: other.refresh })

    expect(statusesOf(answers, 200)).toBeLessThanOrEqual(120)
    expect(statusesOf(answers, 200)).toBeGreaterThanOrEqual(60)
    expect(statusesOf(answers, 429)).toBe(130 - statusesOf(answers, 200))
    expect(before.status).toBe(429)
    const counter = 'select refresh_counter, last_used_at from sessions where user_id = ?'
    expect(await env.DB.prepare(counter).bind(other.id).first()).toEqual({
      refresh_counter: 0,
      last_used_at: null,
    })
    expect((await other.api.post('/auth/jwt/refresh/', { refresh: other.refresh })).status).toBe(
      200,
    )
  })
})

test('requests without a valid token do not count against the limit of the caller', async () => {
  const { access, refresh } = await loggedIn()
  const keys: string[] = []
  const limit = async ({ key }: { key: string }) => {
    keys.push(key)
    return { success: true }
  }
  const api = client({ ...noLimits, CALLER_RATE_LIMITER: { limit } })
  const forged = (token: string) => `${token.slice(0, token.lastIndexOf('.'))}.${'A'.repeat(43)}`
  const token = forged(access)
  await api.post('/auth/jwt/refresh/', { refresh: forged(refresh) })
  await api.post('/api/token/blacklist/', { refresh: forged(refresh) })
  await api.post('/auth/jwt/logout/', { refresh: forged(refresh) })
  await api.post('/auth/jwt/logout/', {}, { token })
  await api.delete('/auth/sessions/', undefined, { token })
  await api.patch('/auth/users/me/', { first_name: 'Eve' }, { token })
  await api.post('/auth/token/logout/', undefined, { token })
  expect(keys).toEqual([])

  await api.post('/auth/jwt/refresh/', { refresh })
  expect(keys).toEqual([expect.stringMatching(/^refresh:[0-9a-f]{32}$/)])
})
