// Every kind of finding in an import: its description, its outcome, advice, and the code for --leave.

import { fieldNames } from './fields.ts'
import type { Kind } from './findings.ts'

/** A user that cannot be imported. */
const userError = (leave: string, what: string, advice: string): Kind => ({
  leave,
  what,
  advice,
  outcome: 'left out',
  isUser: true,
})
const loss = (leave: string, what: string, advice: string): Kind => ({
  leave,
  what,
  advice,
  outcome: 'left out',
})
const remark = (what: string): Kind => ({ what, outcome: 'imported' })

const wholeIds = 'An id must be a whole number from 1 to 9007199254740991.'
const changeOne =
  'Change one of the two in Django. With --leave, only the row with the lower id is imported.'
const changeUserHere = 'Change or delete the user that has it here.'

export const users = {
  noId: userError(
    'no-id',
    'an id that is not a whole number',
    `${wholeIds} Run dumpdata without --natural-primary.`,
  ),
  uuid: userError('uuid-id', 'an id that is a UUID', 'Set USER_PK = "uuid", which keeps the ids.'),
  noUuid: userError(
    'no-id',
    'an id that is not a UUID',
    'With USER_PK = "uuid" an id must be a UUID. Run dumpdata without --natural-primary.',
  ),
  number: userError(
    'number-id',
    'an id that is a whole number, although USER_PK is "uuid"',
    'Set USER_PK = "id", which keeps the ids. You may switch after the import: then each user gets a UUID.',
  ),
  sameId: userError('same-id', 'an id that another row has', 'Export each user once.'),
  noLogin: (field: string) =>
    userError(
      `no-${field}`,
      `no ${field} to log in with`,
      `Give these users one, or set LOGIN_FIELD.`,
    ),
  unreadable: (column: string) =>
    userError(
      `unreadable-${column}`,
      `the value of ${column} cannot be read`,
      adviceForValue(column),
    ),
  tooLarge: (column: string) =>
    userError(
      `large-${column}`,
      `a whole number in ${column} above 9007199254740991, which would be rounded`,
      'Make it a column of text in src/user-model.ts.',
    ),
  tooLong: userError(
    'long-row',
    'a row that is longer than a statement of D1 may be',
    'Shorten its values.',
  ),
  sameEmail: userError('same-email', 'an email (ignoring case) that another row has', changeOne),
  sameUsername: userError('same-username', 'a username that another row has', changeOne),
  sameValue: (column: string) =>
    userError(
      `same-${column}`,
      `a ${column} that another row has, and that must be unique`,
      changeOne,
    ),
  valueTaken: (column: string) =>
    userError(
      `${column}-taken`,
      `a ${column} that a user here has, and that must be unique`,
      changeUserHere,
    ),
  idTaken: userError(
    'id-taken',
    'an id that another user has here',
    'Import into an empty database.',
  ),
  loginTaken: userError(
    'login-taken',
    'an email or username that another user has here',
    changeUserHere,
  ),
  keyKept: {
    what: 'an authtoken key that is not here, of a user that is: keys are imported only with their user',
    outcome: 'kept',
  } satisfies Kind,
  gone: {
    what: 'deleted here since an import, and not imported again (see --again)',
    outcome: 'kept',
  } satisfies Kind,
}

function adviceForValue(column: string): string {
  if (column.startsWith('is_')) return 'It must be true or false.'
  if (/^(last_login|date_joined)/.test(column)) {
    return 'It must be a time, such as 2020-01-31 23:59:59+00.'
  }
  return `Correct the values, or map the column to null in the --mapping file ({"${column}": null}).`
}

const reset = 'These users can log in after a reset by email.'

export const passwords = {
  clear: {
    leave: 'clear-text',
    outcome: 'replaced',
    advice: reset,
    what: 'a password in clear text, or in no known hash format: a random one replaces it; no login before a reset',
  } satisfies Kind,
  locked: remark(
    'text after "!" that Django did not write, and that may be a password: not stored; no login and no reset, as before',
  ),
  none: {
    leave: 'no-password',
    outcome: 'replaced',
    advice: reset,
    what: 'no password: a random one replaces it; no login before a reset',
  } satisfies Kind,
  unknown: (algorithm: string): Kind => ({
    leave: 'unknown-hash',
    outcome: 'imported',
    advice: reset,
    what: `a hash of ${algorithm || 'an unknown hasher'}, which is not supported: no login before a reset`,
  }),
  malformed: (algorithm: string): Kind => ({
    leave: 'malformed-hash',
    outcome: 'imported',
    advice: reset,
    what: `a malformed hash of ${algorithm}: no login before a reset`,
  }),
  expensive: (algorithm: string): Kind => ({
    leave: 'expensive-hash',
    outcome: 'imported',
    advice: reset,
    what: `a hash of ${algorithm} that costs more than Gatehouse verifies: no login before a reset`,
  }),
}

export const flags = {
  noIsActive: {
    leave: 'no-is_active',
    outcome: 'imported',
    what: 'no is_active in the source: the user is active',
    advice: 'Map the column that holds it, or map it to null: {"is_active": null}.',
  } satisfies Kind,
  isActiveIsNull: remark('is_active is mapped to null: the user is active'),
}

export const texts = {
  halfCharacter: (column: string): Kind => ({
    leave: 'half-character',
    outcome: 'replaced',
    what: `half a character in ${column}, replaced by U+FFFD`,
    advice: 'Correct the value in Django.',
  }),
  replaced: (column: string) =>
    remark(`${column} has U+FFFD, which marks a character that was lost before`),
  nul: (column: string) => remark(`${column} has a NUL character`),
  notEmail: remark('the email is not a valid address'),
  tooLong: (column: string, limit: number) =>
    remark(`${column} is longer than ${limit} characters`),
}

export const columns = {
  unmapped: (column: string): Kind => ({
    leave: `column:${column}`,
    outcome: 'left out',
    what: `the column ${column || 'without a name'}, which has no place here`,
    advice: `Map it ({"our_name": "${column}"}), add it to src/user-model.ts, or map it to null ({"${column}": null}).`,
  }),
  empty: (column: string): Kind => ({
    outcome: 'left out',
    what: `the column ${column || 'without a name'}, which is empty and has no place here`,
  }),
  groups: (name: string): Kind => ({
    leave: `column:${name}`,
    outcome: 'left out',
    what: `${name === 'groups' ? 'groups' : 'permissions'} of a user (${name}), which are not imported`,
    advice: `Map them to null ({"${name}": null}). Rights here are is_staff, is_superuser and your own columns.`,
  }),
  tokens: (table: string) =>
    loss(
      `table:${table}`,
      `the table ${table}: tokens of a kind that is not imported`,
      'Their clients must log in again.',
    ),
}

const natural =
  'Run dumpdata without --natural-foreign, and export the users of these rows as well.'

export const tokens = {
  keyWithoutUser: loss(
    'key-without-user',
    'an authtoken key without a user in the source',
    natural,
  ),
  unreadableKey: loss(
    'unreadable-key',
    'an authtoken key that cannot be read, or that has no readable user',
    'A row must have key and user_id.',
  ),
  blacklistWithoutUser: loss(
    'blacklist-without-user',
    'a blacklisted token without a user in the source',
    natural,
  ),
  unreadableBlacklist: loss(
    'unreadable-blacklist',
    'a blacklisted token without a readable jti, user or expiry',
    'A row of outstanding tokens must have id, jti, user_id and expires_at.',
  ),
  blacklistWithoutToken: loss(
    'blacklist-without-token',
    'a blacklisted token without its outstanding token in the source',
    'Export token_blacklist_outstandingtoken as well. Otherwise these tokens are valid here.',
  ),
}

/** Whether --leave accepts this code: some kind of finding has it. */
export function isKnownLeaveCode(code: string): boolean {
  if (/^(column|table):/.test(code)) return true
  const kinds = [users, passwords, flags, texts, tokens].flatMap((group) =>
    Object.values<Kind | ((name: string, limit: number) => Kind)>(group),
  )
  return kinds.some((kind) =>
    typeof kind === 'function'
      ? fieldNames.some((name) => kind(name, 0).leave === code)
      : kind.leave === code,
  )
}
