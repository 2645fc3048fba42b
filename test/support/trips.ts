// D1 behind a gate: each round trip is told to a test, which may count it, hold it up, refuse it or spoil it.

const sql = Symbol('the text of a statement')
const inner = Symbol('the statement behind the gate')

interface Gated extends D1PreparedStatement {
  [sql]: string
  [inner]: D1PreparedStatement
}

/** What is done with a trip of these statements, which `run` makes; a batch is one trip. */
export type Around = (statements: string[], run: () => Promise<unknown>) => Promise<unknown>

/** `before` is given the statements of the trip. */
export const gated = (db: D1Database, before: (statements: string[]) => void | Promise<void>) =>
  through(db, async (statements, run) => {
    await before(statements)
    return run()
  })

export function through(db: D1Database, around: Around): D1Database {
  const statement = (text: string, real: D1PreparedStatement): Gated =>
    ({
      [sql]: text,
      [inner]: real,
      bind: (...values: unknown[]) => statement(text, real.bind(...values)),
      all: () => around([text], () => real.all()),
      run: () => around([text], () => real.run()),
      raw: () => around([text], () => real.raw()),
      first: () => around([text], () => real.first()),
    }) as unknown as Gated
  return {
    prepare: (text: string) => statement(text, db.prepare(text)),
    batch: (statements: Gated[]) =>
      around(
        statements.map((gate) => gate[sql]),
        () => db.batch(statements.map((gate) => gate[inner])),
      ),
  } as unknown as D1Database
}

/** Whether a trip is the delivery of mail, which begins when the answer is made and delays nothing. */
export const isDelivery = (statements: string[]) =>
  statements.length === 1 &&
  /^update "mail_outbox"|from "mail_outbox"|^insert into "dev_mailbox"/.test(statements[0] ?? '')
