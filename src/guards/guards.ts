// Who calls, and the guards that route files put before a handler. `authenticated` reads credential and user (1 trip).
// `atPassword` also takes a turn at the password. `stateless` checks the token alone, without the denylist (0 trips).
// `staff` requires a user who may see others. `identified` lets anonymous callers through, but refuses a bad header; the
// cookies of AUTH_COOKIES, which a browser sends unasked, count for nothing there.

import { eq, getTableColumns, type SQL, sql } from 'drizzle-orm'
import type { BatchItem } from 'drizzle-orm/batch'
import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { passwordAttempt } from '../auth/login-throttle.ts'
import type { App, Call } from '../context.ts'
import { forbidden, unauthenticated } from '../http/errors.ts'
import { limitAddress, refundLater } from '../http/rate-limit.ts'
import { requestInfo } from '../http/request-info.ts'
import { isBusy, requireCapacity } from '../passwords/hashers.ts'
import { type User, users } from '../schema.ts'
import { assertAllowed, batchThrottled, type ThrottleResult } from '../throttling/counters.ts'
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

export interface PasswordThrottled {
  Bindings: App['Bindings']
  Variables: Authenticated['Variables'] & {
    /** What a password that is not wrong gives back. */
    throttle: ThrottleResult | undefined
  }
}

export interface Stateless {
  Bindings: App['Bindings']
  Variables: App['Variables'] & { claims: Claims }
}

export const authenticated = createMiddleware<Authenticated>(async function authenticated(c, next) {
  const { user, sessionId, claims } = await authenticateWith(c)
  c.set('user', user)
  c.set('sessionId', sessionId)
  c.set('claims', claims)
  await next()
})

/**
 * Stands before a handler that compares the current password, which is not done before there is a turn. Guesses meet
 * the rate limit of logins. One that this isolate has no room for costs no turn.
 */
export const withPasswordThrottle = createMiddleware<PasswordThrottled>(
  async function atPassword(c, next) {
    const { db, settings } = c.var
    const credential = await findCredential(c, authentications)
    if (!credential) throw notAuthenticated()
    await limitAddress(c, 'login')
    if (isBusy()) {
      const [found] = await userQuery(c, credential)
      const { password } = await credential.checkUser(found, Boolean(found?.stands))
      await requireCapacity(password, settings)
    }
    const sessionId = sessionIdOf(credential)
    const attempt = await passwordAttempt(
      db,
      settings,
      { ...credential, sessionId },
      requestInfo(c),
    )
    const { results, throttle } = await batchThrottled(db, attempt, {
      found: userQuery(c, credential),
    })
    const [found] = results.found
    const user = await credential.checkUser(found, Boolean(found?.stands)).catch((refusal) => {
      if (throttle?.allowed) refundLater(c, throttle)
      throw refusal
    })
    c.set('user', user)
    c.set('sessionId', sessionId)
    c.set('claims', credential.claims)
    assertAllowed(throttle)
    c.set('throttle', throttle)
    await next()
    refundOnFailure(c)
  },
)

/** Stands after `authenticated`, before a handler that may call `attemptPassword`. */
export const refundsPasswordAttempt = createMiddleware<PasswordThrottled>(
  async function mayCompare(c, next) {
    await next()
    refundOnFailure(c)
  },
)

/**
 * Counts an attempt at the caller's password, for a handler that learns only from the body that it must compare it.
 * @throws ApiError 429, ThrottledError, BusyError
 */
export async function attemptPassword(c: Context<PasswordThrottled>) {
  const { db, settings, user, sessionId } = c.var
  await limitAddress(c, 'login')
  if (isBusy()) await requireCapacity(user.password, settings)
  const named = { userId: sql`${user.id}`, isValid: sql`1`, sessionId }
  const attempt = await passwordAttempt(db, settings, named, requestInfo(c))
  if (!attempt) return
  const { throttle } = await batchThrottled(db, attempt, {})
  assertAllowed(throttle)
  c.set('throttle', throttle)
}

function refundOnFailure(c: Context<PasswordThrottled>) {
  if (c.var.throttle && c.res.status >= 400) refundLater(c, c.var.throttle)
}

export const staff = createMiddleware<Authenticated>(async function staff(c, next) {
  const { user, sessionId, claims } = await authenticateWith(c)
  if (!user.isStaff) throw forbidden()
  c.set('user', user)
  c.set('sessionId', sessionId)
  c.set('claims', claims)
  await next()
})

/** Stands behind `authenticated`: what nobody may do in another's name. */
export const notImpersonated = createMiddleware<Authenticated>(async function inPerson(c, next) {
  if (isImpersonated(c.var.claims)) throw forbidden()
  await next()
})

/** Whether somebody else acts through the token (RFC 8693 §4.1). */
export const isImpersonated = (claims: Claims | undefined) => claims?.act !== undefined

/** A token alone: ended sessions, sliding tokens taken back and users that are gone pass until its end. */
export const stateless = createMiddleware<Stateless>(async function stateless(c, next) {
  const claims = await accessClaims(c)
  if (!claims) throw notAuthenticated()
  c.set('claims', claims)
  await next()
})

export const rejectBadCredentials = createMiddleware<App>(async function identified(c, next) {
  const credential = await findCredential(c, byHeader)
  if (credential) await authenticateBy(c, credential)
  await next()
})

interface AuthenticatedCaller<Rows> {
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
export async function authenticateWith<T extends BatchItem<'sqlite'>>(
  c: Call,
  extraWrites?: (callerId: SQL<number>) => T,
): Promise<AuthenticatedCaller<T['_']['result']>> {
  const { rows, ...caller } = await authenticateWithAll(c, (id) =>
    extraWrites ? [extraWrites(id)] : [],
  )
  return { ...caller, rows: rows?.[0] }
}

/** The same with the answers of several. */
export async function authenticateWithAll<T extends BatchItem<'sqlite'>>(
  c: Call,
  extraWrites: (callerId: SQL<number>) => T[],
): Promise<AuthenticatedCaller<T['_']['result'][]>> {
  const credential = await findCredential(c, authentications)
  if (!credential) throw notAuthenticated()
  return authenticateBy(c, credential, extraWrites(credential.userId))
}

async function authenticateBy<T extends BatchItem<'sqlite'>>(
  c: Call,
  credential: Credential,
  extraWrites: T[] = [],
): Promise<AuthenticatedCaller<T['_']['result'][]>> {
  const find = userQuery(c, credential)
  const [[found], ...rows] =
    extraWrites.length > 0 ? await c.var.db.batch([find, ...extraWrites]) : [await find]
  const user = await credential.checkUser(found, Boolean(found?.stands))
  return { user, sessionId: sessionIdOf(credential), claims: credential.claims, rows }
}

const userQuery = ({ var: { db } }: Call, { userId, isValid }: Credential) =>
  db
    .select({ ...getTableColumns(users), stands: isValid.as('stands') })
    .from(users)
    .where(eq(users.id, userId))

const sessionIdOf = ({ claims }: Credential) =>
  typeof claims?.sid === 'string' ? claims.sid : undefined

async function findCredential(
  c: Call,
  authentications: Authentication[],
): Promise<Credential | undefined> {
  for (const authentication of authentications) {
    const credential = await authentication(c)
    if (credential) return credential === 'anonymous' ? undefined : credential
  }
  return undefined
}

const notAuthenticated = () => unauthenticated('Authentication credentials were not provided.')
