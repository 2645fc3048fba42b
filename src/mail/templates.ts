// The letters: what each kind of mail says. The subjects are Djoser's, to the letter.

import type { Speech } from '../i18n/translations.ts'
import type { OutboxRow } from '../schema.ts'

export interface Letter {
  subject: string
  title: string
  before: string[]
  /** Of the mailed link. */
  button?: string
  /** Of a link to APP_URL, where that is set. */
  toApp?: string
  after: string[]
}

export interface Told {
  siteName: string
  /** How long the link works, in seconds. */
  validFor: number | undefined
  /** The username, where people log in by one; blank if it is not to be written. */
  login: string | undefined
  say: Say
}

type Say = Speech['say']

export function letterOf(kind: OutboxRow['kind'], told: Told): Letter {
  const { siteName, validFor, login, say } = told
  const works = validity(say, validFor)
  const byAddress = login === undefined
  const onward = say`Continue to ${siteName}`
  switch (kind) {
    case 'activation':
      return {
        subject: say`Account activation on ${siteName}`,
        title: say`Activate your account`,
        before: [
          say`This e-mail address was given for an account on ${siteName}. Please confirm that it is yours.`,
        ],
        button: say`Activate account`,
        after: [
          works,
          say`If you did not ask for this, you can ignore this mail: without the link the account cannot be used.`,
        ],
      }
    case 'confirmation':
      return {
        subject: say`${siteName} - Your account has been successfully created and activated!`,
        title: say`Your account is ready`,
        before: [
          say`Your account on ${siteName} has been created and activated. You can log in now.`,
        ],
        toApp: say`Log in`,
        after: [say`If you did not ask for an account, you can ignore this mail.`],
      }
    case 'password_reset':
      return {
        subject: say`Password reset on ${siteName}`,
        title: say`Choose a new password`,
        before: [
          say`Somebody asked for a new password for your account on ${siteName}. If that was you, choose it here:`,
        ],
        button: say`Choose a new password`,
        after: [
          works,
          say`If you did not ask for this, you can ignore this mail: your password stays as it is.`,
        ],
      }
    case 'password_changed_confirmation':
      return {
        subject: say`${siteName} - Your password has been successfully changed!`,
        title: say`Your password was changed`,
        before: [
          say`The password of your account on ${siteName} has been changed.`,
          say`If that was you, there is nothing to do.`,
          say`If it was not you, act now: where you log in, say that you forgot your password, and choose a new one with the mail that follows. This also logs out whoever is logged in.`,
        ],
        toApp: onward,
        after: [say`Change the password of your mailbox too if somebody else may know it.`],
      }
    case 'username_reset':
      return {
        subject: say`Username reset on ${siteName}`,
        title: byAddress ? say`Choose a new e-mail address` : say`Choose a new username`,
        before: [
          ...(login ? [say`Your username on ${siteName} is ${login}.`] : []),
          byAddress
            ? say`Somebody asked for another e-mail address for your account on ${siteName}. If that was you, choose it here:`
            : say`Somebody asked for another username for your account on ${siteName}. If that was you, choose it here:`,
        ],
        button: byAddress ? say`Choose a new address` : say`Choose a new username`,
        after: [
          works,
          say`If you did not ask for this, you can ignore this mail: your account stays as it is.`,
        ],
      }
    case 'email_change':
      return {
        subject: say`Confirm your new e-mail address on ${siteName}`,
        title: say`Confirm your new address`,
        before: [
          say`This e-mail address was given as the new one of an account on ${siteName}. Please confirm that it is yours.`,
        ],
        button: say`Confirm address`,
        after: [
          works,
          say`If you did not ask for this, you can ignore this mail: without the link nothing changes.`,
        ],
      }
    case 'email_change_notice':
      return {
        subject: say`${siteName} - Another e-mail address was asked for`,
        title: say`Another address was asked for`,
        before: [
          say`Somebody asked to change the e-mail address of your account on ${siteName}. It changes once the new address is confirmed.`,
          say`If that was you, follow the link in the mail that went there.`,
          say`If it was not you, choose a new password now: where you log in, say that you forgot your password. Then nothing changes, and whoever is logged in is logged out.`,
        ],
        toApp: onward,
        after: [],
      }
    case 'email_changed_notice':
      return {
        subject: say`${siteName} - Your e-mail address was changed`,
        title: say`Your e-mail address was changed`,
        before: [
          say`The e-mail address of your account on ${siteName} is another one now. This is the last mail to this address.`,
          say`If that was you, there is nothing to do.`,
        ],
        after: [
          say`If it was not you, somebody has got into your account: tell ${siteName} at once, for mail about it does not reach you any more.`,
        ],
      }
    case 'refresh_reused':
      return {
        subject: say`${siteName} - We logged out one of your devices`,
        title: say`One of your devices was logged out`,
        before: [
          say`Something that only one of your devices should have was used twice on ${siteName}. Somebody may have copied it. So we ended that log-in, for both.`,
          say`If you are logged out somewhere, log in again.`,
        ],
        toApp: say`Log in`,
        after: [
          say`If you see this more than once, choose a new password: where you log in, say that you forgot yours. This also logs out whoever is logged in.`,
        ],
      }
    case 'new_device':
      return {
        subject: say`${siteName} - A log-in from a new device`,
        title: say`A log-in from a new device`,
        before: [
          say`Somebody logged in to your account on ${siteName} from a device that was not seen there before.`,
          say`If that was you, there is nothing to do.`,
          say`If it was not you, act now: where you log in, say that you forgot your password, and choose a new one with the mail that follows. This also logs out whoever is logged in.`,
        ],
        toApp: onward,
        after: [],
      }
    case 'username_changed_confirmation':
      return {
        subject: say`${siteName} - Your username has been successfully changed!`,
        title: byAddress ? say`Your e-mail address was changed` : say`Your username was changed`,
        before: [
          byAddress
            ? say`The e-mail address of your account on ${siteName} has been changed to this one. From now on you log in with it.`
            : say`The username of your account on ${siteName} has been changed.`,
          ...(login ? [say`From now on you log in as ${login}.`] : []),
          say`If that was you, there is nothing to do.`,
          say`If it was not you, act now: where you log in, say that you forgot your password, and choose a new one with the mail that follows. This also logs out whoever is logged in.`,
        ],
        toApp: onward,
        after: [],
      }
  }
}

function validity(say: Say, seconds: number | undefined): string {
  return seconds === undefined
    ? say`The link works only once.`
    : say`The link works for ${duration(say, seconds)}, and only once.`
}

/** Rounded down, so that it promises no more than is kept: `3 days`, `36 hours`, `90 minutes`. */
function duration(say: Say, seconds: number): string {
  const units = [
    { length: 24 * 60 * 60, one: say`1 day`, several: (days: number) => say`${days} days` },
    { length: 60 * 60, one: say`1 hour`, several: (hours: number) => say`${hours} hours` },
    { length: 60, one: say`1 minute`, several: (minutes: number) => say`${minutes} minutes` },
  ]
  for (const { length, one, several } of units) {
    if (seconds === length) return one
    if (seconds >= 2 * length) return several(Math.floor(seconds / length))
  }
  return seconds > 60 ? say`1 minute` : say`${seconds} seconds`
}
