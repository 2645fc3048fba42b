// The words of each email. The subjects of Djoser's emails are Djoser's own, to the letter. How an email looks is in
// layout.tsx.

import type { Translator } from '../i18n/translations.ts'
import type { MailKind } from './outbox.ts'

export interface EmailContent {
  subject: string
  title: string
  /** Paragraphs before the button. The facts of a security event follow the first. */
  before: string[]
  /** The label of the button that opens the email's link. */
  linkLabel?: string
  /** The label of the button that opens APP_URL, for an email without a link. */
  appLabel?: string
  /** Paragraphs after the button. */
  after: string[]
}

export interface TemplateContext {
  siteName: string
  /** Seconds for which the link works. */
  validFor: number | undefined
  /** The username if users log in by username; blank if it must not be shown. Undefined if they log in by email. */
  login: string | undefined
  t: Translate
}

type Translate = Translator['t']

export const contentOf = (kind: MailKind, context: TemplateContext): EmailContent =>
  templates[kind](context)

const templates: Record<MailKind, (context: TemplateContext) => EmailContent> = {
  activation: ({ siteName, validFor, t }) => ({
    subject: t`Account activation on ${siteName}`,
    title: t`Activate your account`,
    before: [
      t`This email address was entered for an account on ${siteName}. Please confirm that it is yours.`,
    ],
    linkLabel: t`Activate account`,
    after: [
      validity(t, validFor),
      t`If you did not ask for this, you can ignore this email. Without the link, the account cannot be used.`,
    ],
  }),

  confirmation: ({ siteName, t }) => ({
    subject: t`${siteName} - Your account has been successfully created and activated!`,
    title: t`Your account is ready`,
    before: [t`Your account on ${siteName} has been created and activated. You can log in now.`],
    appLabel: t`Log in`,
    after: [t`If you did not ask for an account, you can ignore this email.`],
  }),

  password_reset: ({ siteName, validFor, t }) => ({
    subject: t`Password reset on ${siteName}`,
    title: t`Choose a new password`,
    before: [
      t`We received a request to reset the password of your account on ${siteName}. If you asked for this, choose a new password here:`,
    ],
    linkLabel: t`Change password`,
    after: [
      validity(t, validFor),
      t`If you did not ask for this, you can ignore this email. Your password stays as it is.`,
    ],
  }),

  password_changed_confirmation: ({ siteName, t }) => ({
    subject: t`${siteName} - Your password has been successfully changed!`,
    title: t`Your password was changed`,
    before: [
      t`The password of your account on ${siteName} was changed.`,
      t`If this was you, you do not need to do anything.`,
      actNow(t),
    ],
    appLabel: t`Continue to ${siteName}`,
    after: [
      t`If another person might know the password of your email account, change that password too.`,
    ],
  }),

  username_reset: ({ siteName, validFor, login, t }) => {
    const isEmail = login === undefined
    return {
      subject: t`Username reset on ${siteName}`,
      title: isEmail ? t`Choose a new email address` : t`Choose a new username`,
      before: [
        ...(login ? [t`Your username on ${siteName} is ${login}.`] : []),
        isEmail
          ? t`We received a request to change the email address of your account on ${siteName}. If you asked for this, choose a new address here:`
          : t`We received a request to change the username of your account on ${siteName}. If you asked for this, choose a new username here:`,
      ],
      linkLabel: isEmail ? t`Change email address` : t`Change username`,
      after: [
        validity(t, validFor),
        t`If you did not ask for this, you can ignore this email. Your account stays as it is.`,
      ],
    }
  },

  username_changed_confirmation: ({ siteName, login, t }) => {
    const isEmail = login === undefined
    return {
      subject: t`${siteName} - Your username has been successfully changed!`,
      title: isEmail ? t`Your email address was changed` : t`Your username was changed`,
      before: [
        isEmail
          ? t`The email address of your account on ${siteName} was changed to this one. From now on, log in with it.`
          : t`The username of your account on ${siteName} was changed.`,
        ...(login ? [t`From now on, log in as ${login}.`] : []),
        t`If this was you, you do not need to do anything.`,
        actNow(t),
      ],
      appLabel: t`Continue to ${siteName}`,
      after: [],
    }
  },

  email_change: ({ siteName, validFor, t }) => ({
    subject: t`Confirm your new email address on ${siteName}`,
    title: t`Confirm your new address`,
    before: [
      t`This email address was entered as the new address of an account on ${siteName}. Please confirm that it is yours.`,
    ],
    linkLabel: t`Confirm address`,
    after: [
      validity(t, validFor),
      t`If you did not ask for this, you can ignore this email. Without the link, nothing changes.`,
    ],
  }),

  email_change_requested: ({ siteName, t }) => ({
    subject: t`${siteName} - A change of your email address was requested`,
    title: t`A change of your email address was requested`,
    before: [
      t`We received a request to change the email address of your account on ${siteName}. The address changes when the new one is confirmed.`,
      t`If this was you, follow the link in the email that we sent to the new address.`,
      actNow(t),
      t`The new password cancels the change of your email address too.`,
    ],
    appLabel: t`Continue to ${siteName}`,
    after: [],
  }),

  email_changed: ({ siteName, t }) => ({
    subject: t`${siteName} - Your email address was changed`,
    title: t`Your email address was changed`,
    before: [
      t`The email address of your account on ${siteName} was changed. This is the last email that we send to this address.`,
      t`If this was you, you do not need to do anything.`,
    ],
    after: [
      t`If it was not you, another person has access to your account. Contact ${siteName} at once, because you no longer receive emails about the account.`,
    ],
  }),

  refresh_reused: ({ siteName, t }) => ({
    subject: t`${siteName} - We logged out one of your devices`,
    title: t`We logged out one of your devices`,
    before: [
      t`We noticed that a login to ${siteName} from one of your devices was used from two places. As a precaution, we have logged it out.`,
      t`To continue on that device, log in again.`,
    ],
    appLabel: t`Log in`,
    after: [
      t`If you receive this email more than once, choose a new password. To do so, request a password reset on the login page. The new password also logs out all devices.`,
    ],
  }),

  new_device: ({ siteName, t }) => ({
    subject: t`${siteName} - A login from a new device`,
    title: t`A login from a new device`,
    before: [
      t`We noticed a login to your account on ${siteName} from a device that we have not seen before.`,
      t`If this was you, you do not need to do anything.`,
      actNow(t),
    ],
    appLabel: t`Continue to ${siteName}`,
    after: [],
  }),
}

/** What the owner must do if an attacker may have access to the account. */
const actNow = (t: Translate) =>
  t`If it was not you, act now. On the login page, request a password reset. We will email you a link to choose a new password. The new password also logs out all devices.`

const validity = (t: Translate, seconds: number | undefined) =>
  seconds === undefined
    ? t`The link works only once.`
    : t`The link works for ${duration(t, seconds)}, and only once.`

/** Rounded down, so that an email never promises more time than the link has: `3 days`, `36 hours`, `90 minutes`. */
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
