// The tokens of a session. They are computed from its row and never stored. The same row gives the same tokens.

import type { Settings } from '../settings/parse.ts'
import { addSeconds, epochSeconds } from '../time.ts'
import { type Claims, userClaims } from '../tokens/claims.ts'
import { hmac } from '../tokens/hmac.ts'
import { idClaim, sign, typeClaim } from '../tokens/jwt.ts'
import { checkedRevokeClaim } from '../tokens/revoke-claim.ts'
import type { ActiveSession } from './sessions.ts'

/** Tokens as the response shows them, and the time when each expires, in seconds since 1970. */
export interface IssuedTokens {
  tokens: { access: string; refresh?: string }
  expiry: { access: number; refresh?: number }
}

/** The `jti` of the refresh token with this counter: 128 bits of HMAC-SHA-256. */
export const refreshId = async (
  settings: Pick<Settings, 'secretKey'>,
  id: string,
  counter: number,
) => (await hmac(settings.secretKey, 'refresh jti', [id, counter])).slice(0, 32)

const identityClaims = async (settings: Settings, { id, user }: ActiveSession) => ({
  ...userClaims(settings, user),
  ...(await checkedRevokeClaim(settings, user.id, user.tokenVersion)),
  sid: id,
})

/** When a session expires if its refresh token is not used again. */
export function refreshExpiry(
  settings: Settings,
  { refreshedAt, expiresAt }: Pick<ActiveSession, 'refreshedAt' | 'expiresAt'>,
): Date {
  const sliding = addSeconds(refreshedAt, settings.refreshTokenLifetime)
  return expiresAt && expiresAt < sliding ? expiresAt : sliding
}

/** Both tokens of a session, as of its last refresh. */
export async function tokenPair(settings: Settings, session: ActiveSession): Promise<IssuedTokens> {
  const issued = session.refreshedAt
  const exp = epochSeconds(refreshExpiry(settings, session))
  const [identity, jti] = await Promise.all([
    identityClaims(settings, session),
    refreshId(settings, session.id, session.counter),
  ])
  const claims = {
    ...typeClaim(settings, 'refresh'),
    exp,
    iat: epochSeconds(issued),
    ...idClaim(settings, jti),
    ...identity,
    counter: session.counter,
  }
  const [refresh, { tokens, expiry }] = await Promise.all([
    sign(settings, claims, issued),
    signAccess(settings, session, identity, issued),
  ])
  return { tokens: { refresh, ...tokens }, expiry: { refresh: exp, ...expiry } }
}

/** An access token of a session, as of now. */
export const accessToken = async (
  settings: Settings,
  session: ActiveSession,
  now: Date,
): Promise<IssuedTokens> =>
  signAccess(settings, session, await identityClaims(settings, session), now)

async function signAccess(
  settings: Settings,
  session: ActiveSession,
  identity: Claims,
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
    ...identity,
  }
  return { tokens: { access: await sign(settings, claims, now) }, expiry: { access: exp } }
}
