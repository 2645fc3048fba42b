// The pages that the links in emails lead to.

import type { Answer, Operation } from './operations.ts'
import type { Properties, Schema } from './schemas.ts'

const html = (description: string): Answer => ({
  description,
  schema: { type: 'string' },
  mediaType: 'text/html',
})

const text: Schema = { type: 'string' }
const link: Properties = {
  uid: { ...text, description: "The user, from the email's link." },
  token: { ...text, description: 'The proof that the client read the email.' },
}
const address: Properties = { email: { ...text, format: 'email' } }
const password: Schema = { ...text, format: 'password' }
const passwords: Properties = { new_password: password, re_new_password: password }

interface Page {
  path: string
  id: string
  what: string
  /** The fields of its form. */
  fields: Properties
}

const pages: Page[] = [
  {
    path: '/activate/',
    id: 'Activation',
    what: 'the page that activates an account',
    fields: { ...link, ...passwords },
  },
  {
    path: '/activate/again/',
    id: 'NewActivation',
    what: 'the page that asks for a new activation link',
    fields: address,
  },
  {
    path: '/reset-password/',
    id: 'PasswordReset',
    what: 'the page that resets a password',
    fields: { ...link, ...passwords },
  },
  {
    path: '/reset-password/again/',
    id: 'NewPasswordReset',
    what: 'the page that asks for a new reset link',
    fields: address,
  },
  {
    path: '/reset-username/',
    id: 'UsernameReset',
    what: 'the page that changes the login name',
    fields: { ...link, new_name: text },
  },
  {
    path: '/change-email/',
    id: 'EmailChange',
    what: 'the page that confirms a new email address',
    fields: link,
  },
]

const invalid = { 400: html('The link or a field is not valid. The page says what to do.') }

export const pageOperations = (): Operation[] => [...pages.map(show), ...pages.map(send)]

const show = ({ path, id, what, fields }: Page): Operation => ({
  request: `GET ${path as '/'}`,
  id: `show${id}`,
  tag: 'Pages',
  summary: `Show ${what}`,
  caller: 'anyone',
  ...('uid' in fields && { query: link }),
  answers: { 200: html('The page, with a form.') },
  errors: { others: invalid },
  limited: true,
})

const send = ({ path, id, what, fields }: Page): Operation => ({
  request: `POST ${path as '/'}`,
  id: `send${id}`,
  tag: 'Pages',
  summary: `Send the form of ${what}`,
  caller: 'anyone',
  form: fields,
  answers: { 200: html('The page, with the result.') },
  errors: { others: invalid },
  limited: true,
})
