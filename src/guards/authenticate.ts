// Finds the credential of a request. Reads its user together with the rows that the handler requires, in one round trip.

import type { SQL } from 'drizzle-orm'
import { checkTokenUser, readUserNear, tokenUserQuery } from '../auth/credential.ts'
import type { Call } from '../context.ts'
import { unauthenticated } from '../http/errors.ts'
import type { User } from '../schema.ts'
import {
  batch,
  type ResultOf,
  type Results,
  type Statement,
  type Statements,
} from '../statements.ts'
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

/** Where a request reads. `own`: it reads rows of the caller alone, so a GET may read them at a replica. */
export type Reads = 'own' | 'primary'

/** The caller, in one round trip. @throws ApiError 401 */
export async function authenticateCaller(c: Call, reads: Reads): Promise<AuthenticatedCaller> {
  return (await readWithCaller(c, reads, () => ({}))).caller
}

/** The caller, and the result of a query that needs their id, in one round trip. @throws ApiError 401 */
export async function authenticateWith<T extends Statement>(
  c: Call,
  reads: Reads,
  query: (callerId: SQL<number>) => T,
): Promise<AuthenticatedCaller & { rows: ResultOf<T> }> {
  const { caller, results } = await readWithCaller(c, reads, (id) => ({ rows: query(id) }))
  return { ...caller, rows: results.rows }
}

/** `authenticateWith` for several queries. Their results come in the order of the queries. */
export async function authenticateWithAll<T extends Statement>(
  c: Call,
  reads: Reads,
  queries: (callerId: SQL<number>) => T[],
): Promise<AuthenticatedCaller & { rows: ResultOf<T[]> }> {
  const { caller, results } = await readWithCaller(c, reads, (id) => ({ rows: queries(id) }))
  return { ...caller, rows: results.rows as ResultOf<T[]> }
}

async function readWithCaller<T extends Statements>(
  c: Call,
  reads: Reads,
  queries: (callerId: SQL<number>) => T,
): Promise<{ caller: AuthenticatedCaller; results: Results<T> }> {
  const { db, settings, now } = c.var
  const credential = await requireCredential(c)
  const isRead = c.req.method === 'GET' || c.req.method === 'HEAD'
  const own = queries(credential.userId)
  const near =
    reads === 'own' && isRead ? await readUserNear(db, settings, credential, own, now) : undefined
  if (near) return { caller: callerOf(credential, near.user), results: near.results }
  const results = await batch(db, { found: tokenUserQuery(db, credential), ...own })
  return { caller: await callerFrom(credential, results.found), results: results as Results<T> }
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
export async function readCaller({ var: { db } }: Call, credential: RequestCredential) {
  const { found } = await batch(db, { found: tokenUserQuery(db, credential) })
  return callerFrom(credential, found)
}

/** The caller from the rows of `tokenUserQuery`. @throws ApiError 401 or 403 in the words of the token's package */
export async function callerFrom(
  credential: RequestCredential,
  rows: ResultOf<ReturnType<typeof tokenUserQuery>>,
): Promise<AuthenticatedCaller> {
  const user = await checkTokenUser(credential, rows)
  if (typeof user === 'string') throw credential.errorFor(user)
  return callerOf(credential, user)
}

export const callerOf = (credential: RequestCredential, user: User): AuthenticatedCaller => ({
  user,
  sessionId: sessionIdOf(credential),
  claims: credential.claims,
})

export const sessionIdOf = ({ claims }: RequestCredential) =>
  typeof claims?.sid === 'string' ? claims.sid : undefined

export const notAuthenticated = () =>
  unauthenticated('Authentication credentials were not provided.')
