// Djoser's settings, and ours beside them.

import { userModel } from '../schema.ts'
import { secondsPerDay } from '../time.ts'
import type { Reader } from './env.ts'

export function djoserSettings(read: Reader) {
  /** The field that users log in with, everywhere. @django better: `email` is ours; `username` is Django's own user */
  const loginField = read.choice('LOGIN_FIELD', ['email', 'username'], 'email')
  return {
    loginField,
    /**
     * The primary key of a user in answers, URLs, claims and mailed links: the number `id`, or `uuid` as of a Django model with
     * `id = UUIDField(primary_key=True)` ([how to switch](differences.md#ids-that-are-uuids)).
     * @django ours
     */
    userPk: read.choice('USER_PK', ['id', 'uuid'], 'id'),
    requiredFields: requiredFields(read, loginField),
    /** The roles that a user may choose at sign-up. Empty: sign-up takes no role. @django ours */
    signupRoles: read.list('SIGNUP_ROLES', []),
    /**
     * Whether other users are hidden from a caller that is not staff: 404 in place of 403, and lists of the caller alone.
     * @django same
     */
    hideUsers: read.boolean('HIDE_USERS', true),
    permissions: permissions(read),
    ...emails(read),
    ...retypes(read),
    // As in Djoser, either one switches both.
    showEmailNotFound: [
      /**
       * Whether `reset_password/` answers 400 for an unknown address. It also applies to `reset_{field}/` and
       * `resend_activation/`.
       * @django same
       */
      read.boolean('PASSWORD_RESET_SHOW_EMAIL_NOT_FOUND', false),
      /** Means the same as `PASSWORD_RESET_SHOW_EMAIL_NOT_FOUND`: either one switches both. @django same */
      read.boolean('USERNAME_RESET_SHOW_EMAIL_NOT_FOUND', false),
    ].includes(true),
    /** Whether a new password ends the user's other sessions. @django better: JWT sessions end too */
    logoutOnPasswordChange: read.boolean('LOGOUT_ON_PASSWORD_CHANGE', false),
    /** How long a mailed link is valid. @django same */
    passwordResetTimeout: read.duration('PASSWORD_RESET_TIMEOUT', 3 * secondsPerDay),
    ...pages(read),
  }
}

type LoginField = 'email' | 'username'

function requiredFields(read: Reader, loginField: LoginField): string[] {
  const byEmail = loginField === 'email'
  const writable = Object.entries(userModel.fields).flatMap(([name, { readOnly }]) =>
    readOnly ? [] : [name],
  )
  const names = ['first_name', 'last_name'].filter((name) => writable.includes(name))
  const ofModel = userModel.requiredFields?.filter((name) => name !== loginField)
  /**
   * The fields that sign-up requires beside the login field and the password, out of those that a user may write.
   * @django same
   */
  return read.list('REQUIRED_FIELDS', ofModel ?? (byEmail ? names : ['email']), {
    choices: byEmail ? writable : [...writable, 'email'],
  })
}

const ownOrAll = ['CurrentUserOrAdmin', 'IsAdminUser', 'Nobody'] as const

const permissions = (read: Reader) => ({
  /** Which callers may sign users up: Djoser's `PERMISSIONS.user_create`. @django same */
  userCreate: read.choice(
    'PERMISSIONS_USER_CREATE',
    ['AllowAny', 'IsAdminUser', 'Nobody'],
    'AllowAny',
  ),
  /** Which callers may list users: Djoser's `PERMISSIONS.user_list`. @django same */
  userList: read.choice('PERMISSIONS_USER_LIST', ownOrAll, 'CurrentUserOrAdmin'),
  /** Which callers may delete a user: Djoser's `PERMISSIONS.user_delete`. @django same */
  userDelete: read.choice('PERMISSIONS_USER_DELETE', ownOrAll, 'CurrentUserOrAdmin'),
})

/** What is confirmed by email, and what waits for it. */
const emails = (read: Reader) => ({
  /**
   * Whether a new account is pending until the user follows a mailed link. A user without email address (with
   * `LOGIN_FIELD = "username"`) is active at once.
   * @django same
   */
  sendActivationEmail: read.boolean('SEND_ACTIVATION_EMAIL', false),
  /**
   * How long a pending account waits for its activation before it is deleted. 0: it is never deleted.
   * @django ours
   */
  pendingUserRetention: read.duration('PENDING_USER_RETENTION', 3 * secondsPerDay, {
    allowZero: true,
  }),
  /** Whether an activation, or a sign-up without one, is confirmed by email. @django same */
  sendConfirmationEmail: read.boolean('SEND_CONFIRMATION_EMAIL', false),
  /** Whether the user gets an email about each new password. @django same */
  passwordChangedEmailConfirmation: read.boolean('PASSWORD_CHANGED_EMAIL_CONFIRMATION', false),
  /**
   * Whether the user gets an email about another login name. It goes to the address after the change.
   * @django same
   */
  usernameChangedEmailConfirmation: read.boolean('USERNAME_CHANGED_EMAIL_CONFIRMATION', false),
  /**
   * Whether a new email address counts only once its owner has followed the link that was sent there
   * ([what differs](differences.md#changing-an-email-address)).
   * @django ours
   */
  emailChangeConfirmation: read.boolean('EMAIL_CHANGE_CONFIRMATION', false),
})

const retypes = (read: Reader) => ({
  /** Whether sign-up requires the password twice, as `re_password`. @django same */
  userCreatePasswordRetype: read.boolean('USER_CREATE_PASSWORD_RETYPE', false),
  /** Whether `set_password/` requires `re_new_password`. @django same */
  setPasswordRetype: read.boolean('SET_PASSWORD_RETYPE', false),
  /** Whether `reset_password_confirm/` requires `re_new_password`. @django same */
  passwordResetConfirmRetype: read.boolean('PASSWORD_RESET_CONFIRM_RETYPE', false),
  /** Whether `set_{field}/` requires `re_new_{field}`. @django same */
  setUsernameRetype: read.boolean('SET_USERNAME_RETYPE', false),
  /** Whether `reset_{field}_confirm/` requires `re_new_{field}`. @django same */
  usernameResetConfirmRetype: read.boolean('USERNAME_RESET_CONFIRM_RETYPE', false),
})

/** Pages of the deployer's, which the links in mail lead to; empty: our own. */
const pages = (read: Reader) => ({
  /** Your page that an activation link leads to. Empty: Gatehouse's own page. @django same */
  activationUrl: read.linkPath('ACTIVATION_URL'),
  /** Your page that the link of a password reset leads to. Empty: Gatehouse's own page. @django same */
  passwordResetConfirmUrl: read.linkPath('PASSWORD_RESET_CONFIRM_URL'),
  /** Your page that the link of a username reset leads to. Empty: Gatehouse's own page. @django same */
  usernameResetConfirmUrl: read.linkPath('USERNAME_RESET_CONFIRM_URL'),
  /** Your page that confirms a new email address. Empty: Gatehouse's own page. @django ours */
  emailChangeConfirmUrl: read.linkPath('EMAIL_CHANGE_CONFIRM_URL'),
})
