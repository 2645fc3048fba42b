// Every route that writes is rate-limited before it writes. Each endpoint gets a valid request while every limit is
// used up.

import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { endpoints } from '../faults/endpoints.ts'
import { type Endpoint, settingsOf, setUp } from '../faults/setup.ts'
import { client } from '../support/api.ts'
import { beforeRoundTrip } from '../support/trips.ts'

const full = { limit: async () => ({ success: false }) }
const usedUp = { RATE_LIMITER: full, MAIL_RATE_LIMITER: full, CALLER_RATE_LIMITER: full }
const isWrite = (statement: string) => /^\s*(insert|update|delete|replace|with)\b/i.test(statement)

beforeAll(() => void vi.spyOn(console, 'error').mockImplementation(() => {}))

/** The response of an endpoint, and the statements with which it wrote. */
async function send(endpoint: Endpoint, limits: Record<string, unknown>) {
  const people = await setUp(endpoint)
  const request = await endpoint.request(people)
  const id = await endpoint.id?.(people)
  const [method = '', path = ''] = endpoint.route.replace(':id', String(id)).split(' ')
  const writes: string[] = []
  const DB = beforeRoundTrip(
    env.DB,
    (statements) => void writes.push(...statements.filter(isWrite)),
  )
  const before = await linksQueued()
  const answer = await client({ ...settingsOf(endpoint), ...limits, DB }).send(
    method,
    path,
    request,
  )
  return { answer, writes, links: (await linksQueued()) - before }
}

/** The number of queued emails with a link. */
async function linksQueued(): Promise<number> {
  const kinds = ['activation', 'password_reset', 'username_reset', 'email_change']
  const query = `select count(*) as count from mail_outbox where kind in ('${kinds.join("', '")}')`
  return Number(await env.DB.prepare(query).first('count'))
}

const titled = endpoints.map((endpoint) => {
  const { route, variant } = endpoint
  return [variant ? `${route} (${variant})` : route, endpoint] as const
})

describe('while every limit is used up', () => {
  test.for(titled)('%s writes nothing', { timeout: 60_000 }, async ([, endpoint]) => {
    const { answer, writes } = await send(endpoint, usedUp)
    expect(writes).toEqual([])
    if (answer.status !== 429) return
    expect(answer.headers.get('retry-after')).toBe('60')
    expect(answer.body).toEqual({
      detail: 'Request was throttled. Expected available in 60 seconds.',
    })
  })
})

describe('while the limit of mail is used up', () => {
  test.for(titled)('%s mails no link', { timeout: 60_000 }, async ([, endpoint]) => {
    const { answer, links } = await send(endpoint, { MAIL_RATE_LIMITER: full })
    expect(links).toBe(0)
    expect(answer.status).toBeLessThan(500)
  })
})
