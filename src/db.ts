// D1 through Drizzle: how long an answer is waited for, what is sent again, and how its errors are told apart.

import { DrizzleQueryError } from 'drizzle-orm'
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1'

export interface Database extends DrizzleD1Database {
  /** For what must not be sent again, because the second time it would mean something else. */
  once: DrizzleD1Database
}

/** Seconds that a client is told to wait after D1 was unavailable. */
export const clientRetryDelay = 5

/** Seconds from a request whose answers were lost until the client has sent it again, as it was told to. */
export const retryWindow = (timeout: number) => maxTries * timeout + clientRetryDelay

const maxTries = 2

/** D1 could not be reached, or had too much to do. What was sent may stand all the same. */
export class UnavailableError extends Error {
  override name = 'UnavailableError'
}

/** @param timeout in seconds, of each of the two times that something may be sent */
export const database = (binding: D1Database, timeout: number): Database =>
  Object.assign(drizzle(retryingBinding(binding, { times: maxTries, timeout })), {
    once: drizzle(retryingBinding(binding, { times: 1, timeout })),
  })

// As Cloudflare lists them: https://developers.cloudflare.com/d1/observability/debug-d1/#error-list
const transientErrors =
  /Network connection lost|storage caused object to be reset|reset because its code was updated|transient issue on remote node|client disconnected/
const overloadErrors = /D1 DB.*(overloaded|exceeded)|exceeded D1's|Exceeded maximum DB size/
const timeoutMessage = 'no answer in time'

interface RetryOptions {
  times: number
  timeout: number
}

/**
 * Sends again, once, what got lost on the way or was not answered in time. It may have been done, the answer
 * alone being lost: so every write is such that, done twice, it is as if done once, and answers the same.
 * @throws UnavailableError
 */
async function sendWithRetry<T>(
  attempt: () => Promise<T>,
  { times, timeout }: RetryOptions,
): Promise<T> {
  try {
    return await withTimeout(timeout, attempt())
  } catch (error) {
    const message = databaseMessage(error)
    const isLost = transientErrors.test(message) || message === timeoutMessage
    if (!isLost && !overloadErrors.test(message)) throw error
    if (!isLost || times === 1) throw new UnavailableError(message)
  }
  await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 100))
  return sendWithRetry(attempt, { times: times - 1, timeout })
}

const withTimeout = <T>(timeout: number, answer: Promise<T>) =>
  new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(timeoutMessage)), timeout * 1000)
    answer.then(resolve, reject).finally(() => clearTimeout(timer))
  })

const inner = Symbol('the statement that D1 made')
interface Statement extends D1PreparedStatement {
  [inner]: D1PreparedStatement
}

/** The binding, as far as Drizzle uses it, with `send` around whatever goes to D1. */
function retryingBinding(binding: D1Database, patience: RetryOptions): D1Database {
  const statement = (made: D1PreparedStatement): D1PreparedStatement =>
    ({
      [inner]: made,
      bind: (...values: unknown[]) => statement(made.bind(...values)),
      all: () => sendWithRetry(() => made.all(), patience),
      run: () => sendWithRetry(() => made.run(), patience),
      raw: () => sendWithRetry(() => made.raw(), patience),
    }) as Statement
  const batch = (statements: Statement[]) => {
    const made = statements.map((each) => each[inner])
    return sendWithRetry(() => binding.batch(made), patience)
  }
  return { prepare: (sql: string) => statement(binding.prepare(sql)), batch } as D1Database
}

export const isUnavailable = (error: unknown): boolean =>
  error instanceof DrizzleQueryError
    ? isUnavailable(error.cause)
    : error instanceof UnavailableError

/** Values in groups, for what D1 bounds: 32 arguments to a function, 100 levels of an expression. */
export const inGroups = <T>(values: T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(values.length / size) }, (_, at) =>
    values.slice(at * size, (at + 1) * size),
  )

/** Whether a write met another row with the same value in a unique column, as `users.email_key`. */
export const isUniqueViolation = (error: unknown, column: string) =>
  databaseMessage(error).includes(`UNIQUE constraint failed: ${column}`)

/** Whether a write referred to a row that is not there; D1 does not say which. */
export const isForeignKeyViolation = (error: unknown) =>
  databaseMessage(error).includes('FOREIGN KEY constraint failed')

export const isMissingTable = (error: unknown) => databaseMessage(error).includes('no such table')

/** What D1 said. Never a DrizzleQueryError's own message, which holds the statement's parameters. */
export function databaseMessage(error: unknown): string {
  if (error instanceof DrizzleQueryError) return databaseMessage(error.cause)
  const message = error instanceof Error ? error.message : String(error)
  return message.replace(/^(D1_TYPE_ERROR: Type '\w+' not supported).*/s, '$1')
}
