// What a login is asked for, and what every login checks and writes, whatever it issues.

import { and, type SQL } from 'drizzle-orm'
import { passwordUnchanged } from '../accounts/users.ts'
import type { Database } from '../db.ts'
import { canAuthenticate } from '../hooks.ts'
import {
  hashPassword,
  isBusy,
  needsRehash,
  verifyDummy,
  verifyPassword,
} from '../passwords/hashers.ts'
import { type User, users } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import { type Counters, onSuccess } from '../throttling/counters.ts'
import type { Issuer } from './issue-tokens.ts'

/** The login and password that a user sent. */
export interface Credentials {
  /** The value of LOGIN_FIELD. */
  login: string
  password: string
  /** The attempts of a streak that are allowed without a captcha; `Infinity` if one was passed, or none is required. */
  attemptsBeforeCaptcha: number
}

/** The part of a login that depends on the kind of token. */
export interface LoginRequest<Issued> {
  credentials: Credentials
  /** Written to the user's row, if present. */
  lastLogin: Date | undefined
  issuer: Issuer<Issued>
}

/** Whether the password is the user's. An unknown user costs the work of a wrong password. */
export const verifyCredentials = (
  settings: Settings,
  { password }: Credentials,
  user: User | undefined,
) => (user ? verifyPassword(password, user.password, settings) : verifyDummy(password, settings))

export const mayLogIn = (user: User) => user.status === 'active' && canAuthenticate(user)

/**
 * The writes of every login: the throttles, and columns of the user.
 * @param user with the password hash that was compared
 * @returns a function of the SQL that says whether the login was recorded
 */
export const writesOfLogin =
  (
    db: Database,
    user: Pick<User, 'id' | 'password'>,
    changes: Partial<User>,
    counters: Counters | undefined,
  ) =>
  (isRecorded: SQL) => [
    ...onSuccess(db, counters, isRecorded),
    ...(Object.keys(changes).length > 0
      ? [
          db
            .update(users)
            .set(changes)
            .where(and(passwordUnchanged(user), isRecorded)),
        ]
      : []),
  ]

export const lastLoginOf = ({ lastLogin }: LoginRequest<unknown>) =>
  lastLogin ? { lastLogin } : {}

/** A hash of today's cost for a password that was compared; undefined if the user has one, or if the hash queue is full. */
export async function betterHash(
  { argon2 }: Settings,
  { password: hash }: Pick<User, 'password'>,
  password: string,
): Promise<Pick<User, 'password' | 'rehashed'> | undefined> {
  if (!needsRehash(hash, argon2) || isBusy()) return undefined
  return { password: await hashPassword(password, argon2), rehashed: true }
}
