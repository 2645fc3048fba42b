// The tokens of emailed links, in Django's form `<seconds in base 36>-<32 hex>`, with 128 bits of HMAC-SHA-256. No row is
// kept. A link signs the value that it changes, so it works once. It also signs its purpose, so an activation link resets no
// password. A login invalidates no link. A change of anything else raises `link_version`.

import { decodeUid, isEqual } from '../encoding.ts'
import { type NamedUser, parsePublicId } from '../public-id.ts'
import type { User } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import { epochSeconds } from '../time.ts'
import { hmac } from './hmac.ts'

export type Purpose = 'activation' | 'password_reset' | 'username_reset' | 'email_change'

// PasswordResetTokenGenerator of django.contrib.auth.tokens counts seconds since 2001.
const epoch2001 = Date.UTC(2001, 0, 1) / 1000

export async function linkToken(settings: Settings, purpose: Purpose, user: User, made: Date) {
  return tokenAt(settings.secretKey, purpose, user, epochSeconds(made) - epoch2001)
}

/** Whether a link was made for this purpose and for the user's current row, within PASSWORD_RESET_TIMEOUT. */
export async function isLinkToken(
  settings: Settings,
  purpose: Purpose,
  user: User,
  token: string,
  now: Date,
): Promise<boolean> {
  const seconds = timeOf(token)
  if (seconds === undefined || ageAt(now, seconds) > settings.passwordResetTimeout) return false
  for (const key of [settings.secretKey, ...settings.secretKeyFallbacks]) {
    if (isEqual(token, await tokenAt(key, purpose, user, seconds))) return true
  }
  return false
}

/**
 * Why a link does not work, judged only by its text and the clock. So a wrong link gets the same answer whether or not an
 * account exists.
 */
export function reasonInvalid(
  settings: Settings,
  { uid, token }: { uid: string; token: string },
  now: Date,
): 'incomplete' | 'expired' | 'used' {
  const seconds = timeOf(token)
  if (seconds === undefined || !userOfUid(settings, uid)) return 'incomplete'
  return ageAt(now, seconds) > settings.passwordResetTimeout ? 'expired' : 'used'
}

/** The user that a link names, whether or not they exist; undefined for a malformed uid. */
export function userOfUid(settings: Settings, uid: string): NamedUser | undefined {
  const id = decodeUid(uid)
  return id === undefined ? undefined : parsePublicId(settings, id)
}

/** When a link was made, in seconds since 2001; undefined if the text is not a link token. */
function timeOf(token: string): number | undefined {
  const [, time] = /^([0-9a-z]{1,8})-[0-9a-f]{32}$/.exec(token) ?? []
  return time === undefined ? undefined : Number.parseInt(time, 36)
}

const ageAt = (now: Date, seconds: number) => epochSeconds(now) - epoch2001 - seconds

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
