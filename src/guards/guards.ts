// The guards that route files put before a handler. In brackets: round trips to D1.
// - `authenticated` (1) reads credential and user, `authenticatedAtPrimary` (1) at the primary. `staff` (1) also requires a
//   staff user.
// - `stateless` (0) checks the token alone. `notImpersonated` (0) comes after `authenticated`.
// - `rejectBadCredentials` (0 or 1) lets an anonymous caller pass, and refuses a bad header. It ignores the cookies of
//   AUTH_COOKIES, which a browser sends unasked.

import { createMiddleware } from 'hono/factory'
import type { App } from '../context.ts'
import { forbidden } from '../http/errors.ts'
import { noteWrite } from '../replicas.ts'
import type { Claims } from '../tokens/claims.ts'
import {
  type AuthenticatedCaller,
  authenticateCaller,
  findCredential,
  headerAuthentications,
  notAuthenticated,
  readCaller,
} from './authenticate.ts'
import { accessClaims } from './simple-jwt.ts'

export interface Authenticated {
  Bindings: App['Bindings']
  Variables: App['Variables'] & AuthenticatedCaller
}

export interface Stateless {
  Bindings: App['Bindings']
  Variables: App['Variables'] & { claims: Claims }
}

/**
 * Requires a valid credential of an existing user. With D1_READ_REPLICATION a GET reads both at a replica. A handler of a GET
 * that writes, shows other users' rows or decides by a column of the caller requires `authenticatedAtPrimary`.
 */
export const authenticated = createMiddleware<Authenticated>(async function authenticated(c, next) {
  setCaller(c, await authenticateCaller(c, 'own'))
  await next()
})

/** As `authenticated`, with the caller as the primary has them. */
export const authenticatedAtPrimary = createMiddleware<Authenticated>(
  async function authenticatedAtPrimary(c, next) {
    setCaller(c, await authenticateCaller(c, 'primary'))
    await next()
  },
)

/** Requires a staff user. */
export const staff = createMiddleware<Authenticated>(async function staff(c, next) {
  const caller = await authenticateCaller(c, 'primary')
  if (!caller.user.isStaff) throw forbidden()
  setCaller(c, caller)
  await next()
})

/** Refuses an impersonated caller. Comes after `authenticated`. */
export const notImpersonated = createMiddleware<Authenticated>(
  async function notImpersonated(c, next) {
    if (isImpersonated(c.var.claims)) throw forbidden()
    await next()
  },
)

/** Whether the token names an actor other than its user (RFC 8693 §4.1). */
export const isImpersonated = (claims: Claims | undefined) => claims?.act !== undefined

/**
 * Requires a valid access token, and reads no database. It does not notice a revoked session, a revoked sliding token
 * or a deleted user before the token expires.
 */
export const stateless = createMiddleware<Stateless>(async function stateless(c, next) {
  const claims = await accessClaims(c)
  if (!claims) throw notAuthenticated()
  c.set('claims', claims)
  await next()
})

/** Lets a caller pass without a credential, but not with a bad one. */
export const rejectBadCredentials = createMiddleware<App>(
  async function rejectBadCredentials(c, next) {
    const credential = await findCredential(c, headerAuthentications)
    if (credential) {
      const { user } = await readCaller(c, credential)
      c.set('caller', user)
      // Staff that create a user must find that user in the list at once.
      noteWrite(c.var.db, user)
    }
    await next()
  },
)

/** The part of a context that `setCaller` needs, after any guard. */
interface CallerVariables {
  var: Pick<App['Variables'], 'db'>
  set<Name extends keyof AuthenticatedCaller>(name: Name, value: AuthenticatedCaller[Name]): void
}

/** Sets the caller. What the request writes counts as a write for them (`noteWrite`). */
export function setCaller(c: CallerVariables, { user, sessionId, claims }: AuthenticatedCaller) {
  noteWrite(c.var.db, user)
  c.set('user', user)
  c.set('sessionId', sessionId)
  c.set('claims', claims)
}
