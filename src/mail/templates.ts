// The letters: what each kind of mail says. The subjects are Djoser's, to the letter.

import type { Translator } from '../i18n/translations.ts'
import type { OutboxRow } from '../schema.ts'

export interface EmailContent {
  subject: string
  title: string
  before: string[]
  /** Of the mailed link. */
  button?: string
  /** Of a link to APP_URL, where that is set. */
  toApp?: string
  after: string[]
}

export interface TemplateContext {
  siteName: string
  /** How long the link works, in seconds. */
  validFor: number | undefined
  /** The username, where people log in by one; blank if it is not to be written. */
  login: string | undefined
  t: Translate
}

type Translate = Translator['t']

export function contentOf(kind: OutboxRow['kind'], told: TemplateContext): EmailContent {
  const { siteName, validFor, login, t } = told
  const works = validity(t, validFor)
  const byAddress = login === undefined
  const onward = t`Continue to ${siteName}`
  switch (kind) {
    case 'activation':
      return {
        subject: t`Account activation on ${siteName}`,
        title: t`Activate your account`,
        before: [
          t`This e-mail address was given for an account on ${siteName}. Please confirm that it is yours.`,
        ],
        button: t`Activate account`,
        after: [
          works,
          t`If you did not ask for this, you can ignore this mail: without the link the account cannot be used.`,
        ],
      }
    case 'confirmation':
      return {
        subject: t`${siteName} - Your account has been successfully created and activated!`,
        title: t`Your account is ready`,
        before: [
          t`Your account on ${siteName} has been created and activated. You can log in now.`,
        ],
        toApp: t`Log in`,
        after: [t`If you did not ask for an account, you can ignore this mail.`],
      }
    case 'password_reset':
      return {
        subject: t`Password reset on ${siteName}`,
        title: t`Choose a new password`,
        before: [
          t`Somebody asked for a new password for your account on ${siteName}. If that was you, choose it here:`,
        ],
        button: t`Choose a new password`,
        after: [
          works,
          t`If you did not ask for this, you can ignore this mail: your password stays as it is.`,
        ],
      }
    case 'password_changed_confirmation':
      return {
        subject: t`${siteName} - Your password has been successfully changed!`,
        title: t`Your password was changed`,
        before: [
          t`The password of your account on ${siteName} has been changed.`,
          t`If that was you, there is nothing to do.`,
          t`If it was not you, act now: where you log in, say that you forgot your password, and choose a new one with the mail that follows. This also logs out whoever is logged in.`,
        ],
        toApp: onward,
        after: [t`Change the password of your mailbox too if somebody else may know it.`],
      }
    case 'username_reset':
      return {
        subject: t`Username reset on ${siteName}`,
        title: byAddress ? t`Choose a new e-mail address` : t`Choose a new username`,
        before: [
          ...(login ? [t`Your username on ${siteName} is ${login}.`] : []),
          byAddress
            ? t`Somebody asked for another e-mail address for your account on ${siteName}. If that was you, choose it here:`
            : t`Somebody asked for another username for your account on ${siteName}. If that was you, choose it here:`,
        ],
        button: byAddress ? t`Choose a new address` : t`Choose a new username`,
        after: [
          works,
          t`If you did not ask for this, you can ignore this mail: your account stays as it is.`,
        ],
      }
    case 'email_change':
      return {
        subject: t`Confirm your new e-mail address on ${siteName}`,
        title: t`Confirm your new address`,
        before: [
          t`This e-mail address was given as the new one of an account on ${siteName}. Please confirm that it is yours.`,
        ],
        button: t`Confirm address`,
        after: [
          works,
          t`If you did not ask for this, you can ignore this mail: without the link nothing changes.`,
        ],
      }
    case 'email_change_requested':
      return {
        subject: t`${siteName} - Another e-mail address was asked for`,
        title: t`Another address was asked for`,
        before: [
          t`Somebody asked to change the e-mail address of your account on ${siteName}. It changes once the new address is confirmed.`,
          t`If that was you, follow the link in the mail that went there.`,
          t`If it was not you, choose a new password now: where you log in, say that you forgot your password. Then nothing changes, and whoever is logged in is logged out.`,
        ],
        toApp: onward,
        after: [],
      }
    case 'email_changed':
      return {
        subject: t`${siteName} - Your e-mail address was changed`,
        title: t`Your e-mail address was changed`,
        before: [
          t`The e-mail address of your account on ${siteName} is another one now. This is the last mail to this address.`,
          t`If that was you, there is nothing to do.`,
        ],
        after: [
          t`If it was not you, somebody has got into your account: tell ${siteName} at once, for mail about it does not reach you any more.`,
        ],
      }
    case 'refresh_reused':
      return {
        subject: t`${siteName} - We logged out one of your devices`,
        title: t`One of your devices was logged out`,
        before: [
          t`Something that only one of your devices should have was used twice on ${siteName}. Somebody may have copied it. So we ended that log-in, for both.`,
          t`If you are logged out somewhere, log in again.`,
        ],
        toApp: t`Log in`,
        after: [
          t`If you see this more than once, choose a new password: where you log in, say that you forgot yours. This also logs out whoever is logged in.`,
        ],
      }
    case 'new_device':
      return {
        subject: t`${siteName} - A log-in from a new device`,
        title: t`A log-in from a new device`,
        before: [
          t`Somebody logged in to your account on ${siteName} from a device that was not seen there before.`,
          t`If that was you, there is nothing to do.`,
          t`If it was not you, act now: where you log in, say that you forgot your password, and choose a new one with the mail that follows. This also logs out whoever is logged in.`,
        ],
        toApp: onward,
        after: [],
      }
    case 'username_changed_confirmation':
      return {
        subject: t`${siteName} - Your username has been successfully changed!`,
        title: byAddress ? t`Your e-mail address was changed` : t`Your username was changed`,
        before: [
          byAddress
            ? t`The e-mail address of your account on ${siteName} has been changed to this one. From now on you log in with it.`
            : t`The username of your account on ${siteName} has been changed.`,
          ...(login ? [t`From now on you log in as ${login}.`] : []),
          t`If that was you, there is nothing to do.`,
          t`If it was not you, act now: where you log in, say that you forgot your password, and choose a new one with the mail that follows. This also logs out whoever is logged in.`,
        ],
        toApp: onward,
        after: [],
      }
  }
}

function validity(t: Translate, seconds: number | undefined): string {
  return seconds === undefined
    ? t`The link works only once.`
    : t`The link works for ${duration(t, seconds)}, and only once.`
}

/** Rounded down, so that it promises no more than is kept: `3 days`, `36 hours`, `90 minutes`. */
function duration(t: Translate, seconds: number): string {
  const units = [
    { length: 24 * 60 * 60, one: t`1 day`, several: (days: number) => t`${days} days` },
    { length: 60 * 60, one: t`1 hour`, several: (hours: number) => t`${hours} hours` },
    { length: 60, one: t`1 minute`, several: (minutes: number) => t`${minutes} minutes` },
  ]
  for (const { length, one, several } of units) {
    if (seconds === length) return one
    if (seconds >= 2 * length) return several(Math.floor(seconds / length))
  }
  return seconds > 60 ? t`1 minute` : t`${seconds} seconds`
}
