// What emails say about the site, their recipients, their limits, and the server that sends them.

import { secondsPerDay } from '../time.ts'
import type { Reader } from './env.ts'

export const mailSettings = (read: Reader, publicUrl: string) => ({
  /** The host of the links in mail. It never comes from a request. @django same */
  emailFrontendDomain: read.text('EMAIL_FRONTEND_DOMAIN', new URL(publicUrl).host),
  /** The scheme of the links in mail. @django same */
  emailFrontendProtocol: read.choice(
    'EMAIL_FRONTEND_PROTOCOL',
    ['https', 'http'],
    publicUrl.startsWith('http:') ? 'http' : 'https',
  ),
  /** The name of the site in mail and on Gatehouse's pages. @django same */
  siteName: read.text('EMAIL_FRONTEND_SITE_NAME', new URL(publicUrl).host),
  /** The sender of all mail. Its domain must be verified at Resend. @django same */
  defaultFromEmail: read.text('DEFAULT_FROM_EMAIL', 'webmaster@localhost'),
  /** The security events that a user also gets an email about. @django ours */
  securityEmails: read.names('SECURITY_EMAILS', [
    'refresh_reused',
    'password_changed',
    'email_changed',
    'new_device',
  ]),
  /** How long a security event is kept. @django ours */
  securityEventsRetention: read.duration('SECURITY_EVENTS_RETENTION', 90 * secondsPerDay),
  /** How long after an email no second one of its kind goes to the same user. @django ours */
  mailCooldown: read.duration('MAIL_COOLDOWN', 60),
  /** How many emails a day, of each kind that any client can ask for, go to one address. 0: no limit. @django ours */
  mailDailyLimit: read.integer('MAIL_DAILY_LIMIT', 20, 0, 10_000),
  /** How many sign-ups an hour may send mail, on the whole site. 0: no limit. @django ours */
  mailHourlyLimit: read.integer('MAIL_HOURLY_LIMIT', 0, 0, 1_000_000),
  /** Your key of Resend, which production requires. @django ours */
  resendApiKey: read.text('RESEND_API_KEY', '', { secret: true }),
  /** The server that takes the mail. It must be https. @django ours */
  resendBaseUrl: read.text('RESEND_BASE_URL', 'https://api.resend.com'),
  /** How long one attempt to send waits. It must be less than a minute. @django ours */
  resendTimeout: read.duration('RESEND_TIMEOUT', 10),
})
