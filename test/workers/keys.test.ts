// The middleware for other Workers: when it fetches the keys.

import { describe, expect, test, vi } from 'vitest'
import { clockAt } from '../support/clock.ts'
import { quietErrors } from '../support/logs.ts'
import { keyPair, resource } from './resource.ts'

const start = new Date('2032-06-01T12:00:00Z')

clockAt(start)
quietErrors()

const advanceTo = (seconds: number) => vi.setSystemTime(start.getTime() + seconds * 1000)

describe('the keys', () => {
  test('are fetched once, and not for each request', async () => {
    const { status, issue, fetchCount } = await resource()
    const token = await issue()
    for (let i = 0; i < 20; i++) expect(await status(token)).toBe(200)
    advanceTo(299)
    expect([await status(token), await fetchCount()]).toEqual([200, 1])
    advanceTo(300)
    expect([await status(token), await fetchCount()]).toEqual([200, 2])
  })

  test('are kept for as long as the issuer says', async () => {
    const { status, issue, fetchCount } = await resource({ path: 'aged' }) // max-age 1,000 seconds, age 100
    const token = await issue()
    await status(token)
    advanceTo(899)
    expect([await status(token), await fetchCount()]).toEqual([200, 1])
    advanceTo(900)
    expect([await status(token), await fetchCount()]).toEqual([200, 2])
  })

  test('are fetched less and less often for a kid that does not exist', async () => {
    const { status, issue, fetchCount } = await resource()
    const [good, unknown] = [await issue(), await issue({}, { kid: 'unknown' })]
    await status(good)
    const counts: number[] = []
    for (const seconds of [0, 29, 30, 60, 89, 90, 200, 209]) {
      advanceTo(seconds)
      expect(await Promise.all(Array.from({ length: 5 }, () => status(unknown)))).toEqual(
        Array(5).fill(401),
      )
      counts.push(await fetchCount())
      expect(await status(good)).toBe(200)
    }
    const [first = 0, , second = 0] = counts
    expect(first).toBe(1)
    expect(second - first).toBeGreaterThanOrEqual(1)
    expect(counts.slice(0, 2)).toEqual([1, 1])
    expect(counts.slice(2, 5)).toEqual([second, second, second])
    expect(counts[5]).toBeGreaterThan(second)
    expect(counts.slice(5)).toEqual(Array(3).fill(counts[5]))
  })

  test('that are new are found within 30 seconds, even if the set is still fresh', async () => {
    const { status, issue, jwk, publish } = await resource()
    expect(await status(await issue())).toBe(200)
    const next = await keyPair('second')
    await publish({ keys: [jwk, next.jwk] })
    advanceTo(30)
    expect(await status(await next.issue())).toBe(200)
    expect(await status(await issue())).toBe(200)
  })

  test('are fetched early again after a new key was found', async () => {
    const { status, issue, jwk, publish } = await resource()
    const [second, third] = [await keyPair('second'), await keyPair('third')]
    await status(await issue())
    advanceTo(30)
    expect(await status(await second.issue())).toBe(401)
    await publish({ keys: [jwk, second.jwk] })
    advanceTo(90)
    expect(await status(await second.issue())).toBe(200)
    await publish({ keys: [jwk, third.jwk] })
    advanceTo(119)
    expect(await status(await third.issue())).toBe(401)
    advanceTo(120)
    expect(await status(await third.issue())).toBe(200)
  })

  test('are fetched less and less often while the issuer fails', async () => {
    const { status, issue, fetchCount, publish } = await resource()
    const token = await issue()
    await status(token)
    await publish('out of order')
    const counts: number[] = []
    for (const seconds of [300, 359, 360, 479, 480, 719, 720, 1019, 1020]) {
      advanceTo(seconds)
      expect(await status(token)).toBe(200)
      counts.push(await fetchCount())
    }
    expect(counts).toEqual([2, 2, 3, 3, 4, 4, 5, 5, 6])
  })

  test('are used for an hour while the issuer fails, and then requests are answered 503', async () => {
    const { get, issue, publish } = await resource()
    const token = await issue()
    expect((await get(token)).status).toBe(200)
    await publish('out of order')
    advanceTo(3599)
    expect((await get(token)).status).toBe(200)
    advanceTo(3600)
    const { status, headers, body } = await get(token)
    expect([status, headers.get('retry-after')]).toEqual([503, '30'])
    expect(body).toEqual({ detail: 'Service temporarily unavailable, try again later.' })
  })

  test('that were never fetched mean 503 and not 401, until they are', async () => {
    const { status, issue, jwk, publish } = await resource()
    await publish('out of order')
    const token = await issue()
    expect(await status(token)).toBe(503)
    await publish({ keys: [jwk] })
    expect(await status(token)).toBe(503)
    advanceTo(30)
    expect(await status(token)).toBe(200)
  })

  test('are not read from a redirect', async () => {
    const { status, issue, fetchCount } = await resource({ path: 'redirects' })
    expect([await status(await issue()), await fetchCount()]).toEqual([503, 1])
  })

  test('are fetched by one request while the others use the old set', async () => {
    const { status, issue, fetchCount } = await resource()
    const token = await issue()
    await status(token)
    advanceTo(400)
    const all = await Promise.all(Array.from({ length: 9 }, () => status(token)))
    expect([all, await fetchCount()]).toEqual([Array(9).fill(200), 2])
  })
})
