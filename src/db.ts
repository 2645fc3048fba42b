// D1 through Drizzle: the timeout, the second try after a lost answer (docs/decisions/021), and the meaning of errors.

import { DrizzleQueryError } from 'drizzle-orm'
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1'

export interface Database extends DrizzleD1Database {
  /** For statements that must not be sent again, because they would not have the same effect. */
  once: DrizzleD1Database
}

/** Seconds that a client must wait after D1 was unavailable. */
export const clientRetryDelay = 5

/** Seconds until a client that obeys Retry-After has sent a request again, if the answers of D1 were lost. */
export const retryWindow = (timeout: number) => maxTries * timeout + clientRetryDelay

const maxTries = 2

/** D1 was unreachable or overloaded. The write may still have been applied. */
class UnavailableError extends Error {
  override name = 'UnavailableError'
}

/** @param timeout in seconds, for each of two tries */
export const database = (binding: D1Database, timeout: number): Database =>
  Object.assign(drizzle(retryingBinding(binding, { tries: maxTries, timeout })), {
    once: drizzle(retryingBinding(binding, { tries: 1, timeout })),
  })

// As Cloudflare lists them: https://developers.cloudflare.com/d1/observability/debug-d1/#error-list
const transientErrors =
  /Network connection lost|storage caused object to be reset|reset because its code was updated|transient issue on remote node|client disconnected/
const overloadErrors = /D1 DB.*(overloaded|exceeded)|exceeded D1's|Exceeded maximum DB size/
const timeoutMessage = 'D1 did not answer in time'

interface RetryOptions {
  tries: number
  /** In seconds. */
  timeout: number
}

/**
 * Sends a call again, once, if its answer was lost or did not come in time. D1 may have applied the first call all the same.
 * So a write that is applied twice must have the same effect and the same answer as one.
 * @throws UnavailableError
 */
async function sendWithRetry<T>(
  send: () => Promise<T>,
  { tries, timeout }: RetryOptions,
): Promise<T> {
  try {
    return await withTimeout(timeout, send())
  } catch (error) {
    const message = databaseMessage(error)
    const isLost = transientErrors.test(message) || message === timeoutMessage
    if (!isLost && !overloadErrors.test(message)) throw error
    if (!isLost || tries === 1) throw new UnavailableError(message)
  }
  await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 100))
  return sendWithRetry(send, { tries: tries - 1, timeout })
}

const withTimeout = <T>(timeout: number, answer: Promise<T>) =>
  new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(timeoutMessage)), timeout * 1000)
    answer.then(resolve, reject).finally(() => clearTimeout(timer))
  })

const inner = Symbol('the statement of D1')
interface RetryingStatement extends D1PreparedStatement {
  [inner]: D1PreparedStatement
}

/** The part of the binding that Drizzle uses, with `sendWithRetry` around every call to D1. */
function retryingBinding(binding: D1Database, options: RetryOptions): D1Database {
  const statement = (prepared: D1PreparedStatement): D1PreparedStatement =>
    ({
      [inner]: prepared,
      bind: (...values: unknown[]) => statement(prepared.bind(...values)),
      all: () => sendWithRetry(() => prepared.all(), options),
      run: () => sendWithRetry(() => prepared.run(), options),
      raw: () => sendWithRetry(() => prepared.raw(), options),
    }) as RetryingStatement
  const batch = (statements: RetryingStatement[]) => {
    const prepared = statements.map((each) => each[inner])
    return sendWithRetry(() => binding.batch(prepared), options)
  }
  return { prepare: (sql: string) => statement(binding.prepare(sql)), batch } as D1Database
}

export const isUnavailable = (error: unknown): boolean =>
  error instanceof DrizzleQueryError
    ? isUnavailable(error.cause)
    : error instanceof UnavailableError

/** Values in groups, for D1's limits: 32 arguments of a function, 100 levels of an expression. */
export const inGroups = <T>(values: T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(values.length / size) }, (_, at) =>
    values.slice(at * size, (at + 1) * size),
  )

/** Whether a write failed because another row has the value of a unique column, such as `users.email_key`. */
export const isUniqueViolation = (error: unknown, column: string) =>
  databaseMessage(error).includes(`UNIQUE constraint failed: ${column}`)

/** Whether a write failed because it referred to a row that does not exist. D1 does not say which. */
export const isForeignKeyViolation = (error: unknown) =>
  databaseMessage(error).includes('FOREIGN KEY constraint failed')

export const isMissingTable = (error: unknown) => databaseMessage(error).includes('no such table')

/** The message of D1. A DrizzleQueryError's own message holds the statement's parameters, so it is never used. */
export function databaseMessage(error: unknown): string {
  if (error instanceof DrizzleQueryError) return databaseMessage(error.cause)
  const message = error instanceof Error ? error.message : String(error)
  return message.replace(/^(D1_TYPE_ERROR: Type '\w+' not supported).*/s, '$1')
}
