// Who calls: Simple JWT's JWTAuthentication, and the guards that route files put before a handler.
// `authenticated` reads token and user (1 trip), `stateless` the token alone (0), `staff` is a user who
// may see others. `identified` lets anonymous callers through, but nobody with a bad token.

import { eq, getTableColumns, type SQL, sql } from 'drizzle-orm'
import type { BatchItem } from 'drizzle-orm/batch'
import { createMiddleware } from 'hono/factory'
import type { App, Call } from '../context.ts'
import type { Database } from '../db.ts'
import { type User, users } from '../schema.ts'
import type { Settings } from '../settings.ts'
import { idIn } from '../tokens/encoding.ts'
import { type Claims, isCurrent, readToken, type TokenProblem } from '../tokens/jwt.ts'
import { isLiving } from '../tokens/sessions.ts'
import { forbidden, unauthenticated } from './errors.ts'

export interface Authenticated {
  Bindings: App['Bindings']
  Variables: App['Variables'] & { user: User; claims: Claims }
}

export const authenticated = createMiddleware<Authenticated>(async function authenticated(c, next) {
  const { user, claims } = await callerAnd(c)
  c.set('user', user)
  c.set('claims', claims)
  await next()
})

export const staff = createMiddleware<Authenticated>(async function staff(c, next) {
  const { user, claims } = await callerAnd(c)
  if (!user.isStaff) throw forbidden()
  c.set('user', user)
  c.set('claims', claims)
  await next()
})

export const stateless = createMiddleware<Authenticated>(async function stateless(c, next) {
  c.set('claims', required(await accessClaims(c)))
  await next()
})

export const identified = createMiddleware<App>(async function identified(c, next) {
  if (await accessClaims(c)) await callerAnd(c)
  await next()
})

/**
 * Who calls, read in one trip with the answer of another statement that knows his id.
 * @throws ApiError 401 in Simple JWT's words
 */
export async function callerAnd<T extends BatchItem<'sqlite'>>(
  c: Call,
  also?: (callerId: number) => T,
): Promise<{ user: User; claims: Claims; rows?: T['_']['result'] }> {
  const { db, settings, now } = c.var
  const claims = required(await accessClaims(c))
  const id = userIdIn(settings, claims)
  const find = findCaller(db, id, sessionCheck(settings, claims, now))
  const [[caller], rows] = also ? await db.batch([find, also(id)]) : [await find]

  if (!caller) throw unauthenticated('User not found', { code: 'user_not_found' })
  const { isLiving: living, ...user } = caller
  if (user.status !== 'active') {
    throw unauthenticated('User is inactive', { code: 'user_inactive' })
  }
  if (!living) throw notValid(settings, 'blacklisted')
  if (!(await isCurrent(settings, claims, user.id, user.tokenVersion))) {
    throw unauthenticated("The user's password has been changed.", { code: 'password_changed' })
  }
  return { user, claims, rows }
}

/** What Simple JWT says of a token, in the words of the version that is spoken. */
export function sentence(settings: Settings, problem: TokenProblem): string {
  const both = settings.simpleJwtWire === '5.2' ? 'Token is invalid or expired' : undefined
  switch (problem) {
    case 'invalid':
      return both ?? 'Token is invalid'
    case 'expired':
      return both ?? 'Token is expired'
    case 'no exp':
      return "Token has no 'exp' claim"
    case 'no id':
      return 'Token has no id'
    case 'no type':
      return 'Token has no type'
    case 'wrong type':
      return 'Token has wrong type'
    case 'blacklisted':
      return 'Token is blacklisted'
  }
}

/** The claims of the access token in the header; undefined where there is none. */
async function accessClaims(c: Call): Promise<Claims | undefined> {
  const { settings, now } = c.var
  const token = tokenIn(c.req.header('authorization'), settings)
  if (token === undefined) return undefined
  const claims = await readToken(settings, token, 'access', now)
  if (typeof claims === 'string') throw notValid(settings, claims)
  return claims
}

// Schemes are told apart by case, as Simple JWT does; another scheme is somebody else's business.
function tokenIn(header: string | undefined, settings: Settings): string | undefined {
  const [scheme, token, ...rest] = header?.trim().split(/\s+/) ?? []
  if (scheme === undefined || !settings.authHeaderTypes.includes(scheme)) return undefined
  if (token === undefined || rest.length > 0) {
    throw unauthenticated('Authorization header must contain two space-delimited values', {
      code: 'bad_authorization_header',
    })
  }
  return token
}

const notValid = (settings: Settings, problem: TokenProblem) =>
  unauthenticated('Given token not valid for any token type', {
    code: 'token_not_valid',
    messages: [
      { token_class: 'AccessToken', token_type: 'access', message: sentence(settings, problem) },
    ],
  })

function required(claims: Claims | undefined): Claims {
  if (!claims) throw unauthenticated('Authentication credentials were not provided.')
  return claims
}

function userIdIn(settings: Settings, claims: Claims): number {
  const claim = claims[settings.userIdClaim]
  if (claim === undefined) {
    throw unauthenticated('Token contained no recognizable user identification', {
      code: 'token_not_valid',
    })
  }
  const id = typeof claim === 'number' || typeof claim === 'string' ? idIn(`${claim}`) : undefined
  if (id === undefined) throw unauthenticated('User not found', { code: 'user_not_found' })
  return id
}

const sessionCheck = (settings: Settings, { sid }: Claims, now: Date) =>
  settings.checkSession && typeof sid === 'string' ? isLiving(sid, now) : sql<number>`1`

const findCaller = (db: Database, id: number, isLiving: SQL<number>) =>
  db
    .select({ ...getTableColumns(users), isLiving: isLiving.as('is_living') })
    .from(users)
    .where(eq(users.id, id))
