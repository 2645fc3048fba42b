// Each endpoint meets each fault at each of its calls to D1. Nothing is lost and nothing done twice; nobody is
// told 500; and who repeats what was answered 503 comes to the same end. The table, endpoint by fault, is
// printed by `npx vitest run test/faults/faults.test.ts --silent=false`.

import { createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { app } from '../../src/app.ts'
import worker from '../../src/worker.ts'
import { client } from '../support/api.ts'
import { type Around, gated, isDelivery, through } from '../support/trips.ts'
import { endpoints } from './endpoints.ts'
import { type Call, calling, faulty, lasting, passing } from './faults.ts'
import { type Endpoint, settingsOf, type World, world } from './setup.ts'
import { type Everything, everything, mailbox, nobody, restore, state, turns } from './state.ts'

test('every endpoint stands in the table', () => {
  const routed = app.routes
    .filter(({ method }) => method !== 'ALL')
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

const titled = endpoints.map((endpoint) => {
  const { route, where } = endpoint
  return [where ? `${route} (${where})` : route, endpoint] as const
})

test.for(titled)('%s', { timeout: 60_000 }, async ([title, endpoint]) => {
  const request = await prepared(endpoint)
  const sound = await whenAllIsWell(request)
  const isSound = endpoint.refused ? sound.status === endpoint.refused : sound.status < 400
  expect(isSound, `${sound.status}`).toBe(true)

  const line = [title, String(sound.struck.length)]
  for (const fault of Object.keys(faults)) {
    const told = new Set<number>()
    const calls = isBeyond(endpoint, fault) ? [] : sound.struck
    for (const call of calls) told.add(await struck(endpoint, request, sound, fault, call))
    line.push([...told].join(' ') || '-')
  }
  table.push(line)
})

test('the cron sends each mail once, and what it could not delete goes the next time', async () => {
  await nobody()
  await world({})
  await env.DB.batch([
    env.DB.prepare('delete from dev_mailbox'),
    env.DB.prepare('update mail_outbox set sent_at = null, next_attempt_at = created_at'),
  ])
  const all = await everything()
  const night = (DB: D1Database, days: number) => {
    const scheduledTime = new Date(new Date().setUTCHours(3, 0, 0, 0) + days * 86_400_000)
    return worker.scheduled(createScheduledController({ scheduledTime }), { ...env, DB })
  }
  const calls: Call[] = []
  const callOf = calling()
  await night(
    gated(env.DB, (statements) => void calls.push(callOf(statements))),
    200,
  )
  const [end, mails] = [await state(), await mailbox()]
  expect([mails.length, end.includes('login')]).toEqual([2, false])

  for (const [fault, ways] of Object.entries(faults)) {
    for (const call of calls) {
      await restore(all)
      const outcome = await night(faulty(call, ways()).DB, 200).catch((error: unknown) => error)
      if (fault in passing) expect(outcome).toBeUndefined()
      await night(env.DB, 201)
      expect([await state(), await mailbox()], `${fault}, at ${call.text.slice(0, 60)}`).toEqual([
        end,
        mails,
      ])
    }
  }
}, 60_000)

/** How the request is answered with this fault at this call. */
async function struck(
  endpoint: Endpoint,
  request: Prepared,
  sound: Sound,
  fault: string,
  call: Call,
) {
  await restore(request.all)
  const { DB, times } = faulty(call, faults[fault]?.() ?? [])
  const { status, body } = await request.send(DB)

  const where = `${fault}, at ${call.text.slice(0, 60)}`
  expect(times(), where).toBeGreaterThan(0)
  expect(mayFail(endpoint, fault) ? [sound.status, 503] : [sound.status], where).toContain(status)
  if (status === sound.status) expect(outline(body), where).toEqual(sound.told)
  if (status === 503) await expectToBeRepeatable(request, sound, where)
  else if (!mayForget(endpoint, fault)) await expectToBeDoneOnce(sound, where)
  return status
}

// With a grace of 0 a refresh token is sent once; and what D1 itself would do twice is a used token.
const isGraceless = ({ vars }: Endpoint) => vars?.REFRESH_TOKEN_REUSE_INTERVAL === 0
const isBeyond = (endpoint: Endpoint, fault: string) => isGraceless(endpoint) && fault === 'doubled'
const mayFail = (endpoint: Endpoint, fault: string) => fault in lasting || isGraceless(endpoint)

/** That a log-in failed is noted after the answer; where that fails, too, it is logged alone. */
const mayForget = ({ where = '' }: Endpoint, fault: string) =>
  where.startsWith('wrongly') && fault in lasting

type Sound = Awaited<ReturnType<typeof whenAllIsWell>>
interface Prepared {
  send: (DB: D1Database) => Promise<{ status: number; body: unknown }>
  /** What stands before it. */
  all: Everything
}

async function expectToBeDoneOnce(sound: Sound, where: string) {
  expect(await state(), where).toBe(sound.end)
  expect(await turns(), where).toBe(sound.turns)
  expect(await mailbox(), where).toEqual(sound.mails)
}

/** Between the calls of a request it may be left off; never within one. */
async function expectToBeRepeatable({ send }: Prepared, sound: Sound, where: string) {
  const left = await state()
  expect(sound.stages, where).toContain(left)
  expect((await send(env.DB)).status, where).toBeLessThan(500)
  const ends = left === sound.stages[0] ? [sound.end] : [left, sound.end, sound.twice]
  expect(ends, where).toContain(await state())
}

/** How an endpoint answers, which of its calls are to be struck, and what stands before and after each. */
async function whenAllIsWell({ send, all }: Prepared) {
  await restore(all)
  const stages = [await state()]
  const struck: Call[] = []
  const callOf = calling()
  const watching: Around = async (statements, run) => {
    const call = callOf(statements)
    if (!delivering.has(call.text)) struck.push(call)
    if (isDelivery(statements)) delivering.add(call.text)
    const answer = await run()
    stages.push(await state())
    return answer
  }
  const { status, body } = await send(through(env.DB, watching))
  const once = { end: await state(), turns: await turns(), mails: await mailbox() }
  await send(env.DB)
  return { status, told: outline(body), struck, stages, ...once, twice: await state() }
}

/** Of JSON the names alone; a page says the same every time. */
const outline = (body: unknown) =>
  typeof body === 'object' && body !== null ? Object.keys(body) : body

// Mail is delivered in one way wherever that begins: each of its calls is struck once.
const delivering = new Set<string>()

async function prepared(endpoint: Endpoint): Promise<Prepared> {
  const people = await peopled(endpoint)
  const { query, ...sent } = await endpoint.sent(people)
  const id = await endpoint.id?.(people)
  const [method = '', path = ''] = endpoint.route.replace(':id', String(id)).split(' ')
  const all = await everything()
  const url = query ? `${path}?${new URLSearchParams(query)}` : path
  const send = (DB: D1Database) => client({ ...settingsOf(endpoint), DB }).send(method, url, sent)
  return { send, all }
}

const worlds = new Map<string, { people: World; all: Everything }>()

/** People are made once for each kind of settings. */
async function peopled(endpoint: Endpoint): Promise<World> {
  const key = JSON.stringify([settingsOf(endpoint), endpoint.earlier])
  const known = worlds.get(key)
  if (known) {
    await restore(known.all)
    return known.people
  }
  await nobody()
  const people = await world(endpoint)
  worlds.set(key, { people, all: await everything() })
  return people
}
