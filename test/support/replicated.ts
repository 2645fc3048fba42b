// D1 with a primary and one replica. Every batch that the primary applies is replayed on the replica in order, as late as
// a test says. Ids and times come from code, so the replay is exact. It keeps D1's promises and no other: only the first
// read of a session is bound to the primary, a replica waits for a bookmark, and each session tells its own.

import { env } from 'cloudflare:workers'

interface Sent {
  text: string
  values: unknown[]
}

interface Applied {
  /** Milliseconds since 1970. */
  at: number
  statements: Sent[]
}

/**
 * How late each read finds the replica, from 0 (it has all writes) to 1 (as late as a replica that is believed can be).
 * The replica has a pulse of that age, and every write before it.
 */
export type Lag = () => number

/** Milliseconds. A second less than the age at which a replica is not believed any more. */
const oldestPulse = 89_000

export interface Replicated {
  DB: D1Database
  /** The calls that each has answered. */
  calls: { primary: number; near: number }
  /** Replays what the primary has applied so far. */
  catchUp(): Promise<void>
  /** What a read of the replica throws, instead of an answer. */
  breakWith(message: string | undefined): void
}

const source = Symbol('text and values')
type Statement = D1PreparedStatement & { [source]: Sent }

/** Without a lag, only a bookmark or `catchUp` moves the replica, and only the cron writes a pulse. */
export function replicated(
  primary = env.PRIMARY ?? env.DB,
  { replica = env.REPLICA, lag }: { replica?: D1Database; lag?: Lag } = {},
): Replicated {
  const log: Applied[] = []
  let applied = 0
  let replaying = copyRows(primary, replica)
  const copied = replaying
  let broken: string | undefined
  const calls = { primary: 0, near: 0 }

  const replayUpTo = (length: number) => {
    replaying = replaying.then(async () => {
      while (applied < length) {
        await replica.batch(prepare(replica, log[applied++]?.statements ?? []))
      }
    })
    return replaying
  }

  /** Brings the replica to a state that a read may find. */
  async function follow(howLate: number) {
    const pulse = Date.now() - oldestPulse
    const isNewer = ({ at }: Applied) => at > pulse
    const pending = log.slice(applied).findIndex(isNewer)
    const must = pending < 0 ? log.length : applied + pending
    await replayUpTo(must + Math.round((log.length - must) * (1 - howLate)))
    await replica.prepare('replace into pulse (id, at) values (1, ?)').bind(pulse).run()
  }

  async function onPrimary<T>(statements: Sent[], run: Run<T>) {
    calls.primary++
    await copied
    const answer = await run(primary)
    if (!areSelects(statements)) log.push({ at: Date.now(), statements })
    return answer
  }

  /** A call without a session is a test's own. With a lag, the replica has what it wrote at once. */
  async function byTest<T>(statements: Sent[], run: Run<T>) {
    const answer = await onPrimary(statements, run)
    if (lag && !areSelects(statements)) await replayUpTo(log.length)
    return answer
  }

  async function onReplica<T>(run: Run<T>, bookmark: number) {
    calls.near++
    if (broken !== undefined) throw new Error(broken)
    await copied
    if (bookmark > log.length) throw new Error('the replica waits for a write that is unknown')
    if (lag) await follow(lag())
    if (bookmark > applied) await replayUpTo(bookmark)
    return run(replica)
  }

  function session(constraint: string) {
    let isFirst = true
    let seen = constraint.startsWith('first-') ? 0 : Number(constraint)
    const send: Send = async (statements, run) => {
      const isNear = areSelects(statements) && !(isFirst && constraint === 'first-primary')
      isFirst = false
      if (isNear) return onReplica(run, seen)
      const answer = await onPrimary(statements, run)
      seen = log.length
      return answer
    }
    return { ...client(send), getBookmark: () => String(seen).padStart(10, '0') }
  }

  return {
    DB: { ...client(byTest), withSession: session } as unknown as D1Database,
    calls,
    catchUp: () => replayUpTo(log.length),
    breakWith: (message) => {
      broken = message
    },
  }
}

/** Makes the replica equal to the primary, with the sequence of ids. */
async function copyRows(primary: D1Database, replica: D1Database) {
  const query = `select name from sqlite_master where type = 'table' and name not like 'd1_%'
    and name not like '_cf_%' and name not in ('sqlite_sequence', 'pulse')`
  const { results: tables } = await primary.prepare(query).all<{ name: string }>()
  const ordered = ['users', ...tables.map(({ name }) => name).filter((name) => name !== 'users')]
  const names = [...ordered, 'sqlite_sequence']
  const rows = await primary.batch<Record<string, unknown>>(
    names.map((name) => primary.prepare(`select * from ${name}`)),
  )
  const deletions = [...names, 'pulse']
    .reverse()
    .map((name) => replica.prepare(`delete from ${name}`))
  const insertions = names.flatMap((name, at) =>
    (rows[at]?.results ?? []).map((row) => {
      const columns = Object.keys(row)
      const text = `insert into ${name} (${columns}) values (${columns.map(() => '?')})`
      return replica.prepare(text).bind(...Object.values(row))
    }),
  )
  await replica.batch(deletions)
  if (insertions.length > 0) await replica.batch(insertions)
}

type Run<T> = (db: D1Database) => Promise<T>
type Send = <T>(statements: Sent[], run: Run<T>) => Promise<T>

const areSelects = (statements: Sent[]) =>
  statements.every(({ text }) => /^\s*select\b/i.test(text))

const prepare = (db: D1Database, statements: Sent[]) =>
  statements.map(({ text, values }) => db.prepare(text).bind(...values))

function client(send: Send) {
  const statement = (text: string, values: unknown[] = []): Statement => {
    const on = (db: D1Database) => db.prepare(text).bind(...values)
    return {
      [source]: { text, values },
      bind: (...bound: unknown[]) => statement(text, bound),
      all: () => send([{ text, values }], (db) => on(db).all()),
      run: () => send([{ text, values }], (db) => on(db).run()),
      raw: () => send([{ text, values }], (db) => on(db).raw()),
      first: (...column: [string]) => send([{ text, values }], (db) => on(db).first(...column)),
    } as unknown as Statement
  }
  return {
    prepare: (text: string) => statement(text),
    batch: (statements: Statement[]) => {
      const sent = statements.map((each) => each[source])
      return send(sent, (db) => db.batch(prepare(db, sent)))
    },
  }
}
