// D1 with a test in between: the test sees each round trip, and may delay it, refuse it or change its answer.

import { env } from 'cloudflare:workers'

const sql = Symbol('the text of a statement')
const inner = Symbol('the real statement')

interface Intercepted extends D1PreparedStatement {
  [sql]: string
  [inner]: D1PreparedStatement
}

/** Takes the place of a round trip of these statements; `run` makes it. A batch is one round trip. */
export type Around = (
  statements: string[],
  run: () => Promise<unknown>,
  place: Place,
) => Promise<unknown>

/** Where a round trip goes: to the nearest replica, or to the primary. */
export type Place = 'near' | 'far'

/** D1 that calls `around` in place of each round trip. */
export function interceptD1(db: D1Database, around: Around, place: Place = 'far'): D1Database {
  const statement = (text: string, real: D1PreparedStatement): Intercepted =>
    ({
      [sql]: text,
      [inner]: real,
      bind: (...values: unknown[]) => statement(text, real.bind(...values)),
      all: () => around([text], () => real.all(), place),
      run: () => around([text], () => real.run(), place),
      raw: () => around([text], () => real.raw(), place),
      first: () => around([text], () => real.first(), place),
    }) as unknown as Intercepted
  return {
    prepare: (text: string) => statement(text, db.prepare(text)),
    batch: (statements: Intercepted[]) =>
      around(
        statements.map((each) => each[sql]),
        () => db.batch(statements.map((each) => each[inner])),
        place,
      ),
    withSession: (constraint: string) => {
      const session = db.withSession(constraint)
      const where = constraint === 'first-primary' ? 'far' : 'near'
      const intercepted = interceptD1(session as unknown as D1Database, around, where)
      return Object.assign(intercepted, { getBookmark: () => session.getBookmark() })
    },
  } as unknown as D1Database
}

/** D1 that calls `before` with the statements of each round trip, and makes it afterwards. */
export const beforeRoundTrip = (
  db: D1Database,
  before: (statements: string[], place: Place) => void | Promise<void>,
) =>
  interceptD1(db, async (statements, run, place) => {
    await before(statements, place)
    return run()
  })

/** D1 that runs `action` before the round trip with this number, from 1. Deliveries of mail do not count. */
export function beforeNthRoundTrip(number: number, action: () => Promise<unknown>): D1Database {
  let count = 0
  return beforeRoundTrip(env.DB, async (statements) => {
    if (!isDelivery(statements) && ++count === number) await action()
  })
}

/** Whether a round trip delivers mail. Delivery begins when the response is made, and delays nothing. */
export const isDelivery = (statements: string[]) =>
  statements.length === 1 &&
  /^update "mail_outbox"|from "mail_outbox"|^insert into "dev_mailbox"/.test(statements[0] ?? '')
