// Sessions, which Django's packages do not have.

import type { Reader } from './env.ts'

export const sessionSettings = (read: Reader) => ({
  /** Whether an access token ends with its session on Gatehouse's own routes. @django ours */
  checkSession: read.boolean('CHECK_SESSION', false),
  /** The most active sessions of a user; a login beyond them ends the longest unused. 0: no limit. @django ours */
  maxSessions: read.integer('MAX_SESSIONS', 0, 0, 10_000),
  /** How long a session can be refreshed since its login. 0: no limit. @django ours */
  sessionMaxLifetime: read.duration('SESSION_MAX_LIFETIME', 0, { allowZero: true }),
  /**
   * How long a used refresh token still gets its successor, so that two tabs may refresh at once. It is at least
   * 2 × `D1_TIMEOUT` + 10 s, unless it is 0.
   * @django ours
   */
  refreshTokenReuseInterval: read.duration('REFRESH_TOKEN_REUSE_INTERVAL', 10, { allowZero: true }),
})
