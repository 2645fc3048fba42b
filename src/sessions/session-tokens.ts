// The tokens of a session. Both are made from the session's row, so that the same row makes the same tokens.

import type { Settings } from '../settings/parse.ts'
import { userClaims } from '../tokens/claims.ts'
import { mac } from '../tokens/hmac.ts'
import { idClaim, sign, typeClaim } from '../tokens/jwt.ts'
import { revokeClaim } from '../tokens/revoke-claim.ts'
import { type Living, later } from './sessions.ts'

export interface TokenPair {
  refresh: string
  access: string
}

export const refreshId = async (
  settings: Pick<Settings, 'secretKey'>,
  id: string,
  counter: number,
) => (await mac(settings.secretKey, 'refresh jti', [id, counter])).slice(0, 32)

export const identity = async (settings: Settings, { id, user }: Living) => ({
  ...userClaims(settings, user),
  ...(await revokeClaim(settings, user.id, user.tokenVersion)),
  sid: id,
})

/** When the last refresh token of a session expires, unless it is refreshed before. */
export function refreshEnd(
  settings: Settings,
  { refreshedAt, expiresAt }: Pick<Living, 'refreshedAt' | 'expiresAt'>,
): Date {
  const sliding = later(refreshedAt, settings.refreshTokenLifetime)
  return expiresAt && expiresAt < sliding ? expiresAt : sliding
}

export const seconds = (time: Date) => Math.floor(time.getTime() / 1000)

/** The pair of a session as it stands. The same session makes the same pair, however often. */
export async function tokenPair(settings: Settings, session: Living): Promise<TokenPair> {
  const issued = session.refreshedAt
  const claims = {
    ...typeClaim(settings, 'refresh'),
    exp: seconds(refreshEnd(settings, session)),
    iat: seconds(issued),
    ...idClaim(settings, await refreshId(settings, session.id, session.counter)),
    ...(await identity(settings, session)),
    counter: session.counter,
  }
  return {
    refresh: await sign(settings, claims, issued),
    access: await accessToken(settings, session, issued),
  }
}

export async function accessToken(settings: Settings, session: Living, now: Date) {
  const jti = await mac(settings.secretKey, 'access jti', [
    session.id,
    session.counter,
    now.getTime(),
  ])
  const claims = {
    ...typeClaim(settings, 'access'),
    exp: seconds(later(now, settings.accessTokenLifetime)),
    iat: seconds(now),
    ...idClaim(settings, jti.slice(0, 32)),
    ...(await identity(settings, session)),
  }
  return sign(settings, claims, now)
}
