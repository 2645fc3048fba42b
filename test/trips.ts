// D1 behind a gate: each round trip is told to `before`, which may count it, hold it up or refuse it.

const sql = Symbol('the text of a statement')
const inner = Symbol('the statement behind the gate')

interface Gated extends D1PreparedStatement {
  [sql]: string
  [inner]: D1PreparedStatement
}

/** `before` is given the statements of the trip; a batch is one trip. */
export function gated(
  db: D1Database,
  before: (statements: string[]) => void | Promise<void>,
): D1Database {
  const statement = (text: string, real: D1PreparedStatement): Gated => {
    const through = async <T>(run: () => Promise<T>) => {
      await before([text])
      return run()
    }
    return {
      [sql]: text,
      [inner]: real,
      bind: (...values: unknown[]) => statement(text, real.bind(...values)),
      all: () => through(() => real.all()),
      run: () => through(() => real.run()),
      raw: () => through(() => real.raw()),
      first: () => through(() => real.first()),
    } as unknown as Gated
  }
  return {
    prepare: (text: string) => statement(text, db.prepare(text)),
    batch: async (statements: Gated[]) => {
      await before(statements.map((gate) => gate[sql]))
      return db.batch(statements.map((gate) => gate[inner]))
    },
  } as unknown as D1Database
}

/** Whether a trip is the delivery of mail, which begins when the answer is made and delays nothing. */
export const isDelivery = (statements: string[]) =>
  statements.length === 1 &&
  /^update "mail_outbox"|from "mail_outbox"|^insert into "dev_mailbox"/.test(statements[0] ?? '')
