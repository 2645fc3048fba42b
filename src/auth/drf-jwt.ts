// Finds the user of a drf-jwt token by login and id, and decides whether the token is still valid. A token is refused after
// its family was revoked, after its user changed the password, and when its actor may no longer act.

import { and, eq, type SQL, sql } from 'drizzle-orm'
import { mayBeImpersonated } from '../accounts/rights.ts'
import type { Database } from '../db.ts'
import { canAuthenticate } from '../hooks.ts'
import { emailKeys } from '../mail/email-address.ts'
import { parsePublicId } from '../public-id.ts'
import { noteWrite } from '../replicas.ts'
import type { RequestInfo } from '../request-info.ts'
import { type User, users } from '../schema.ts'
import { recordEvent } from '../security-events.ts'
import { noneRevoked, revokeToken } from '../sessions/denylist.ts'
import { isActiveSession } from '../sessions/sessions.ts'
import type { Settings } from '../settings/parse.ts'
import { previousStatementWrote } from '../statements.ts'
import type { Claims } from '../tokens/claims.ts'
import {
  type Actor,
  type DrfJwtProblem,
  hasCurrentVersion,
  isDrfJwt,
  readActor,
  readDrfJwt,
  tokenFamilyOf,
} from '../tokens/drf-jwt.ts'
import { type AuthFailure, type Credential, findTokenUser } from './credential.ts'

/** Why a drf-jwt token is refused: what is wrong with the token itself, or with its user. */
export type DrfJwtFailure = DrfJwtProblem | AuthFailure

export interface TokenUser {
  user: User
  claims: Claims
}

/** The credential of a token, or why the token itself is refused. */
export async function drfJwtCredential(
  settings: Settings,
  token: string,
  now: Date,
): Promise<(Credential & { claims: Claims }) | DrfJwtProblem | 'no_user_id'> {
  const claims = await readDrfJwt(settings, token, now)
  if (typeof claims === 'string') return claims
  const { username } = claims
  if (!isDrfJwt(settings, claims) || typeof username !== 'string' || username === '')
    return 'no_user_id'
  return {
    userId: userIdByLogin(settings, username, claims.user_id),
    isValid: validitySql(settings, claims, now),
    claims,
    async checkUser(user, isValid) {
      const isOutOfReach = claims.act !== undefined && !mayBeImpersonated(user)
      if (!isValid || isOutOfReach) return 'revoked'
      if (user.status !== 'active' || !canAuthenticate(user)) return 'user_inactive'
      return (await hasCurrentVersion(settings, claims, user)) ? user : 'password_changed'
    },
  }
}

/** Reads the user and the claims of a token. One round trip, or none if the token itself is refused. */
export async function findDrfJwtUser(
  db: Database,
  settings: Settings,
  token: string,
  now: Date,
): Promise<TokenUser | DrfJwtFailure> {
  const credential = await drfJwtCredential(settings, token, now)
  if (typeof credential === 'string') return credential
  const user = await findTokenUser(db, credential)
  return typeof user === 'string' ? user : { user, claims: credential.claims }
}

/** Revokes all tokens of a family. `jti` is the id of its first token. */
export const revokeFamily = (
  db: Database,
  user: User,
  { jti, expiresAt }: { jti: string; expiresAt: Date },
  info: RequestInfo,
) => {
  noteWrite(db, user)
  return db.batch([
    revokeToken(db, { jti, userId: user.id, tokenType: 'drf-jwt', expiresAt }, info.now),
    recordEvent(
      db,
      { type: 'token_blacklisted', detail: 'drf-jwt' },
      and(eq(users.id, user.id), previousStatementWrote),
      info,
    ),
  ])
}

// By login, as in both packages. Also by id if the token has one: the login may belong to another user by now.
function userIdByLogin(settings: Settings, username: string, claimed: unknown): SQL<number> {
  const hasLogin =
    settings.loginField === 'email'
      ? sql`named.email_key in ${emailKeys(username)}`
      : sql`named.username = ${username}`
  const hasId = claimed === undefined ? sql`` : sql` and named.id = ${idFrom(settings, claimed)}`
  return sql<number>`(select named.id from users named where ${hasLogin}${hasId})`
}

/** SQL: the id of the user that a claim names; NULL if it names none. */
const idFrom = (settings: Settings, claimed: unknown) =>
  parsePublicId(settings, `${claimed}`)?.id ?? sql`null`

/** SQL: 1 if the token's family is not revoked, and its actor, if it has one, may still act. */
function validitySql(settings: Settings, claims: Claims, now: Date): SQL<number> {
  const actor = readActor(claims)
  if (actor === false) return sql<number>`0`
  const families = [tokenFamilyOf(claims), actor?.jti].filter((jti) => jti !== undefined)
  return actor === undefined
    ? noneRevoked(families)
    : sql<number>`${noneRevoked(families)} and ${actorIsValid(settings, actor, now)}`
}

/** SQL: the actor is an active superuser with the same password, and their session is active. */
const actorIsValid = (
  settings: Settings,
  { sub, token_version, sid }: Actor,
  now: Date,
) => sql<number>`exists (
  select 1 from users actor where actor.id = ${idFrom(settings, sub)} and actor.status = 'active'
  and actor.is_superuser = 1 and actor.token_version = ${token_version}
  and ${sid === undefined ? sql`1` : isActiveSession(sid, sql`actor.id`, now)})`
