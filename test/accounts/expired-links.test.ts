// The pages of links that no longer work: what they say, and what they cost. The new links that they send:
// new-links.test.ts.

import { env } from 'cloudflare:workers'
import { describe, expect, test, vi } from 'vitest'
import { counting } from '../budgets/counting.ts'
import { client } from '../support/api.ts'
import { linkTo, pendingUser, person } from '../support/people.ts'
import { interceptD1 } from '../support/trips.ts'

const geese = 'a flock of geese'
const app = 'https://app.example.com/books/#/log-in'
const pageOf = ({ uid, token }: { uid: string; token: string }, path = '/reset-password/') =>
  `${path}?uid=${uid}&token=${token}`

describe('the page of a link', () => {
  test('says that a link does not work, and why, instead of showing a form', async () => {
    const { api, email } = await person()
    const link = await linkTo(api, 'reset_password', email)
    const form = { ...link, new_password: geese, re_new_password: geese }
    expect((await api.get(pageOf(link))).body).toContain('name="new_password"')
    const short = client({ PASSWORD_RESET_TIMEOUT: 1 })

    const cut = await api.get(pageOf({ ...link, token: link.token.slice(0, -3) }))
    const garbled = await api.get(pageOf({ ...link, uid: '%%' }))
    const bare = await api.get('/reset-password/')
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3000 })
    const old = await short.get(pageOf(link))
    vi.useRealTimers()
    await api.send('POST', '/reset-password/', { form })
    const used = await api.get(pageOf(link))
    const usedAgain = await api.send('POST', '/reset-password/', { form })

    for (const { status, body } of [cut, garbled, bare, old, used, usedAgain]) {
      expect(status).toBe(400)
      expect(body).toContain('This link does not work')
      expect(body).not.toContain('new_password')
      expect(body).toContain('action="/reset-password/again/"')
    }
    for (const { body } of [cut, garbled, bare]) expect(body).toContain('Part of it is missing.')
    expect(old.body).toContain('It has expired.')
    for (const { body } of [used, usedAgain]) expect(body).toContain('It was already used')
  })

  test('shows the same for a known and an unknown account', async () => {
    const { api, email } = await person()
    const { token } = await linkTo(api, 'reset_password', email)
    const wrong = token.replace(/[0-9a-f]{4}$/, (end: string) => (end === '0000' ? '1111' : '0000'))

    const known = await api.get(pageOf({ uid: 'MQ', token: wrong }))
    const unknown = await api.get(pageOf({ uid: 'OTk5OTk5OTk', token: wrong }))

    expect(known.body).toBe(unknown.body)
  })

  test('writes nothing, costs one round trip, and shares the rate limit of its form', async () => {
    const { api, email } = await person()
    const link = await linkTo(api, 'reset_password', email)
    const { api: counted, roundTrips } = counting()
    const statements: string[] = []
    const DB = interceptD1(env.DB, (texts, run) => {
      statements.push(...texts)
      return run()
    })
    for (const path of ['/activate/', '/reset-password/', '/reset-username/', '/change-email/']) {
      const before = roundTrips()
      await counted.get(pageOf(link, path))
      expect(roundTrips() - before, path).toBe(1)
      await client({ DB }).get(pageOf(link, path))
    }
    expect(statements.every((statement) => statement.startsWith('select'))).toBe(true)

    const many = Array.from({ length: 40 }, () => api.get(pageOf(link)))
    const form = { ...link, new_password: 'x', re_new_password: 'x' }
    expect((await Promise.all(many)).map(({ status }) => status)).toContain(429)
    expect((await api.send('POST', '/reset-password/', { form })).status).toBe(429)
  })

  test('shows a browser a page when the rate limit is reached', async () => {
    const RATE_LIMITER = { limit: async () => ({ success: false }) }
    const headers = { accept: 'text/html,*/*;q=0.8' }
    const answer = await client({ RATE_LIMITER }).get('/reset-password/', { headers })

    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '60'])
    expect(answer.body).toContain('Try again in a minute.')
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
  })

  test('says again that the account is active', async () => {
    const { api, link } = await pendingUser({ APP_URL: app })
    await api.send('POST', '/activate/', { form: link })

    const { status, body } = await api.get(pageOf(link, '/activate/'))

    expect([status, body]).toEqual([200, expect.stringContaining('Your account is active')])
    expect(body).toContain(`href="${app}"`)
  })
})
