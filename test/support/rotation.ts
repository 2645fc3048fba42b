// For tests of refresh tokens: the settings with which each is used once, and the session of a token.

import { env } from 'cloudflare:workers'
import { decodeJwt } from 'jose'

export const rotation = { ROTATE_REFRESH_TOKENS: true, BLACKLIST_AFTER_ROTATION: true }

/** The row of a refresh token's session. */
export const sessionOf = (refresh: string) =>
  env.DB.prepare('select * from sessions where id = ?').bind(decodeJwt(refresh).sid).first()
