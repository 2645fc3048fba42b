// Logging in: who shows log-in name and password gets a session, or a key. What the comparison allowed is
// written only where the hash is still the one compared: a slow log-in must not outlive a reset.

import { sql } from 'drizzle-orm'
import { hasLogin, loginKey, unchanged } from '../accounts/users.ts'
import type { Database } from '../db.ts'
import { canAuthenticate } from '../hooks.ts'
import {
  demandPlace,
  hashPassword,
  isCrowded,
  needsRehash,
  verifyNothing,
  verifyPassword,
} from '../passwords/hashers.ts'
import { BusyError } from '../passwords/lane.ts'
import { type User, users } from '../schema.ts'
import { noteHourly, type Occasion } from '../security-events.ts'
import type { TokenPair } from '../sessions/session-tokens.ts'
import { slidingToken } from '../sessions/sliding.ts'
import type { Settings } from '../settings/parse.ts'
import {
  demand,
  giveBack,
  inTurn,
  settled,
  type Taken,
  UnchallengedError,
} from '../throttling/counters.ts'
import { notesOf, openOpaqueToken, startSession, type Write } from './issue-tokens.ts'
import { turnAtLogIn } from './login-throttle.ts'

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
) => noteHourly(db, { kind: 'log_in_failed' }, hasLogin(settings, login), occasion)

/**
 * Lets in whom log-in name and password name. As much work for nobody as for a wrong password, but for
 * hashes that were imported and not replaced yet. A turn is taken before anything is compared; for want of a challenge
 * there is none. A login that is too much for this isolate costs no turn.
 * @param open writes, with what the log-in leaves, provided that the user is `unchanged`; undefined when he was not
 * @throws ThrottledError, UnchallengedError, BusyError
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
  // The hash is known only together with the turn. Where slow ones may be refused, it is read before.
  if (isCrowded()) await demandPlace((await find)[0]?.password, settings)
  const named = { name: loginKey(settings, login), who, tries }
  const turn = await turnAtLogIn(db, settings, named, occasion)
  const { results, taken } = await inTurn(db, turn, [find])
  let [[user]] = results
  if (taken && !taken.allowed && taken.wait <= 0) throw new UnchallengedError()
  demand(taken)

  // A log-in at the same moment may have replaced the hash that was compared: then it is compared anew.
  for (const again of [false, true]) {
    if (again) [user] = await find
    const matches = await unlessBusy(
      db,
      taken,
      user ? verifyPassword(password, user.password, settings) : verifyNothing(password, settings),
    )
    if (!matches || user?.status !== 'active' || !canAuthenticate(user)) return undefined
    const isSame = sql`exists (select 1 from users where ${unchanged(user)})`
    const { left, after } = await unlessBusy(
      db,
      taken,
      traces(db, settings, user, credentials, lastLogin),
    )
    const opened = await open(user, { left: [...settled(db, taken, isSame), ...left], after })
    if (opened !== undefined) return opened
  }
  return undefined
}

/** Gives the turn back where there was no place for a slow hash after all. */
async function unlessBusy<T>(
  db: Database,
  taken: Taken | undefined,
  hashing: Promise<T>,
): Promise<T> {
  try {
    return await hashing
  } catch (error) {
    if (error instanceof BusyError && taken) await giveBack(db, taken)
    throw error
  }
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
