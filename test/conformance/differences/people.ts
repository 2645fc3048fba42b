// Who someone is, and what a link is for.

import type { Allowed } from '../differences.ts'
import { answer, everything, invalidToken, invalidUid } from './said.ts'

const capitals = 'an address is the same in capitals: one account, whoever types it'
const linkFirst = 'whether a name is taken is told to who has a link, not to anybody'
const ownAccount =
  'a password is judged against whose link it is, once the link is good, and not who calls'
const tooLong = { password: ['Ensure this field has no more than 4096 characters.'] }
const taken = { email: ['user account with this email already exists.'] }

export const people: Allowed[] = [
  {
    reason: 'a quoted name is another spelling of a mailbox',
    steps: /^signing up › good address: a quoted local part$/,
    fields: answer,
    worker: { status: 400, json: { email: ['Enter a valid email address.'] } },
  },
  {
    reason: 'a username that changes is kept in its normal form, as one that signs up',
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
      'a reset may be mailed to a pending account: its link proves the address and activates it',
    steps: ['reset_password › mail'],
    fields: ['mail'],
  },
  {
    reason:
      'a login ends no link: an attacker who knows the password could end each one that the owner asks for',
    steps: ['a log-in after a reset mail › confirm'],
    fields: answer,
    django: { status: 400 },
    worker: { status: 204 },
  },
  {
    reason: 'a login ends no link: so the password is another',
    steps: ['a log-in after a reset mail › a log-in with the old password'],
    fields: [...answer, 'www-authenticate'],
    django: { status: 200 },
    worker: { status: 401 },
  },
  {
    reason: 'where people log in by e-mail, a username alone is read as the e-mail',
    steps: /› a username in place of the address$/,
    fields: ['status', 'body'],
    django: { status: 400 },
  },
  {
    reason: 'no hasher is asked to take more than 4096 characters',
    steps: /› a (password of 4097 letters|long password)$/,
    fields: [...answer, 'www-authenticate'],
    worker: { status: 400, json: tooLong },
  },
  {
    reason: 'no hasher is asked to take more than 4096 characters',
    steps: ['set_password to 4097 letters › 4097 letters'],
    fields: answer,
    worker: {
      status: 400,
      json: { new_password: ['Ensure this field has no more than 4096 characters.'] },
    },
  },
  {
    reason: 'a body has a limit, and a status of its own',
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
    reason: "in the language of the request, where Djoser takes the site's",
    steps: ['an account in Spanish › set_email: two'],
    fields: ['body'],
    worker: {
      status: 400,
      json: { non_field_errors: ['El contenido de los dos campos de email no coincide.'] },
    },
  },
]
