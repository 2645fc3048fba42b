// Logs in on a hint, with D1_READ_REPLICATION (docs/decisions/043). The password is compared with the user's row at the
// nearest replica, which may be old. One batch at the primary then counts the attempt. It logs in only if the attempt was
// allowed and the row is the same there.

import { and, sql } from 'drizzle-orm'
import { loginIs, rowIs, userText } from '../accounts/users.ts'
import type { Database } from '../db.ts'
import { isBusy } from '../passwords/hashers.ts'
import { readHint } from '../replicas.ts'
import type { RequestInfo } from '../request-info.ts'
import { type User, users } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import { type Attempt, wasAllowed } from '../throttling/counters.ts'
import { userFromJson } from '../user-json.ts'
import { loginStatements } from './issue-tokens.ts'
import {
  type Credentials,
  type LoginRequest,
  lastLoginOf,
  mayLogIn,
  verifyCredentials,
  writesOfLogin,
} from './login-request.ts'

/** A comparison with the row of a replica. */
export interface LoginHint {
  /** Undefined if no account has this login. */
  user: User | undefined
  /** The row as one text, which SQLite compares; empty without a user. */
  text: string
  /** Whether it is the user's password. */
  matches: boolean
}

/** In place of an unknown user. No user has this id. */
const noUser = { id: -1, password: '' }

/**
 * Compares the password with the row at the nearest replica.
 * @returns undefined without a replica, if its counters refuse the attempt (which then costs no hash), or if the hash queue is
 * full
 */
export async function compareHint(
  db: Database,
  settings: Settings,
  credentials: Credentials,
  attempt: Attempt | undefined,
): Promise<LoginHint | undefined> {
  const near = await readHint(db, {
    found: db.select({ text: userText() }).from(users).where(loginIs(settings, credentials.login)),
    refused: attempt?.findRefused,
  })
  // A replica refuses no caller: it may lack the user, or their newest hash.
  if (!near || near.refused?.length || isBusy()) return undefined
  const [row] = near.found
  const user = row && userFromJson(row.text)
  const matches = await verifyCredentials(settings, credentials, user)
  return { user, text: row?.text ?? '', matches }
}

/** The statements that log in the user of a hint. They are the same for a wrong password and an unknown user. */
export function statementsOnHint(
  db: Database,
  settings: Settings,
  request: LoginRequest<unknown>,
  { hint: { user, text, matches }, attempt }: { hint: LoginHint; attempt: Attempt | undefined },
  info: RequestInfo,
) {
  const { id, password } = user ?? noUser
  const isRight = matches && user !== undefined && mayLogInOnHint(user)
  // At the primary, the login may be that of another account by now.
  const isFound = loginIs(settings, request.credentials.login)
  const login = {
    user: { id, password },
    // One comparison, so that SQLite reads as many rows for a right password that is refused as for a wrong one.
    where: and(
      isFound,
      rowIs(sql`case when ${wasAllowed(attempt)} then ${isRight ? text : ''} end`),
    ),
    writes: writesOfLogin(db, { id, password }, lastLoginOf(request), attempt),
  }
  return loginStatements(db, settings, request.issuer, login, info)
}

/** As `mayLogIn`, before the attempt is counted. A hook that throws is called again after that, and throws there. */
function mayLogInOnHint(user: User): boolean {
  try {
    return mayLogIn(user)
  } catch {
    return false
  }
}
