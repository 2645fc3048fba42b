// Accounts: names, passwords and links.

import type { Allowed } from '../differences.ts'
import { answer, everything, invalidToken, invalidUid } from './shared.ts'

const capitals = 'an address in capitals is the same address, and the same account'
const linkFirst = 'only a client with a valid link learns whether a login name is taken'
const ownAccount =
  'a new password is compared with the account of the link, once the link is valid, and not with the caller'
const tooLong = { password: ['Ensure this field has no more than 4096 characters.'] }
const taken = { email: ['user account with this email already exists.'] }

export const accounts: Allowed[] = [
  {
    reason: 'a uid that cannot be an id gets the same answer as one of a missing user',
    steps: /^links of a user with a UUID › a uid of (a number|no UUID)$/,
    fields: ['body'],
    django: { status: 400 },
    worker: { status: 400, json: invalidUid },
  },
  {
    reason: 'a quoted local part is another spelling of the same mailbox',
    steps: /^signing up › good address: a quoted local part$/,
    fields: answer,
    worker: { status: 400, json: { email: ['Enter a valid email address.'] } },
  },
  {
    reason: 'a changed username is normalized, as one at sign-up is',
    steps: ['set_username and reset_username › GET me'],
    fields: ['body'],
    django: { status: 200 },
    apartFrom: ['username'],
  },
  {
    reason: capitals,
    steps: ['signing up › the same address with capitals in its domain'],
    fields: ['body'],
    worker: { status: 400, json: taken },
  },
  {
    reason: capitals,
    steps: ['signing up › the same address with capitals'],
    fields: ['status', 'body'],
    worker: { status: 400, json: taken },
  },
  {
    reason: capitals,
    steps: /› capitals in the (domain|address)$/,
    fields: ['status', 'body', 'www-authenticate'],
    django: { status: 401 },
    worker: { status: 200 },
  },
  {
    reason: capitals,
    steps: ['reset_password by an address in capitals › mail', 'signing up › mail'],
    fields: ['mail'],
  },
  {
    reason:
      'a reset may be sent to a pending account: its link proves the address and activates the account',
    steps: ['reset_password › mail'],
    fields: ['mail'],
  },
  {
    reason:
      'a login ends no link: an attacker with the password could otherwise end each one that the owner requests',
    steps: ['a log-in after a reset mail › confirm'],
    fields: answer,
    django: { status: 400 },
    worker: { status: 204 },
  },
  {
    reason: 'a login ends no link, so the link has changed the password',
    steps: ['a log-in after a reset mail › a log-in with the old password'],
    fields: [...answer, 'www-authenticate'],
    django: { status: 200 },
    worker: { status: 401 },
  },
  {
    reason: 'where LOGIN_FIELD is email, a username without an email is read as the email',
    steps: /› a username in place of the address$/,
    fields: ['status', 'body'],
    django: { status: 400 },
  },
  {
    reason: 'no password of more than 4096 characters is hashed',
    steps: /› a (password of 4097 letters|long password)$/,
    fields: [...answer, 'www-authenticate'],
    worker: { status: 400, json: tooLong },
  },
  {
    reason: 'no password of more than 4096 characters is hashed',
    steps: ['set_password to 4097 letters › 4097 letters'],
    fields: answer,
    worker: {
      status: 400,
      json: { new_password: ['Ensure this field has no more than 4096 characters.'] },
    },
  },
  {
    reason: 'a body over the limit has its own status',
    steps: ['bodies › a body of 3 MB'],
    fields: everything,
    worker: { status: 413 },
  },
  {
    reason: capitals,
    steps: ["set_email to an address in capitals › somebody else's"],
    fields: answer,
    django: { status: 204 },
    worker: { status: 400, json: { new_email: taken.email } },
  },
  {
    reason: linkFirst,
    steps: ['reset_email › confirm: a bad token and a taken address'],
    fields: ['body'],
    worker: { status: 400, json: invalidToken },
  },
  {
    reason: linkFirst,
    steps:
      /^(reset_email|set_username and reset_username) › confirm: no link and a taken (address|name)$/,
    fields: ['body'],
    worker: { status: 400, json: invalidUid },
  },
  {
    reason: ownAccount,
    steps: ['reset_password to one like the account › a bad token of who calls'],
    fields: ['body'],
    worker: { status: 400, json: invalidToken },
  },
  {
    reason: ownAccount,
    steps: ['reset_password to one like the account › the link'],
    fields: answer,
    django: { status: 204 },
    worker: {
      status: 400,
      json: { new_password: ['The password is too similar to the email.'] },
    },
  },
  {
    reason: 'a link has one purpose',
    steps: ['links of another purpose › a reset by the activation link'],
    fields: answer,
    worker: { status: 400, json: invalidToken },
  },
  {
    reason: 'the message is in the language of the request; Djoser uses the language of the site',
    steps: ['an account in Spanish › set_email: two'],
    fields: ['body'],
    worker: {
      status: 400,
      json: { non_field_errors: ['El contenido de los dos campos de email no coincide.'] },
    },
  },
]
