// Makes each D1 call of each endpoint fail with each fault. No write may be lost or made twice, and no response may be a
// 500. A client that repeats a request after a 503 must reach the same state.
// `npx vitest run test/faults/faults.test.ts --silent=false` prints the table of endpoints and faults.

import { createExecutionContext, createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { appWith } from '../../src/app.ts'
import worker from '../../src/worker.ts'
import { type Around, beforeRoundTrip, interceptD1, isDelivery } from '../support/trips.ts'
import { endpoints } from './endpoints.ts'
import { type Call, callCounter, faulty, lasting, passing } from './faults.ts'
import { type PreparedRequest, prepareRequest } from './prepare.ts'
import { type Endpoint, setUp } from './setup.ts'
import { attempts, emptyDatabase, mailbox, restore, snapshot, state } from './state.ts'

test('the table has every endpoint', () => {
  const routed = appWith()
    .routes.filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${path}`)
  const listed = endpoints.map(({ route }) => route)
  expect([...new Set(listed)].sort()).toEqual([...new Set(routed)].sort())
})

const faults: typeof passing = { ...passing, ...lasting }
const table = [['endpoint', 'calls', ...Object.keys(faults)]]

beforeAll(() => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  vi.spyOn(console, 'warn').mockImplementation(() => {})
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})

afterAll(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  console.log(table.map((line) => line.join(' | ')).join('\n'))
})

const titledEndpoints = endpoints.map((endpoint) => {
  const { route, variant } = endpoint
  return [variant ? `${route} (${variant})` : route, endpoint] as const
})

test.for(titledEndpoints)('%s', { timeout: 60_000 }, async ([title, endpoint]) => {
  const request = await prepareRequest(endpoint)
  const expected = await withoutFault(request)
  const isAsExpected = endpoint.errorStatus
    ? expected.status === endpoint.errorStatus
    : expected.status < 400
  expect(isAsExpected, `${expected.status}`).toBe(true)

  const line = [title, String(expected.calls.length)]
  for (const fault of Object.keys(faults)) {
    const statuses = new Set<number>()
    const calls = isExempt(endpoint, fault) ? [] : expected.calls
    for (const call of calls)
      statuses.add(await sendWithFault(endpoint, request, expected, fault, call))
    line.push([...statuses].join(' ') || '-')
  }
  table.push(line)
})

test('the cron sends each email once, and deletes in its next run what it could not delete', async () => {
  await emptyDatabase()
  await setUp({})
  await env.DB.batch([
    env.DB.prepare('delete from dev_mailbox'),
    env.DB.prepare('update mail_outbox set sent_at = null, next_attempt_at = created_at'),
  ])
  const before = await snapshot()
  const runCronAtNight = (DB: D1Database, days: number) => {
    const scheduledTime = new Date(new Date().setUTCHours(3, 0, 0, 0) + days * 86_400_000)
    return worker.scheduled(
      createScheduledController({ scheduledTime }),
      { ...env, DB },
      createExecutionContext(),
    )
  }
  const calls: Call[] = []
  const callOf = callCounter()
  await runCronAtNight(
    beforeRoundTrip(env.DB, (statements, place) => void calls.push(callOf(statements, place))),
    200,
  )
  const [end, mails] = [await state(), await mailbox()]
  expect([mails.length, end.includes('login')]).toEqual([2, false])

  for (const [fault, reactions] of Object.entries(faults)) {
    for (const call of calls) {
      await restore(before)
      const outcome = await runCronAtNight(faulty(call, reactions()).DB, 200).catch(
        (error: unknown) => error,
      )
      if (fault in passing) expect(outcome).toBeUndefined()
      await runCronAtNight(env.DB, 201)
      expect([await state(), await mailbox()], `${fault}, at ${call.text.slice(0, 60)}`).toEqual([
        end,
        mails,
      ])
    }
  }
}, 60_000)

/** Sends the request with this fault at this call, and returns the status. */
async function sendWithFault(
  endpoint: Endpoint,
  request: PreparedRequest,
  expected: Expected,
  fault: string,
  call: Call,
) {
  await restore(request.before)
  const { DB, timesSent } = faulty(call, faults[fault]?.() ?? [])
  const { status, body } = await request.send(DB)

  const where = `${fault}, at ${call.text.slice(0, 60)}`
  expect(timesSent(), where).toBeGreaterThan(0)
  const isAllowed = mayFail(endpoint, fault) && !isNear(call)
  expect(isAllowed ? [expected.status, 503] : [expected.status], where).toContain(status)
  if (status === expected.status) expect(outline(body), where).toEqual(expected.outline)
  if (status === 503) await expectToBeRepeatable(request, expected, where)
  else if (!mayMissRecord(endpoint, fault)) await expectToBeDoneOnce(expected, where, call)
  return status
}

// With a reuse interval of 0, a refresh token works once. A statement that D1 applies twice then uses the token twice.
const isWithoutReuse = ({ vars }: Endpoint) => vars?.REFRESH_TOKEN_REUSE_INTERVAL === 0
const isExempt = (endpoint: Endpoint, fault: string) =>
  isWithoutReuse(endpoint) && fault === 'doubled'
const mayFail = (endpoint: Endpoint, fault: string) => fault in lasting || isWithoutReuse(endpoint)

/** A read of a replica. The primary answers in its place. */
const isNear = ({ place }: Call) => place === 'near'

/** A failed login is recorded after the response, and so is a better hash with replicas. If that fails too, it is only logged. */
const mayMissRecord = ({ variant = '' }: Endpoint, fault: string) =>
  fault in lasting &&
  (variant.startsWith('wrong password') ||
    (variant === 'with an old hash' && env.REPLICATED !== ''))

type Expected = Awaited<ReturnType<typeof withoutFault>>

async function expectToBeDoneOnce(expected: Expected, where: string, call: Call) {
  expect(await state(), where).toBe(expected.end)
  // A valid link counts as an attempt at the primary, and not if a replica knows it.
  if (!isNear(call)) expect(await attempts(), where).toBe(expected.attempts)
  expect(await mailbox(), where).toEqual(expected.mails)
}

/** A request may stop between two of its calls, but never within a call. */
async function expectToBeRepeatable({ send }: PreparedRequest, expected: Expected, where: string) {
  const left = await state()
  expect(expected.stages, where).toContain(left)
  expect((await send(env.DB)).status, where).toBeLessThan(500)
  const ends = left === expected.stages[0] ? [expected.end] : [left, expected.end, expected.twice]
  expect(ends, where).toContain(await state())
}

/** Sends the request without a fault. Returns the response, the calls, and the state before and after each call. */
async function withoutFault({ send, before }: PreparedRequest) {
  await restore(before)
  const stages = [await state()]
  const calls: Call[] = []
  const callOf = callCounter()
  const watching: Around = async (statements, run, place) => {
    const call = callOf(statements, place)
    if (!delivering.has(call.text)) calls.push(call)
    if (isDelivery(statements)) delivering.add(call.text)
    const answer = await run()
    stages.push(await state())
    return answer
  }
  const { status, body } = await send(interceptD1(env.DB, watching))
  const once = { end: await state(), attempts: await attempts(), mails: await mailbox() }
  await send(env.DB)
  return { status, outline: outline(body), calls, stages, ...once, twice: await state() }
}

/** The names in a JSON body, without their values. A page is compared as it is. */
const outline = (body: unknown) =>
  typeof body === 'object' && body !== null ? Object.keys(body) : body

// Delivery makes the same calls after any request, so each of its calls fails in one endpoint only.
const delivering = new Set<string>()
