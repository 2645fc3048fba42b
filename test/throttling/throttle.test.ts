// The rate limits: 30 requests a minute for each address and kind of request. A window follows the wall clock. So of 61
// requests within a minute some are refused, whenever the window changes.

import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { loggedIn, newEmail } from '../support/people.ts'

const many = Array.from({ length: 61 }, (_, index) => index)
const digits = () => Math.floor(Math.random() * 0xefff + 0x1000).toString(16)
const byte = () => Math.floor(Math.random() * 254) + 1
const anyIp = () => `${byte()}.${byte()}.${byte()}.${byte()}`
const minute = () => Math.floor(Date.now() / 60_000)

/** A request with invalid fields, which costs no other work. */
async function call(ip: string, path = '/auth/users/reset_password/', vars = {}) {
  const headers = { 'cf-connecting-ip': ip }
  return client(vars).post(path, {}, { headers })
}
async function statusesOf(ips: string[], path?: string, vars = {}) {
  const answers = await Promise.all(ips.map((ip) => call(ip, path, vars)))
  return answers.map(({ status }) => status)
}

describe('more requests than the limit, from one address', () => {
  test.each([
    '/auth/users/',
    '/auth/users/activation/',
    '/auth/users/resend_activation/',
    '/auth/users/reset_password/',
    '/auth/users/reset_password_confirm/',
    '/auth/jwt/create/',
    '/auth/users/reset_email/',
    '/auth/users/reset_email_confirm/',
    '/activate/',
    '/reset-password/',
    '/reset-username/',
    '/change-email/',
    '/activate/again/',
    '/reset-password/again/',
  ])('are refused at POST %s as REST framework does', async (path) => {
    const ip = anyIp()
    const answers = await Promise.all(many.map(() => call(ip, path)))
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThan(0)
    expect(answers.length - refused.length).toBeGreaterThanOrEqual(30)
    for (const { body, headers } of refused) {
      expect(body).toEqual({ detail: 'Request was throttled. Expected available in 60 seconds.' })
      expect(headers.get('retry-after')).toBe('60')
      expect(headers.get('content-type')).toBe('application/json')
    }
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([400, 429]))
  })

  test.each([
    ['/auth/jwt/verify/', {}],
    ['/api/token/verify/', {}],
    ['/api-token-verify/', { DRF_JWT: 'true' }],
    ['/api-token-refresh/', { DRF_JWT: 'true' }],
  ])('are refused at POST %s, which only checks a token, by a limit of 300', async (path, vars) => {
    const ip = anyIp()
    const answers = await Promise.all(Array.from({ length: 601 }, () => call(ip, path, vars)))
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThan(0)
    expect(answers.length - refused.length).toBeGreaterThanOrEqual(300)
    expect(refused[0]?.headers.get('retry-after')).toBe('60')
    expect((await call(anyIp(), path, vars)).status).toBe(400)
  })

  test('are refused for guesses at the current password, which count with logins', async () => {
    const { api, access } = await loggedIn()
    const guess = () => api.delete('/auth/users/me/', { current_password: 'x' }, { token: access })
    const answers = await Promise.all(many.map(guess))
    expect(answers.map(({ status }) => status)).toContain(429)
    const change = { current_password: 'x', new_password: 'y' }
    const next = await api.post('/auth/users/set_password/', change, { token: access })
    expect(next.status).toBe(429)
    const move = { current_password: 'x', new_email: 'y' }
    const last = await api.post('/auth/users/set_email/', move, { token: access })
    expect(last.status).toBe(429)
  })

  test('do not count for other addresses or other kinds of request', async () => {
    const ip = anyIp()
    expect(await statusesOf(many.map(() => ip))).toContain(429)
    expect((await call(anyIp())).status).toBe(400)
    expect((await call(ip, '/auth/jwt/create/')).status).toBe(400)
    expect((await call(ip, '/auth/users/')).status).toBe(400)
  })

  test('count together at the two paths of a kind', async () => {
    const ip = anyIp()
    const both = many.flatMap(() => ['/auth/jwt/create/', '/api/token/']).slice(0, 61)
    const answers = await Promise.all(both.map((path) => call(ip, path)))
    expect(answers.map(({ status }) => status)).toContain(429)
  })
})

describe('an IPv6 address', () => {
  test('counts with its whole /64, however it is written', async () => {
    const network = `2001:db8:${digits()}:${digits()}`
    const written = (index: number) => [
      `${network}::${(index + 1).toString(16)}`,
      `${network}:${digits()}:${digits()}:${digits()}:${digits()}`,
      `${network}:0:0:0:${index}`,
    ]
    const ips = many.map((index) => written(index)[index % 3] ?? '')
    expect(await statusesOf(ips)).toContain(429)
  })

  test('counts the same with zeros that are left out', async () => {
    const start = `2001:db8:${digits()}`
    const ips = many.map((index) =>
      index % 2 ? `${start}::${index}` : `${start}:0:0:0:0:${index}`,
    )
    expect(await statusesOf(ips)).toContain(429)
  })

  test('of another /64 counts by itself', async () => {
    const [a, b] = [digits(), digits()]
    const ips = many.map((index) => `2001:db8:${a}:${(index + 1).toString(16)}:${b}::1`)
    expect(new Set(await statusesOf(ips))).toEqual(new Set([400]))
  })
})

describe('the rate limit', () => {
  test('is checked before the database, and gets only kind and address', async () => {
    const keys: string[] = []
    const limit = async ({ key }: { key: string }) => {
      keys.push(key)
      return { success: false }
    }
    const api = client({ RATE_LIMITER: { limit }, DB: undefined })
    const sent = { headers: { 'cf-connecting-ip': '203.0.113.7' } }
    const answer = await api.post('/auth/users/reset_password/', { email: newEmail() }, sent)
    expect(answer.status).toBe(429)
    expect(keys).toEqual(['reset:203.0.113.7'])
  })

  test('is not checked with THROTTLE_ENABLED=false', async () => {
    const ip = anyIp()
    const off = { THROTTLE_ENABLED: 'false', RATE_LIMITER: undefined }
    const statuses = await statusesOf(
      many.map(() => ip),
      '/auth/jwt/create/',
      off,
    )
    expect(new Set(statuses)).toEqual(new Set([400]))
  })

  test('counts by the address from Cloudflare, and by no other header', async () => {
    const ip = anyIp()
    const answers = await Promise.all(
      many.map((index) => {
        const forwarded = `198.51.100.${index}`
        const claims = { 'x-forwarded-for': forwarded, 'x-real-ip': forwarded, forwarded }
        const headers = { ...claims, 'cf-connecting-ip': ip }
        return client().post('/auth/users/reset_password/', {}, { headers })
      }),
    )
    expect(answers.map(({ status }) => status)).toContain(429)
  })

  test('allows 30 requests a minute, as wrangler.toml says', async () => {
    const key = `test:${crypto.randomUUID()}`
    const began = minute()
    const results = await Promise.all(many.map(() => env.RATE_LIMITER.limit({ key })))
    const passed = results.filter(({ success }) => success).length
    expect(passed).toEqual(minute() === began ? 30 : expect.any(Number))
  })
})
