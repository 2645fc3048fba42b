// The tokens of mailed links, in Django's form `<seconds in base 36>-<32 hex>`. No row is kept: what a
// link changes is part of what it signs, so it works once, and the purpose keeps an activation link from
// resetting a password. A login ends no link; what changes no hash, address or name raises `link_version`.
// 128 bits of HMAC-SHA-256.

import { decodeUid, isEqual } from '../encoding.ts'
import type { User } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import { epochSeconds } from '../time.ts'
import { hmac } from './hmac.ts'

export type Purpose = 'activation' | 'password_reset' | 'username_reset' | 'email_change'

// As django.contrib.auth.tokens.PasswordResetTokenGenerator counts: seconds since 2001.
const epoch = Date.UTC(2001, 0, 1) / 1000

export async function linkToken(settings: Settings, purpose: Purpose, user: User, made: Date) {
  return tokenAt(settings.secretKey, purpose, user, epochSeconds(made) - epoch)
}

/** Whether a link for this purpose was made for the user as he is now, and not too long ago. */
export async function isLinkToken(
  settings: Settings,
  purpose: Purpose,
  user: User,
  token: string,
  now: Date,
): Promise<boolean> {
  const seconds = secondsSinceEpoch(token)
  if (seconds === undefined || ageAt(now, seconds) > settings.passwordResetTimeout) return false
  for (const key of [settings.secretKey, ...settings.secretKeyFallbacks]) {
    if (isEqual(token, await tokenAt(key, purpose, user, seconds))) return true
  }
  return false
}

/**
 * Why a link does nothing, by its own text and the clock alone: so that a wrong link is answered the same for
 * every account, and for none.
 */
export function reasonInvalid(
  { passwordResetTimeout }: Settings,
  { uid, token }: { uid: string; token: string },
  now: Date,
): 'incomplete' | 'expired' | 'used' {
  const seconds = secondsSinceEpoch(token)
  if (seconds === undefined || decodeUid(uid) === undefined) return 'incomplete'
  return ageAt(now, seconds) > passwordResetTimeout ? 'expired' : 'used'
}

/** When a link was made; undefined for what is no link's token. */
function secondsSinceEpoch(token: string): number | undefined {
  const [, time] = /^([0-9a-z]{1,8})-[0-9a-f]{32}$/.exec(token) ?? []
  return time === undefined ? undefined : Number.parseInt(time, 36)
}

const ageAt = (now: Date, seconds: number) => epochSeconds(now) - epoch - seconds

async function tokenAt(secretKey: string, purpose: Purpose, user: User, seconds: number) {
  const digest = await hmac(secretKey, 'links', [
    purpose,
    seconds,
    user.id,
    user.password,
    user.linkVersion,
    user.email ?? '',
    user.username ?? '',
    ...(purpose === 'email_change' ? [user.newEmail ?? ''] : []),
  ])
  return `${seconds.toString(36)}-${digest.slice(0, 32)}`
}
