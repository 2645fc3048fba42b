// Logging in: who shows log-in name and password gets a session, or a key. What the comparison allowed is
// written only where the hash is still the one compared: a slow log-in must not outlive a reset.

import { sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { hashPassword, needsRehash, verifyNothing, verifyPassword } from '../passwords/hashers.ts'
import { type User, users } from '../schema.ts'
import type { Settings } from '../settings.ts'
import type { TokenPair } from '../tokens/sessions.ts'
import { slidingToken } from '../tokens/sliding.ts'
import { turnAtLogIn } from '../tokens/throttles.ts'
import { demand, inTurn, settled, UnchallengedError } from '../tokens/turns.ts'
import { canAuthenticate } from './custom.ts'
import { noteFailure, type Occasion } from './events.ts'
import { notesOf, openOpaqueToken, startSession, type Write } from './openings.ts'
import { hasLogin, loginKey, unchanged } from './users.ts'

/** What someone logs in with. */
export interface Credentials {
  login: string
  password: string
  /** How many tries of a run need nothing but a password. */
  tries: number
}

type LoggedIn<Token> = { user: User } & Token

/** A session for whom log-in name and password name, re-hashing an old hash on the way. */
export const logIn = (
  db: Database,
  settings: Settings,
  credentials: Credentials,
  occasion: Occasion,
): Promise<LoggedIn<{ tokens: TokenPair }> | undefined> =>
  provenBy(
    db,
    settings,
    credentials,
    lastLoginBy(settings, occasion),
    occasion,
    async (user, { left }) => {
      const tokens = await startSession(db, settings, user, occasion, left)
      return tokens && { user, tokens }
    },
  )

/** The authtoken key of whom log-in name and password name: the same until it is ended. */
export const obtainOpaqueToken = (
  db: Database,
  settings: Settings,
  credentials: Credentials,
  { lastLogin }: { lastLogin?: Date },
  occasion: Occasion,
): Promise<LoggedIn<{ key: string }> | undefined> =>
  provenBy(db, settings, credentials, lastLogin, occasion, async (user, { left, after }) => {
    const key = await openOpaqueToken(db, settings, user, occasion, left, after)
    return key === undefined ? undefined : { user, key }
  })

/**
 * Whom log-in name and password name, for tokens of a `kind` that no row stands for: a password that changes
 * at the same moment ends them by their version. Only the traces are written.
 */
export const prove = (
  db: Database,
  settings: Settings,
  credentials: Credentials,
  { kind, lastLogin }: { kind: 'sliding' | 'drf-jwt'; lastLogin?: Date | undefined },
  occasion: Occasion,
): Promise<User | undefined> =>
  provenBy(db, settings, credentials, lastLogin, occasion, async (user, { left }) => {
    const [[found]] = await db.batch([
      db.select().from(users).where(unchanged(user)),
      ...notesOf(db, settings, { detail: kind }, unchanged(user), occasion),
      ...left,
    ])
    return found
  })

/** A sliding token, which has no session: it ends with the version that it was made for. */
export async function logInSliding(
  db: Database,
  settings: Settings,
  credentials: Credentials,
  occasion: Occasion,
): Promise<LoggedIn<{ token: string }> | undefined> {
  const how = { kind: 'sliding', lastLogin: lastLoginBy(settings, occasion) } as const
  const user = await prove(db, settings, credentials, how, occasion)
  return user && { user, token: await slidingToken(settings, user, occasion.now) }
}

const lastLoginBy = ({ updateLastLogin }: Settings, { now }: Occasion) =>
  updateLastLogin ? now : undefined

/** Notes a log-in that failed. Not in its trip: who is known must not take longer than who is not. */
export const noteFailedLogIn = (
  db: Database,
  settings: Settings,
  login: string,
  occasion: Occasion,
) => noteFailure(db, hasLogin(settings, login), occasion)

/**
 * Lets in whom log-in name and password name. As much work for nobody as for a wrong password, but for
 * hashes that were imported and not replaced yet. A turn is taken before anything is compared; for want of a challenge
 * there is none.
 * @param open writes, with what the log-in leaves, provided that the user is `unchanged`; undefined when he was not
 * @throws ThrottledError, UnchallengedError
 */
async function provenBy<T>(
  db: Database,
  settings: Settings,
  credentials: Credentials,
  lastLogin: Date | undefined,
  occasion: Occasion,
  open: (user: User, traces: Traces) => Promise<T | undefined>,
): Promise<T | undefined> {
  const { login, password, tries } = credentials
  const who = hasLogin(settings, login)
  const find = db.select().from(users).where(who)
  const named = { name: loginKey(settings, login), who, tries }
  const turn = await turnAtLogIn(db, settings, named, occasion)
  const { results, taken } = await inTurn(db, turn, [find])
  let [[user]] = results
  if (taken && !taken.allowed && taken.wait <= 0) throw new UnchallengedError()
  demand(taken)

  // A log-in at the same moment may have replaced the hash that was compared: then it is compared anew.
  for (const again of [false, true]) {
    if (again) [user] = await find
    const matches = user
      ? await verifyPassword(password, user.password, settings)
      : await verifyNothing(password, settings)
    if (!matches || user?.status !== 'active' || !canAuthenticate(user)) return undefined
    const isSame = sql`exists (select 1 from users where ${unchanged(user)})`
    const { left, after } = await traces(db, settings, user, credentials, lastLogin)
    const opened = await open(user, { left: [...settled(db, taken, isSame), ...left], after })
    if (opened !== undefined) return opened
  }
  return undefined
}

/** What a login writes on the user's row, and the user as it is then. */
interface Traces {
  left: Write[]
  after: User
}

/** A better hash, and when the login was. */
async function traces(
  db: Database,
  settings: Settings,
  user: User,
  { password }: Credentials,
  lastLogin: Date | undefined,
): Promise<Traces> {
  const changes = {
    ...(lastLogin && { lastLogin }),
    ...(needsRehash(user.password, settings.argon2) && {
      password: await hashPassword(password, settings.argon2),
      rehashed: true,
    }),
  }
  if (Object.keys(changes).length === 0) return { left: [], after: user }
  const update = db.update(users).set(changes).where(unchanged(user))
  return { left: [update], after: { ...user, ...changes } }
}
