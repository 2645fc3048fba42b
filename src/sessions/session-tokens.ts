// The tokens of a session. Both are made from the session's row, so that the same row makes the same tokens.

import type { Settings } from '../settings/parse.ts'
import { addSeconds, epochSeconds } from '../time.ts'
import { userClaims } from '../tokens/claims.ts'
import { hmac } from '../tokens/hmac.ts'
import { idClaim, sign, typeClaim } from '../tokens/jwt.ts'
import { checkedRevokeClaim } from '../tokens/revoke-claim.ts'
import type { ActiveSession } from './sessions.ts'

/** Tokens as the response shows them, and when each expires, in seconds since 1970. */
export interface IssuedTokens {
  tokens: { access: string; refresh?: string }
  expiry: { access: number; refresh?: number }
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

/** Both tokens of a session. The same session gives the same pair, however often. */
export async function tokenPair(settings: Settings, session: ActiveSession): Promise<IssuedTokens> {
  const issued = session.refreshedAt
  const exp = epochSeconds(refreshExpiry(settings, session))
  const claims = {
    ...typeClaim(settings, 'refresh'),
    exp,
    iat: epochSeconds(issued),
    ...idClaim(settings, await refreshId(settings, session.id, session.counter)),
    ...(await identityClaims(settings, session)),
    counter: session.counter,
  }
  const refresh = await sign(settings, claims, issued)
  const { tokens, expiry } = await accessToken(settings, session, issued)
  return { tokens: { refresh, ...tokens }, expiry: { refresh: exp, ...expiry } }
}

export async function accessToken(
  settings: Settings,
  session: ActiveSession,
  now: Date,
): Promise<IssuedTokens> {
  const { id, counter } = session
  const jti = await hmac(settings.secretKey, 'access jti', [id, counter, now.getTime()])
  const exp = epochSeconds(addSeconds(now, settings.accessTokenLifetime))
  const claims = {
    ...typeClaim(settings, 'access'),
    exp,
    iat: epochSeconds(now),
    ...idClaim(settings, jti.slice(0, 32)),
    ...(await identityClaims(settings, session)),
  }
  return { tokens: { access: await sign(settings, claims, now) }, expiry: { access: exp } }
}
