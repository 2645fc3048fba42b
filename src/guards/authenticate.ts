// Finds the credential of a request. Reads its user together with the rows that the handler requires, in one round trip.

import type { SQL } from 'drizzle-orm'
import { checkTokenUser, tokenUserQuery } from '../auth/credential.ts'
import type { Call } from '../context.ts'
import { unauthenticated } from '../http/errors.ts'
import type { User } from '../schema.ts'
import { batch, type ResultOf, type Statement } from '../statements.ts'
import type { Claims } from '../tokens/claims.ts'
import { tokenAuthentication } from './authtoken.ts'
import type { Authentication, RequestCredential } from './credential.ts'
import { drfJwtAuthentication } from './drf-jwt.ts'
import { cookieAuthentication, jwtAuthentication } from './simple-jwt.ts'

// Like DEFAULT_AUTHENTICATION_CLASSES: the first class that recognises the header decides.
export const headerAuthentications: Authentication[] = [
  drfJwtAuthentication,
  jwtAuthentication,
  tokenAuthentication,
]
const authentications = [...headerAuthentications, cookieAuthentication]

export interface AuthenticatedCaller {
  user: User
  /** The session of the access token; undefined for other tokens. */
  sessionId: string | undefined
  /** The claims of the JWT; undefined for an authtoken key. */
  claims: Claims | undefined
}

/** The caller, in one round trip. @throws ApiError 401 */
export async function authenticateCaller(c: Call): Promise<AuthenticatedCaller> {
  return readCaller(c, await requireCredential(c))
}

/** The caller, and the result of a query that needs their id, in one round trip. @throws ApiError 401 */
export async function authenticateWith<T extends Statement>(
  c: Call,
  query: (callerId: SQL<number>) => T,
): Promise<AuthenticatedCaller & { rows: ResultOf<T> }> {
  const credential = await requireCredential(c)
  const { found, rows } = await batch(c.var.db, {
    found: tokenUserQuery(c.var.db, credential),
    rows: query(credential.userId),
  })
  return { ...(await callerFrom(credential, found)), rows }
}

/** `authenticateWith` for several queries. Their results come in the order of the queries. */
export async function authenticateWithAll<T extends Statement>(
  c: Call,
  queries: (callerId: SQL<number>) => T[],
): Promise<AuthenticatedCaller & { rows: ResultOf<T[]> }> {
  const credential = await requireCredential(c)
  const { found, rows } = await batch(c.var.db, {
    found: tokenUserQuery(c.var.db, credential),
    rows: queries(credential.userId),
  })
  return { ...(await callerFrom(credential, found)), rows }
}

/** @throws ApiError 401 */
export async function requireCredential(c: Call): Promise<RequestCredential> {
  const credential = await findCredential(c, authentications)
  if (!credential) throw notAuthenticated()
  return credential
}

/** The credential of the first class that recognises the request. @throws ApiError 401 if it is malformed or invalid */
export async function findCredential(
  c: Call,
  authentications: Authentication[],
): Promise<RequestCredential | undefined> {
  for (const authentication of authentications) {
    const credential = await authentication(c)
    if (credential) return credential === 'anonymous' ? undefined : credential
  }
  return undefined
}

/** The caller of a credential. @throws ApiError 401 or 403 */
export const readCaller = async ({ var: { db } }: Call, credential: RequestCredential) =>
  callerFrom(credential, await tokenUserQuery(db, credential))

/** The caller from the rows of `tokenUserQuery`. @throws ApiError 401 or 403 in the words of the token's package */
export async function callerFrom(
  credential: RequestCredential,
  rows: Awaited<ReturnType<typeof tokenUserQuery>>,
): Promise<AuthenticatedCaller> {
  const user = await checkTokenUser(credential, rows)
  if (typeof user === 'string') throw credential.errorFor(user)
  const { claims } = credential
  return { user, sessionId: sessionIdOf(credential), claims }
}

export const sessionIdOf = ({ claims }: RequestCredential) =>
  typeof claims?.sid === 'string' ? claims.sid : undefined

export const notAuthenticated = () =>
  unauthenticated('Authentication credentials were not provided.')
