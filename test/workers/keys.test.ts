// The middleware of other Workers: when it asks for the keys.

import { describe, expect, test, vi } from 'vitest'
import { clockAt, quietErrors } from '../support/clock.ts'
import { keyPair, resource } from './resource.ts'

const start = new Date('2032-06-01T12:00:00Z')

clockAt(start)
quietErrors()

const later = (seconds: number) => vi.setSystemTime(start.getTime() + seconds * 1000)

describe('the keys', () => {
  test('are asked for once, and not for each request', async () => {
    const { status, issue, asked } = await resource()
    const token = await issue()
    for (let i = 0; i < 20; i++) expect(await status(token)).toBe(200)
    later(299)
    expect([await status(token), await asked()]).toEqual([200, 1])
    later(300)
    expect([await status(token), await asked()]).toEqual([200, 2])
  })

  test('are kept as long as the issuer says', async () => {
    const { status, issue, asked } = await resource({ path: 'aged' }) // 1,000 seconds, 100 of them gone
    const token = await issue()
    await status(token)
    later(899)
    expect([await status(token), await asked()]).toEqual([200, 1])
    later(900)
    expect([await status(token), await asked()]).toEqual([200, 2])
  })

  test('that nobody has cause no storm: each vain question makes the next one later', async () => {
    const { status, issue, asked } = await resource()
    const [good, invented] = [await issue(), await issue({}, { kid: 'invented' })]
    await status(good)
    const counts: number[] = []
    for (const seconds of [0, 29, 30, 60, 89, 90, 200, 209]) {
      later(seconds)
      expect(await Promise.all(Array.from({ length: 5 }, () => status(invented)))).toEqual(
        Array(5).fill(401),
      )
      counts.push(await asked())
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

  test('that are new are found within half a minute, though the set is still fresh', async () => {
    const { status, issue, jwk, publish } = await resource()
    expect(await status(await issue())).toBe(200)
    const next = await keyPair('second')
    await publish({ keys: [jwk, next.jwk] })
    later(30)
    expect(await status(await next.issue())).toBe(200)
    expect(await status(await issue())).toBe(200)
  })

  test('that are found make the next question early again', async () => {
    const { status, issue, jwk, publish } = await resource()
    const [second, third] = [await keyPair('second'), await keyPair('third')]
    await status(await issue())
    later(30)
    expect(await status(await second.issue())).toBe(401)
    await publish({ keys: [jwk, second.jwk] })
    later(90)
    expect(await status(await second.issue())).toBe(200)
    await publish({ keys: [jwk, third.jwk] })
    later(119)
    expect(await status(await third.issue())).toBe(401)
    later(120)
    expect(await status(await third.issue())).toBe(200)
  })

  test('are asked for ever more rarely while the issuer is out of order', async () => {
    const { status, issue, asked, publish } = await resource()
    const token = await issue()
    await status(token)
    await publish('out of order')
    const counts: number[] = []
    for (const seconds of [300, 359, 360, 479, 480, 719, 720, 1019, 1020]) {
      later(seconds)
      expect(await status(token)).toBe(200)
      counts.push(await asked())
    }
    expect(counts).toEqual([2, 2, 3, 3, 4, 4, 5, 5, 6])
  })

  test('are believed for an hour while the issuer is out of order, and then no more', async () => {
    const { get, issue, publish } = await resource()
    const token = await issue()
    expect((await get(token)).status).toBe(200)
    await publish('out of order')
    later(3599)
    expect((await get(token)).status).toBe(200)
    later(3600)
    const { status, headers, body } = await get(token)
    expect([status, headers.get('retry-after')]).toEqual([503, '30'])
    expect(body).toEqual({ detail: 'Service temporarily unavailable, try again later.' })
  })

  test('that were never there are 503 and no 401, until they come', async () => {
    const { status, issue, jwk, publish } = await resource()
    await publish('out of order')
    const token = await issue()
    expect(await status(token)).toBe(503)
    await publish({ keys: [jwk] })
    expect(await status(token)).toBe(503)
    later(30)
    expect(await status(token)).toBe(200)
  })

  test('from a redirect are none', async () => {
    const { status, issue, asked } = await resource({ path: 'redirects' })
    expect([await status(await issue()), await asked()]).toEqual([503, 1])
  })

  test('are asked for by one while others go on with the old set', async () => {
    const { status, issue, asked } = await resource()
    const token = await issue()
    await status(token)
    later(400)
    const all = await Promise.all(Array.from({ length: 9 }, () => status(token)))
    expect([all, await asked()]).toEqual([Array(9).fill(200), 2])
  })
})
