// The tokens of a session. Both are made from the session's row, so that the same row makes the same tokens.

import type { Settings } from '../settings/parse.ts'
import { addSeconds, epochSeconds } from '../time.ts'
import { userClaims } from '../tokens/claims.ts'
import { hmac } from '../tokens/hmac.ts'
import { idClaim, sign, typeClaim } from '../tokens/jwt.ts'
import { checkedRevokeClaim } from '../tokens/revoke-claim.ts'
import type { ActiveSession } from './sessions.ts'

export interface TokenPair {
  refresh: string
  access: string
}

export const refreshId = async (
  settings: Pick<Settings, 'secretKey'>,
  id: string,
  counter: number,
) => (await hmac(settings.secretKey, 'refresh jti', [id, counter])).slice(0, 32)

export const identityClaims = async (settings: Settings, { id, user }: ActiveSession) => ({
  ...userClaims(settings, user),
  ...(await checkedRevokeClaim(settings, user.id, user.tokenVersion)),
  sid: id,
})

/** When the last refresh token of a session expires, unless it is refreshed before. */
export function refreshExpiry(
  settings: Settings,
  { refreshedAt, expiresAt }: Pick<ActiveSession, 'refreshedAt' | 'expiresAt'>,
): Date {
  const sliding = addSeconds(refreshedAt, settings.refreshTokenLifetime)
  return expiresAt && expiresAt < sliding ? expiresAt : sliding
}

/** The pair of a session as it stands. The same session makes the same pair, however often. */
export async function tokenPair(settings: Settings, session: ActiveSession): Promise<TokenPair> {
  const issued = session.refreshedAt
  const claims = {
    ...typeClaim(settings, 'refresh'),
    exp: epochSeconds(refreshExpiry(settings, session)),
    iat: epochSeconds(issued),
    ...idClaim(settings, await refreshId(settings, session.id, session.counter)),
    ...(await identityClaims(settings, session)),
    counter: session.counter,
  }
  return {
    refresh: await sign(settings, claims, issued),
    access: await accessToken(settings, session, issued),
  }
}

export async function accessToken(settings: Settings, session: ActiveSession, now: Date) {
  const jti = await hmac(settings.secretKey, 'access jti', [
    session.id,
    session.counter,
    now.getTime(),
  ])
  const claims = {
    ...typeClaim(settings, 'access'),
    exp: epochSeconds(addSeconds(now, settings.accessTokenLifetime)),
    iat: epochSeconds(now),
    ...idClaim(settings, jti.slice(0, 32)),
    ...(await identityClaims(settings, session)),
  }
  return sign(settings, claims, now)
}
