// A Worker of the bench in a place: its D1 is like one whose primary and replica are far away. Each call takes the
// milliseconds of the request's place, on a clock of its own that only such calls move. So the times are exact, and the same in
// each run. Time that the Worker computes does not count. README.md explains it.

import { type Journey, journeyHeader, type Place, type Report, type Trip } from './journey.ts'

interface App {
  fetch(request: Request, env: object, context: object): Response | Promise<Response>
  scheduled?(controller: object, env: object, context: object): Promise<void>
}

/** Milliseconds since 1970. A fixed start, so that each run writes the same times. */
let clock = Date.UTC(2027, 0, 1)
let place: Place = { primary: 0, replica: 0 }
let trips: (Trip & { end: number })[] = []
let running = 0
let waiting: { end: number; resolve: () => void }[] = []

globalThis.Date = class extends Date {
  constructor(...values: [] | [number]) {
    super(...((values.length === 0 ? [clock] : values) as [number]))
  }
  static override now = () => clock
} as DateConstructor

export default (app: App) => {
  let placed: object | undefined
  return {
    async fetch(request: Request, env: { DB: D1Database }): Promise<Response> {
      placed ??= { ...env, DB: placedD1(env.DB) }
      const journey: Journey = JSON.parse(request.headers.get(journeyHeader) ?? '')
      place = journey
      clock += journey.wait * 1000
      const isCron = new URL(request.url).pathname === '/cron'
      return Response.json(
        isCron ? await runCron(app, placed) : await report(app, placed, withoutJourney(request)),
      )
    },
  }
}

function withoutJourney(request: Request) {
  const headers = new Headers(request.headers)
  headers.delete(journeyHeader)
  return new Request(request, { headers })
}

async function report(app: App, env: object, request: Request): Promise<Report> {
  trips = []
  const started = clock
  const later: Promise<unknown>[] = []
  const context = { waitUntil: (work: Promise<unknown>) => void later.push(work) }
  const isDone = { value: false }
  const moving = moveClock(isDone)
  const answer = await app.fetch(request, env, {
    ...context,
    passThroughOnException() {},
    props: {},
  })
  const answered = clock
  await settled(later)
  isDone.value = true
  await moving
  return {
    status: answer.status,
    headers: [...answer.headers],
    body: await answer.text(),
    milliseconds: answered - started,
    trips: trips.map(({ end, ...trip }) => ({ ...trip, isAfterAnswer: end > answered })),
  }
}

/** Work may add more work. */
async function settled(work: Promise<unknown>[]) {
  for (let done = 0; done < work.length; done = work.length) await Promise.allSettled(work)
}

async function runCron(app: App, env: object) {
  const isDone = { value: false }
  const moving = moveClock(isDone)
  await app.scheduled?.({ scheduledTime: clock, cron: '* * * * *' }, env, {})
  isDone.value = true
  await moving
  return {}
}

/** Real milliseconds without a call, after which the Worker can only be waiting for D1. */
const quiet = 10

/** Whenever the Worker waits for D1 alone, moves the clock to the end of the call that ends first. */
async function moveClock(isDone: { value: boolean }) {
  while (!isDone.value) {
    const before = trips.length
    await new Promise((resolve) => setTimeout(resolve, quiet))
    if (running > 0 || trips.length > before || waiting.length === 0) continue
    const [first, ...others] = waiting.toSorted((one, other) => one.end - other.end)
    waiting = others
    clock = Math.max(clock, first?.end ?? 0)
    first?.resolve()
  }
}

interface Sent {
  text: string
  values: unknown[]
}
type Statement = D1PreparedStatement & Sent
type Client = Pick<D1Database, 'prepare' | 'batch'>
type Run<T> = (db: Client) => Promise<{ answer: T; results: D1Result[] }>
type Send = <T>(statements: Sent[], run: Run<T>) => Promise<T>

const isSelect = ({ text }: Sent) => /^\s*select\b/i.test(text)

function placedD1(db: D1Database): D1Database {
  const send =
    (to: Trip['to']): Send =>
    async (_, run) => {
      const end = clock + place[to]
      const trip = { to, end, isAfterAnswer: false, rowsRead: 0, rowsWritten: 0 }
      trips.push(trip)
      running++
      const { answer, results } = await run(db).finally(() => running--)
      for (const { meta } of results) {
        trip.rowsRead += meta.rows_read
        trip.rowsWritten += meta.rows_written
      }
      await new Promise<void>((resolve) => waiting.push({ end, resolve }))
      return answer
    }
  // As D1: a read goes to a replica, but not the first read of a session that asks for the primary. The replica here never
  // lags, so it has each bookmark.
  const withSession = (constraint: string) => {
    let isFirst = true
    const sendInSession: Send = (statements, run) => {
      const isNear = statements.every(isSelect) && !(isFirst && constraint === 'first-primary')
      isFirst = false
      return send(isNear ? 'replica' : 'primary')(statements, run)
    }
    return { ...client(sendInSession), getBookmark: () => String(clock) }
  }
  return { ...client(send('primary')), withSession } as unknown as D1Database
}

function client(send: Send) {
  const statement = (text: string, values: unknown[] = []): Statement => {
    const own = { text, values }
    const on = (db: Client) => db.prepare(text).bind(...values)
    const whole = (db: Client) => on(db).all<Record<string, unknown>>()
    const rows = async (db: Client) => {
      // `raw` has no counts. A select may run twice; a write may not, and the names in its `returning` differ.
      const result = await whole(db)
      const answer = isSelect(own) ? await on(db).raw() : result.results.map(Object.values)
      return { answer, results: [result] }
    }
    const all = async (db: Client) => {
      const result = await whole(db)
      return { answer: result, results: [result] }
    }
    return {
      ...own,
      bind: (...bound: unknown[]) => statement(text, bound),
      all: () => send([own], all),
      run: () => send([own], all),
      raw: () => send([own], rows),
      first: async () => (await send([own], all)).results[0] ?? null,
    } as unknown as Statement
  }
  return {
    prepare: (text: string) => statement(text),
    batch: (statements: Statement[]) =>
      send(statements, async (db) => {
        const results = await db.batch(
          statements.map(({ text, values }) => db.prepare(text).bind(...values)),
        )
        return { answer: results, results }
      }),
    // better-auth asks whether it is there, and does not call it.
    exec: () => Promise.reject(new Error('The bench has no exec')),
  }
}
