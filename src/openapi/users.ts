// Djoser's UserViewSet: sign-up, the list, one user, and the caller as `me`. And the export of the caller's data.

import { type Column, getTableColumns } from 'drizzle-orm'
import * as v from 'valibot'
import { exportedColumns } from '../accounts/personal-data.ts'
import { currentPasswordFields } from '../bodies/account.ts'
import { editableFields, signUpFields } from '../bodies/users.ts'
import { password } from '../http/fields.ts'
import { userModel, users } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import type { FieldName } from '../user-model.ts'
import { type Answer, noBody, type Operation } from './operations.ts'
import {
  actorSchema,
  array,
  columnSchema,
  component,
  object,
  orNull,
  type Properties,
  type Schema,
  userId,
} from './schemas.ts'

const own = (description: string): Answer => ({ description, schema: component('User') })
const any = (description: string): Answer => ({ description, schema: component('AnyUser') })

const notFound = (settings: Settings) =>
  settings.hideUsers
    ? 'There is no such user, or the caller may not see them.'
    : 'There is no such user.'

const notAllowed = 'The caller may not do this.'

export const userOperations = (settings: Settings): Operation[] => [
  {
    request: 'POST /auth/users/',
    id: 'createUser',
    captcha: 'sign-up',
    tag: 'Users',
    summary: 'Sign up',
    description: settings.sendActivationEmail
      ? 'Register an account, which is pending until the user follows the link in the email.'
      : 'Register an account, which can log in at once.',
    caller: 'anyone, checked',
    body: signUpFields(settings),
    answers: { 201: own('The new user.') },
    errors: { 403: notAllowed },
    limited: true,
  },
  {
    request: 'GET /auth/users/',
    id: 'listUsers',
    tag: 'Users',
    summary: 'List users',
    description: 'Staff get all users. Other callers get themselves.',
    caller: 'user',
    query: listQuery(settings),
    answers: { 200: { description: 'The users.', schema: listSchema(settings) } },
    errors: { 403: notAllowed },
  },
  ...userOperationsAt(settings, 'me'),
  ...userOperationsAt(settings, '{id}'),
  {
    request: 'GET /auth/users/me/export/',
    id: 'exportMe',
    tag: 'Users',
    summary: 'Download all data about the caller',
    description: 'Articles 15 and 20 of the GDPR. A page has up to 1,000 rows of each table.',
    caller: 'user',
    query: { page: { type: 'integer', minimum: 1, description: 'By default the first.' } },
    answers: {
      200: {
        description: 'The data.',
        schema: exportSchema(settings),
        headers: { 'Content-Disposition': 'The name of the file.' },
      },
    },
    errors: { 403: 'The caller is impersonated.', 404: 'There is no such page.' },
  },
]

function userOperationsAt(settings: Settings, at: 'me' | '{id}'): Operation[] {
  const isMe = at === 'me'
  const path = `/auth/users/${at}/` as const
  const idOf = (verb: string) => `${verb}${isMe ? 'Me' : 'User'}`
  const who = isMe ? 'the caller' : 'a user'
  const user = isMe ? own : any
  const errors = { 403: notAllowed, ...(!isMe && { 404: notFound(settings) }) }
  const edit = (request: 'PUT' | 'PATCH'): Operation => ({
    request: `${request} ${path}`,
    id: idOf(request === 'PUT' ? 'replace' : 'update'),
    tag: 'Users',
    summary: request === 'PUT' ? `Change all fields of ${who}` : `Change fields of ${who}`,
    caller: 'user',
    body: {
      ...editableFields(settings, { partial: request === 'PATCH', byStaff: !isMe }),
      ...(mayRequirePassword(settings) && { current_password: v.optional(password()) }),
    },
    answers: { 200: user('The user as changed.') },
    errors,
    limited: true,
  })
  return [
    {
      request: `GET ${path}`,
      id: idOf('get'),
      tag: 'Users',
      summary: isMe ? 'Get the caller' : 'Get a user',
      caller: 'user',
      answers: { 200: user('The user.') },
      ...(!isMe && { errors }),
    },
    edit('PUT'),
    edit('PATCH'),
    {
      request: `DELETE ${path}`,
      id: idOf('delete'),
      tag: 'Users',
      summary: isMe ? 'Delete the account of the caller' : 'Delete a user',
      description: 'The body has the password of the caller.',
      caller: 'user',
      body: currentPasswordFields(password()),
      answers: noBody('The account is deleted, with everything that belongs to it.'),
      errors,
      limited: true,
    },
  ]
}

/** A new email address requires the password where it must be confirmed, and where it is not the login field. */
const mayRequirePassword = ({ emailChangeConfirmation, loginField }: Settings) =>
  emailChangeConfirmation && loginField !== 'email'

function listQuery(settings: Settings): Properties {
  const { defaultFilterBackends: filters, defaultPaginationClass, pageSize } = settings
  const whole: Schema = { type: 'integer', minimum: 1 }
  return {
    ...(filters.includes('SearchFilter') && {
      [settings.searchParam]: { type: 'string', description: 'Words to search for, by staff.' },
    }),
    ...(filters.includes('OrderingFilter') && {
      [settings.orderingParam]: {
        type: 'string',
        description: 'Fields to order by, separated by commas; `-` before one means descending.',
      },
    }),
    ...(defaultPaginationClass === 'PageNumberPagination' &&
      pageSize > 0 && {
        page: { type: 'string', description: 'The number of a page, or `last`.' },
      }),
    ...(defaultPaginationClass === 'LimitOffsetPagination' && {
      limit: { ...whole, description: 'The most users on a page.' },
      offset: { type: 'integer', minimum: 0, description: 'Users to skip.' },
    }),
  }
}

function listSchema({ defaultPaginationClass, pageSize }: Settings): Schema {
  const list = array(component('AnyUser'))
  const url = orNull({ type: 'string', format: 'uri' })
  const page = object({ count: { type: 'integer' }, next: url, previous: url, results: list })
  if (defaultPaginationClass === 'None') return list
  if (pageSize > 0) return page
  // Without PAGE_SIZE, only a request with `limit` gets a page.
  return defaultPaginationClass === 'LimitOffsetPagination' ? { anyOf: [list, page] } : list
}

function exportSchema(settings: Settings): Schema {
  const exported = (column: Column): Schema => {
    if (column.name === 'actor_id') return actorSchema(settings)
    // A row may hold a time that is later than any that JavaScript has, which is null.
    return column.dataType === 'date' ? { type: ['string', 'null'] } : columnSchema(column)
  }
  const rowsOf = (columns: Column[]) =>
    array(object(Object.fromEntries(columns.map((column) => [column.name, exported(column)]))))
  const tables = Object.entries(exportedColumns()).map(([name, columns]) => [name, rowsOf(columns)])
  const shown = Object.entries(getTableColumns(users)).filter(
    ([name]) => userModel.fields[name as FieldName]?.visibility !== 'never',
  )
  return object({
    exported_at: { type: 'string', format: 'date-time' },
    user: object({
      ...Object.fromEntries(shown.map(([, column]) => [column.name, exported(column)])),
      id: userId(settings),
      password: object({ is_set: { type: 'boolean' }, hasher: orNull({ type: 'string' }) }),
    }),
    ...Object.fromEntries(tables),
    next: orNull({ type: 'string', format: 'uri', description: 'The next page.' }),
  })
}
