// Djoser's activation, passwords and login names, and the status of an account.

import {
  addressFields,
  linkFields,
  resetLoginFields,
  resetPasswordFields,
  setLoginFields,
  setPasswordFields,
} from '../bodies/account.ts'
import { emailNotFound } from '../http/errors.ts'
import { password } from '../http/fields.ts'
import type { Settings } from '../settings/parse.ts'
import { noBody, type Operation } from './operations.ts'
import type { Schema } from './schemas.ts'

const impersonated = 'The caller is impersonated.'

/** The answer for an address without an account, if the settings show it. */
const unknownAddress = ({ showEmailNotFound }: Settings): Schema[] =>
  showEmailNotFound
    ? [{ type: 'array', items: { type: 'string' }, examples: [emailNotFound().body] }]
    : []

const sentToKnown = ({ showEmailNotFound }: Settings) =>
  showEmailNotFound
    ? 'The email is sent.'
    : 'The email is sent, if there is an account with this address.'

export const accountOperations = (settings: Settings): Operation[] => [
  {
    request: 'POST /auth/users/activation/',
    id: 'activate',
    tag: 'Activation',
    summary: 'Activate an account by the mailed link',
    caller: 'anyone, checked',
    body: linkFields,
    answers: noBody('The account is active.'),
    errors: { 403: 'The account is active already, or disabled.' },
    limited: true,
  },
  {
    request: 'POST /auth/users/resend_activation/',
    id: 'resendActivation',
    captcha: 'reset',
    tag: 'Activation',
    summary: 'Ask for another activation email',
    caller: 'anyone, checked',
    body: addressFields,
    answers: noBody(sentToKnown(settings)),
    errors: { 400: unknownAddress(settings), mayBeEmpty: !settings.sendActivationEmail },
    limited: true,
  },
  {
    request: 'POST /auth/users/set_password/',
    id: 'setPassword',
    tag: 'Passwords',
    summary: 'Change the password',
    description: 'The session that changes it stays. Every other session of the user ends.',
    caller: 'user',
    body: setPasswordFields(settings, password()),
    answers: noBody('The password is changed.'),
    errors: { 403: impersonated },
    limited: true,
  },
  {
    request: 'POST /auth/users/reset_password/',
    id: 'resetPassword',
    captcha: 'reset',
    tag: 'Passwords',
    summary: 'Ask for an email to reset the password',
    description: 'For a user that forgot the password.',
    caller: 'anyone, checked',
    body: addressFields,
    answers: noBody(sentToKnown(settings)),
    errors: { 400: unknownAddress(settings) },
    limited: true,
  },
  {
    request: 'POST /auth/users/reset_password_confirm/',
    id: 'confirmPasswordReset',
    tag: 'Passwords',
    summary: 'Reset the password by the mailed link',
    caller: 'anyone, checked',
    body: resetPasswordFields(settings),
    answers: noBody('The password is changed, and every session of the user ends.'),
    limited: true,
  },
  ...loginFieldOperations(settings),
  ...(['disable', 'enable'] as const).map(
    (verb): Operation => ({
      request: `POST /auth/users/{id}/${verb}/`,
      id: `${verb}User`,
      tag: 'Staff',
      summary: verb === 'disable' ? 'Disable an account' : 'Enable an account',
      caller: 'staff',
      answers: noBody(
        verb === 'disable'
          ? 'The account is disabled, and its sessions are ended.'
          : 'The account is enabled.',
      ),
      errors: {
        403: 'The caller is not staff, or may not do this to this user.',
        404: 'There is no such user.',
      },
      limited: true,
    }),
  ),
]

function loginFieldOperations(settings: Settings): Operation[] {
  const { loginField, emailChangeConfirmation } = settings
  const isEmail = loginField === 'email'
  const name = isEmail ? 'email address' : 'username'
  const Name = isEmail ? 'Email' : 'Username'
  const waits = isEmail && emailChangeConfirmation
  const changed = waits
    ? 'A link is sent to the new address, which counts once its owner follows it.'
    : `The ${name} is changed.`
  return [
    {
      request: `POST /auth/users/set_${loginField}/`,
      id: `set${Name}`,
      tag: 'Login name',
      summary: `Change the ${name}`,
      caller: 'user',
      body: setLoginFields(settings, password()),
      answers: noBody(changed),
      errors: { 403: impersonated },
      limited: true,
    },
    {
      request: `POST /auth/users/reset_${loginField}/`,
      id: `reset${Name}`,
      captcha: 'reset',
      tag: 'Login name',
      summary: `Ask for an email to change the ${name}`,
      caller: 'anyone, checked',
      body: addressFields,
      answers: noBody(sentToKnown(settings)),
      errors: { 400: unknownAddress(settings) },
      limited: true,
    },
    {
      request: `POST /auth/users/reset_${loginField}_confirm/`,
      id: `confirm${Name}Reset`,
      tag: 'Login name',
      summary: `Change the ${name} by the mailed link`,
      caller: 'anyone, checked',
      body: resetLoginFields(settings),
      answers: noBody(changed),
      limited: true,
    },
    ...(emailChangeConfirmation
      ? [
          {
            request: 'POST /auth/users/set_email_confirm/',
            id: 'confirmEmail',
            tag: 'Login name',
            summary: 'Confirm a new email address by the link that was sent there',
            caller: 'anyone, checked',
            body: linkFields,
            answers: noBody('The email address is changed.'),
            errors: { fields: ['email'] },
            limited: true,
          } satisfies Operation,
        ]
      : []),
  ]
}
