// The letters: what each kind of mail says. The subjects are Djoser's, to the letter.

import type { OutboxRow } from '../schema.ts'

export interface Letter {
  subject: string
  title: string
  before: string[]
  button?: string
  after: string[]
}

export interface Told {
  siteName: string
  /** How long the link works, in seconds. */
  validFor: number | undefined
  /** The username, where people log in by one; blank if it is not to be written. */
  login: string | undefined
}

export function letterOf(kind: OutboxRow['kind'], { siteName, validFor, login }: Told): Letter {
  const works = validity(validFor)
  const byAddress = login === undefined
  switch (kind) {
    case 'activation':
      return {
        subject: `Account activation on ${siteName}`,
        title: 'Activate your account',
        before: [
          `This e-mail address was given for an account on ${siteName}. Please confirm that it is yours.`,
        ],
        button: 'Activate account',
        after: [
          works,
          'If you did not ask for this, you can ignore this mail: without the link the account cannot be used.',
        ],
      }
    case 'confirmation':
      return {
        subject: `${siteName} - Your account has been successfully created and activated!`,
        title: 'Your account is ready',
        before: [`Your account on ${siteName} has been created and activated. You can log in now.`],
        after: ['If you did not ask for an account, you can ignore this mail.'],
      }
    case 'password_reset':
      return {
        subject: `Password reset on ${siteName}`,
        title: 'Choose a new password',
        before: [
          `Somebody asked for a new password for your account on ${siteName}. If that was you, choose it here:`,
        ],
        button: 'Choose a new password',
        after: [
          works,
          'If you did not ask for this, you can ignore this mail: your password stays as it is.',
        ],
      }
    case 'password_changed_confirmation':
      return {
        subject: `${siteName} - Your password has been successfully changed!`,
        title: 'Your password was changed',
        before: [
          `The password of your account on ${siteName} has been changed.`,
          'If that was you, there is nothing to do.',
        ],
        after: [
          'If it was not you, act now: where you log in, say that you forgot your password, and choose a new one with the mail that follows. This also logs out whoever is logged in.',
          'Change the password of your mailbox too if somebody else may know it.',
        ],
      }
    case 'username_reset':
      return {
        subject: `Username reset on ${siteName}`,
        title: byAddress ? 'Choose a new e-mail address' : 'Choose a new username',
        before: [
          ...(login ? [`Your username on ${siteName} is ${login}.`] : []),
          `Somebody asked for another ${byAddress ? 'e-mail address' : 'username'} for your account on ${siteName}. If that was you, choose it here:`,
        ],
        button: byAddress ? 'Choose a new address' : 'Choose a new username',
        after: [
          works,
          'If you did not ask for this, you can ignore this mail: your account stays as it is.',
        ],
      }
    case 'email_change':
      return {
        subject: `Confirm your new e-mail address on ${siteName}`,
        title: 'Confirm your new address',
        before: [
          `This e-mail address was given as the new one of an account on ${siteName}. Please confirm that it is yours.`,
        ],
        button: 'Confirm address',
        after: [
          works,
          'If you did not ask for this, you can ignore this mail: without the link nothing changes.',
        ],
      }
    case 'email_change_notice':
      return {
        subject: `${siteName} - Another e-mail address was asked for`,
        title: 'Another address was asked for',
        before: [
          `Somebody asked to change the e-mail address of your account on ${siteName}. It changes once the new address is confirmed.`,
          'If that was you, follow the link in the mail that went there.',
        ],
        after: [
          'If it was not you, choose a new password now: where you log in, say that you forgot your password. Then nothing changes, and whoever is logged in is logged out.',
        ],
      }
    case 'email_changed_notice':
      return {
        subject: `${siteName} - Your e-mail address was changed`,
        title: 'Your e-mail address was changed',
        before: [
          `The e-mail address of your account on ${siteName} is another one now. This is the last mail to this address.`,
          'If that was you, there is nothing to do.',
        ],
        after: [
          `If it was not you, somebody has your password: tell ${siteName} at once, for you cannot log in with this address any more.`,
        ],
      }
    case 'refresh_reused':
      return {
        subject: `${siteName} - We logged out one of your devices`,
        title: 'One of your devices was logged out',
        before: [
          `Something that only one of your devices should have was used twice on ${siteName}. Somebody may have copied it. So we ended that log-in, for both.`,
          'If you are logged out somewhere, log in again.',
        ],
        after: [
          'If you see this more than once, choose a new password: where you log in, say that you forgot yours. This also logs out whoever is logged in.',
        ],
      }
    case 'new_device':
      return {
        subject: `${siteName} - A log-in from a new device`,
        title: 'A log-in from a new device',
        before: [
          `Somebody logged in to your account on ${siteName} from a device that was not seen there before.`,
          'If that was you, there is nothing to do.',
        ],
        after: [
          'If it was not you, act now: where you log in, say that you forgot your password, and choose a new one with the mail that follows. This also logs out whoever is logged in.',
        ],
      }
    case 'username_changed_confirmation':
      return {
        subject: `${siteName} - Your username has been successfully changed!`,
        title: byAddress ? 'Your e-mail address was changed' : 'Your username was changed',
        before: [
          byAddress
            ? `The e-mail address of your account on ${siteName} has been changed to this one. From now on you log in with it.`
            : `The username of your account on ${siteName} has been changed.`,
          ...(login ? [`From now on you log in as ${login}.`] : []),
          'If that was you, there is nothing to do.',
        ],
        after: [
          'If it was not you, act now: where you log in, say that you forgot your password, and choose a new one with the mail that follows. This also logs out whoever is logged in.',
        ],
      }
  }
}

function validity(seconds: number | undefined): string {
  return seconds === undefined
    ? 'The link works only once.'
    : `The link works for ${duration(seconds)}, and only once.`
}

/** Rounded down, so that it promises no more than is kept: `3 days`, `36 hours`, `90 minutes`. */
function duration(seconds: number): string {
  const units = [
    ['day', 24 * 60 * 60],
    ['hour', 60 * 60],
    ['minute', 60],
  ] as const
  for (const [unit, length] of units) {
    if (seconds === length) return `1 ${unit}`
    if (seconds >= 2 * length) return `${Math.floor(seconds / length)} ${unit}s`
  }
  return seconds > 60 ? '1 minute' : `${seconds} seconds`
}
