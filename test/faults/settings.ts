// The settings under which the requests are sent.

import { noLimits } from '../support/throttling.ts'
import { turnstile } from '../support/turnstile.ts'

/** With these settings, an endpoint writes as many rows and counts as many attempts as it can. */
export const common = {
  ...noLimits,
  THROTTLE_LOGIN: '10/minute',
  THROTTLE_SIGN_UP: '10/hour',
  THROTTLE_RESET: '10/hour',
  THROTTLE_RESEND: '10/hour',
  THROTTLE_REFRESH: '10/hour',
  MAIL_HOURLY_LIMIT: 1000,
  SEND_ACTIVATION_EMAIL: false,
  EMAIL_CHANGE_CONFIRMATION: false,
  SEND_CONFIRMATION_EMAIL: true,
  PASSWORD_CHANGED_EMAIL_CONFIRMATION: true,
  USERNAME_CHANGED_EMAIL_CONFIRMATION: true,
  SECURITY_EMAILS: 'refresh_reused,password_changed,email_changed,new_device',
  UPDATE_LAST_LOGIN: true,
  MAX_SESSIONS: 2,
  ACCESS_TOKEN_LIFETIME: '1h', // several files use the tokens of one set-up
  REGISTER: true,
}

export const mustActivate = { SEND_ACTIVATION_EMAIL: true }
export const byName = { LOGIN_FIELD: 'username' }
export const confirmedChange = { EMAIL_CHANGE_CONFIRMATION: true }
export const rotation = { ROTATE_REFRESH_TOKENS: true, BLACKLIST_AFTER_ROTATION: true }
export const withoutReuse = { ...rotation, REFRESH_TOKEN_REUSE_INTERVAL: 0 }
export const sliding = { AUTH_TOKEN_CLASSES: 'AccessToken,SlidingToken' }
export const drfJwtPackage = { DRF_JWT: true, DRF_JWT_PACKAGE: 'drf-jwt' }
export const captchaAfterFailure = {
  ...turnstile,
  TURNSTILE_REQUIRED_FOR: 'login',
  TURNSTILE_AFTER_FAILURES: 1,
}
export const oldHash = { vars: { ARGON2_MEMORY_COST: 128 }, earlier: { ARGON2_MEMORY_COST: 64 } }
