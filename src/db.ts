// D1 through Drizzle: the timeout, the second try after a lost answer (docs/decisions/021), and the meaning of errors.

import { DrizzleQueryError } from 'drizzle-orm'
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1'
import type { UserIds } from './schema.ts'

/** What `drizzle` returns. */
type Drizzle = DrizzleD1Database & { $client: D1Database }

export interface Database extends Drizzle {
  /** For statements that must not be sent again, because they would not have the same effect. */
  once: Drizzle
  /** Calls to D1 so far. A call that is sent again counts again. */
  trips: Trips
  /** Undefined without D1_READ_REPLICATION. */
  replicas: Replicas | undefined
}

export interface Replicas {
  /**
   * The nearest replica, for selects only. It is asked once.
   * @param bookmark of a write that the replica must wait for
   * @param timeout in seconds
   */
  nearest(bookmark: string | undefined, timeout: number): Drizzle
  /** The latest bookmark of the writes by this object; undefined if it has written nothing. */
  lastWrite(): string | undefined
  /** The users whose rows the request writes, or their ids (replicas.ts). */
  writtenFor: Set<UserIds | number | string>
}

export interface Trips {
  /** Calls to the nearest replica. */
  near: number
  /** Calls to the primary. */
  far: number
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

interface DatabaseSettings {
  /** In seconds, for each of two tries. */
  d1Timeout: number
  d1ReadReplication: boolean
}

export function database(
  binding: D1Database,
  { d1Timeout: timeout, d1ReadReplication: replicated }: DatabaseSettings,
): Database {
  const trips = { near: 0, far: 0 }
  let lastWrite: string | undefined
  const open = replicated ? () => binding.withSession('first-primary') : () => binding
  const onSent = (client: Client, statements: string[]) => {
    if (!('getBookmark' in client) || statements.every(isSelect)) return
    const bookmark = client.getBookmark()
    if (bookmark !== null && bookmark > (lastWrite ?? '')) lastWrite = bookmark
  }
  const onSend = () => trips.far++
  const primary = { open, onSend, onSent, timeout }
  return Object.assign(drizzle(sendingBinding({ ...primary, tries: maxTries })), {
    once: drizzle(sendingBinding({ ...primary, tries: 1 })),
    trips,
    replicas: replicated
      ? {
          nearest: (bookmark: string | undefined, timeout: number) =>
            drizzle(replicaBinding(binding, { bookmark, timeout, onSend: () => trips.near++ })),
          lastWrite: () => lastWrite,
          writtenFor: new Set<UserIds | number | string>(),
        }
      : undefined,
  })
}

// As Cloudflare lists them: https://developers.cloudflare.com/d1/observability/debug-d1/#error-list
const transientErrors =
  /Network connection lost|storage caused object to be reset|reset because its code was updated|transient issue on remote node|client disconnected/
const overloadErrors = /D1 DB.*(overloaded|exceeded)|exceeded D1's|Exceeded maximum DB size/
const timeoutMessage = 'D1 did not answer in time'

/** The binding, or a session of it. Only a session's first query surely goes to the primary, so each call opens its own. */
type Client = Pick<D1Database, 'prepare' | 'batch'> | D1DatabaseSession

interface SendOptions {
  open(): Client
  /** Called before each try. */
  onSend(): void
  /** Called after each answer, with the texts of the statements. */
  onSent?(client: Client, statements: string[]): void
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
  { tries, timeout, onSend }: Pick<SendOptions, 'tries' | 'timeout' | 'onSend'>,
): Promise<T> {
  onSend()
  try {
    return await withTimeout(timeout, send())
  } catch (error) {
    const message = databaseMessage(error)
    const isLost = transientErrors.test(message) || message === timeoutMessage
    if (!isLost && !overloadErrors.test(message)) throw error
    if (!isLost || tries === 1) throw new UnavailableError(message)
  }
  await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 100))
  return sendWithRetry(send, { tries: tries - 1, timeout, onSend })
}

/** @param timeout in seconds */
export const withTimeout = <T>(timeout: number, answer: Promise<T>) =>
  new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(timeoutMessage)), timeout * 1000)
    answer.then(resolve, reject).finally(() => clearTimeout(timer))
  })

const source = Symbol('text and values of a statement')
interface SentStatement extends D1PreparedStatement {
  [source]: { text: string; values: unknown[] }
}

/**
 * The part of the binding that Drizzle uses, with `sendWithRetry` around every call to D1. A statement stays text and
 * values until it is sent, because D1 prepares it on the session that sends it.
 */
function sendingBinding(options: SendOptions): D1Database {
  const send = <T>(statements: string[], call: (client: Client) => Promise<T>) =>
    sendWithRetry(async () => {
      const client = options.open()
      const answer = await call(client)
      options.onSent?.(client, statements)
      return answer
    }, options)
  const statement = (text: string, values: unknown[] = []): D1PreparedStatement =>
    ({
      [source]: { text, values },
      bind: (...bound: unknown[]) => statement(text, bound),
      all: () => send([text], (client) => prepared(client, text, values).all()),
      run: () => send([text], (client) => prepared(client, text, values).run()),
      raw: () => send([text], (client) => prepared(client, text, values).raw()),
    }) as unknown as SentStatement
  const batch = (statements: SentStatement[]) => {
    const sources = statements.map((each) => each[source])
    return send(
      sources.map(({ text }) => text),
      (client) => client.batch(sources.map(({ text, values }) => prepared(client, text, values))),
    )
  }
  return { prepare: (text: string) => statement(text), batch } as D1Database
}

const prepared = (client: Client, text: string, values: unknown[]) =>
  values.length > 0 ? client.prepare(text).bind(...values) : client.prepare(text)

function replicaBinding(
  binding: D1Database,
  { bookmark, ...options }: { bookmark: string | undefined; timeout: number; onSend(): void },
): D1Database {
  const open = (): Client => {
    const session = binding.withSession(bookmark ?? 'first-unconstrained')
    const prepare = (text: string) => {
      if (!isSelect(text)) throw new Error('A replica only reads.')
      return session.prepare(text)
    }
    return { prepare, batch: session.batch.bind(session) }
  }
  return sendingBinding({ ...options, open, tries: 1 })
}

const isSelect = (text: string) => /^\s*select\b/i.test(text)

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
