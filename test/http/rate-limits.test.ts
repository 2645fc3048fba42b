// Every route that writes asks a rate limit before it writes. Each endpoint is sent what it is for, while every limit
// is used up.

import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { endpoints } from '../faults/endpoints.ts'
import { type Endpoint, settingsOf, world } from '../faults/setup.ts'
import { client } from '../support/api.ts'
import { gated } from '../support/trips.ts'

const full = { limit: async () => ({ success: false }) }
const usedUp = { RATE_LIMITER: full, MAIL_RATE_LIMITER: full, CALLER_RATE_LIMITER: full }
const isWrite = (statement: string) => /^\s*(insert|update|delete|replace|with)\b/i.test(statement)

beforeAll(() => void vi.spyOn(console, 'error').mockImplementation(() => {}))

/** The answer of an endpoint, and what it wrote. */
async function answerTo(endpoint: Endpoint, limits: Record<string, unknown>) {
  const people = await world(endpoint)
  const sent = await endpoint.sent(people)
  const id = await endpoint.id?.(people)
  const [method = '', path = ''] = endpoint.route.replace(':id', String(id)).split(' ')
  const writes: string[] = []
  const DB = gated(env.DB, (statements) => void writes.push(...statements.filter(isWrite)))
  const before = await linksQueued()
  const answer = await client({ ...settingsOf(endpoint), ...limits, DB }).send(method, path, sent)
  return { answer, writes, links: (await linksQueued()) - before }
}

/** How many mails with a link there are. */
async function linksQueued(): Promise<number> {
  const kinds = ['activation', 'password_reset', 'username_reset', 'email_change']
  const query = `select count(*) as count from mail_outbox where kind in ('${kinds.join("', '")}')`
  return Number(await env.DB.prepare(query).first('count'))
}

const titled = endpoints.map((endpoint) => {
  const { route, where } = endpoint
  return [where ? `${route} (${where})` : route, endpoint] as const
})

describe('where every limit is used up', () => {
  test.for(titled)('%s writes nothing', { timeout: 60_000 }, async ([, endpoint]) => {
    const { answer, writes } = await answerTo(endpoint, usedUp)
    expect(writes).toEqual([])
    if (answer.status !== 429) return
    expect(answer.headers.get('retry-after')).toBe('60')
    expect(answer.body).toEqual({
      detail: 'Request was throttled. Expected available in 60 seconds.',
    })
  })
})

describe('where the limit of mail is used up', () => {
  test.for(titled)('%s mails no link', { timeout: 60_000 }, async ([, endpoint]) => {
    const { answer, links } = await answerTo(endpoint, { MAIL_RATE_LIMITER: full })
    expect(links).toBe(0)
    expect(answer.status).toBeLessThan(500)
  })
})
