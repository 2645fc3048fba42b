// Who calls, and the guards that route files put before a handler. `authenticated` reads credential and user (1 trip).
// `atPassword` also takes a turn at the password. `stateless` checks the token alone, without the denylist (0 trips).
// `staff` requires a user who may see others. `identified` lets anonymous callers through, but refuses a bad header; the
// cookies of AUTH_COOKIES, which a browser sends unasked, count for nothing there.

import { eq, getTableColumns, type SQL, sql } from 'drizzle-orm'
import type { BatchItem } from 'drizzle-orm/batch'
import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { turnAtPassword } from '../auth/login-throttle.ts'
import type { App, Call } from '../context.ts'
import { forbidden, unauthenticated } from '../http/errors.ts'
import { giveBackLater, limitAddress } from '../http/rate-limit.ts'
import { occasionOf } from '../http/request-info.ts'
import { demandPlace, isCrowded } from '../passwords/hashers.ts'
import { type User, users } from '../schema.ts'
import { demand, inTurn, type Taken } from '../throttling/counters.ts'
import type { Claims } from '../tokens/jwt.ts'
import { tokenAuthentication } from './authtoken.ts'
import type { Authentication, Credential } from './credential.ts'
import { drfJwtAuthentication } from './drf-jwt.ts'
import { accessClaims, cookieAuthentication, jwtAuthentication } from './simple-jwt.ts'

// As DEFAULT_AUTHENTICATION_CLASSES: the first one to know the header decides.
const byHeader: Authentication[] = [drfJwtAuthentication, jwtAuthentication, tokenAuthentication]
const authentications = [...byHeader, cookieAuthentication]

export interface Authenticated {
  Bindings: App['Bindings']
  Variables: App['Variables'] & {
    user: User
    sessionId: string | undefined
    /** Of the JWT that calls, if one does. */
    claims: Claims | undefined
  }
}

export interface AtPassword {
  Bindings: App['Bindings']
  Variables: Authenticated['Variables'] & {
    /** What a password that is not wrong gives back. */
    taken: Taken | undefined
  }
}

export interface Stateless {
  Bindings: App['Bindings']
  Variables: App['Variables'] & { claims: Claims }
}

export const authenticated = createMiddleware<Authenticated>(async function authenticated(c, next) {
  const { user, sessionId, claims } = await callerAnd(c)
  c.set('user', user)
  c.set('sessionId', sessionId)
  c.set('claims', claims)
  await next()
})

/**
 * Stands before a handler that compares the current password, which is not done before there is a turn. Guesses meet
 * the rate limit of logins. One that this isolate has no room for costs no turn.
 */
export const atPassword = createMiddleware<AtPassword>(async function atPassword(c, next) {
  const { db, settings } = c.var
  const credential = await credentialOf(c, authentications)
  if (!credential) throw notProvided()
  await limitAddress(c, 'log-in')
  if (isCrowded()) {
    const [found] = await reading(c, credential)
    const { password } = await credential.admit(found, Boolean(found?.stands))
    await demandPlace(password, settings)
  }
  const sessionId = sessionIn(credential)
  const turn = await turnAtPassword(db, settings, { ...credential, sessionId }, occasionOf(c))
  const { results, taken } = await inTurn(db, turn, [reading(c, credential)])
  const [[found]] = results
  const user = await credential.admit(found, Boolean(found?.stands)).catch((refusal) => {
    if (taken?.allowed) giveBackLater(c, taken)
    throw refusal
  })
  c.set('user', user)
  c.set('sessionId', sessionId)
  c.set('claims', credential.claims)
  demand(taken)
  c.set('taken', taken)
  await next()
  refund(c)
})

/** Stands after `authenticated`, before a handler that may call `attemptPassword`. */
export const mayCompare = createMiddleware<AtPassword>(async function mayCompare(c, next) {
  await next()
  refund(c)
})

/**
 * Counts an attempt at the caller's password, for a handler that learns only from the body that it must compare it.
 * @throws ApiError 429, ThrottledError, BusyError
 */
export async function attemptPassword(c: Context<AtPassword>) {
  const { db, settings, user, sessionId } = c.var
  await limitAddress(c, 'log-in')
  if (isCrowded()) await demandPlace(user.password, settings)
  const named = { userId: sql`${user.id}`, stands: sql`1`, sessionId }
  const turn = await turnAtPassword(db, settings, named, occasionOf(c))
  if (!turn) return
  const { taken } = await inTurn(db, turn, [])
  demand(taken)
  c.set('taken', taken)
}

function refund(c: Context<AtPassword>) {
  if (c.var.taken && c.res.status >= 400) giveBackLater(c, c.var.taken)
}

export const staff = createMiddleware<Authenticated>(async function staff(c, next) {
  const { user, sessionId, claims } = await callerAnd(c)
  if (!user.isStaff) throw forbidden()
  c.set('user', user)
  c.set('sessionId', sessionId)
  c.set('claims', claims)
  await next()
})

/** Stands behind `authenticated`: what nobody may do in another's name. */
export const inPerson = createMiddleware<Authenticated>(async function inPerson(c, next) {
  if (isImpersonated(c.var.claims)) throw forbidden()
  await next()
})

/** Whether somebody else acts through the token (RFC 8693 §4.1). */
export const isImpersonated = (claims: Claims | undefined) => claims?.act !== undefined

/** A token alone: ended sessions, sliding tokens taken back and users that are gone pass until its end. */
export const stateless = createMiddleware<Stateless>(async function stateless(c, next) {
  const claims = await accessClaims(c)
  if (!claims) throw notProvided()
  c.set('claims', claims)
  await next()
})

export const identified = createMiddleware<App>(async function identified(c, next) {
  const credential = await credentialOf(c, byHeader)
  if (credential) await admitted(c, credential)
  await next()
})

interface Caller<Rows> {
  user: User
  /** The session that calls, if one does. */
  sessionId: string | undefined
  claims: Claims | undefined
  rows?: Rows | undefined
}

/**
 * Who calls, read in one trip with the answer of another statement that knows his id.
 * @throws ApiError 401
 */
export async function callerAnd<T extends BatchItem<'sqlite'>>(
  c: Call,
  also?: (callerId: SQL<number>) => T,
): Promise<Caller<T['_']['result']>> {
  const { rows, ...caller } = await callerAndAll(c, (id) => (also ? [also(id)] : []))
  return { ...caller, rows: rows?.[0] }
}

/** The same with the answers of several. */
export async function callerAndAll<T extends BatchItem<'sqlite'>>(
  c: Call,
  also: (callerId: SQL<number>) => T[],
): Promise<Caller<T['_']['result'][]>> {
  const credential = await credentialOf(c, authentications)
  if (!credential) throw notProvided()
  return admitted(c, credential, also(credential.userId))
}

async function admitted<T extends BatchItem<'sqlite'>>(
  c: Call,
  credential: Credential,
  also: T[] = [],
): Promise<Caller<T['_']['result'][]>> {
  const find = reading(c, credential)
  const [[found], ...rows] = also.length > 0 ? await c.var.db.batch([find, ...also]) : [await find]
  const user = await credential.admit(found, Boolean(found?.stands))
  return { user, sessionId: sessionIn(credential), claims: credential.claims, rows }
}

const reading = ({ var: { db } }: Call, { userId, stands }: Credential) =>
  db
    .select({ ...getTableColumns(users), stands: stands.as('stands') })
    .from(users)
    .where(eq(users.id, userId))

const sessionIn = ({ claims }: Credential) =>
  typeof claims?.sid === 'string' ? claims.sid : undefined

async function credentialOf(
  c: Call,
  authentications: Authentication[],
): Promise<Credential | undefined> {
  for (const authentication of authentications) {
    const credential = await authentication(c)
    if (credential) return credential === 'nobody' ? undefined : credential
  }
  return undefined
}

const notProvided = () => unauthenticated('Authentication credentials were not provided.')
