// Every kind of finding of an import: what it is, what becomes of it, how to settle it, and how to leave it.

import type { Kind } from './findings.ts'

/** A row of a user that cannot come. */
const user = (leave: string, what: string, advice: string): Kind => ({
  ...{ leave, what, advice, outcome: 'left out', isUser: true },
})
const lost = (leave: string, what: string, advice: string): Kind => ({
  ...{ leave, what, advice, outcome: 'left out' },
})
const reported = (what: string): Kind => ({ what, outcome: 'imported' })

const wholeIds = 'Only whole numbers from 1 to 9007199254740991 can be ids.'

export const users = {
  noId: user(
    'no-id',
    'the id is no whole number',
    `${wholeIds} Take dumpdata without --natural-primary.`,
  ),
  uuid: user('uuid-id', 'the id is a UUID, and only whole numbers can be imported', wholeIds),
  sameId: user('same-id', 'an id that another row has', 'Take each user out once.'),
  noLogin: (field: string) =>
    user(`no-${field}`, `no ${field} to log in by`, `Give these users one, or set LOGIN_FIELD.`),
  unreadable: (column: string) =>
    user(`unreadable-${column}`, `the value of ${column} cannot be read`, adviceFor(column)),
  tooLarge: (column: string) =>
    user(
      `large-${column}`,
      `a whole number in ${column} beyond 9007199254740991, which would be rounded`,
      'Make it a column of text in src/user-model.ts.',
    ),
  tooLong: user('long-row', 'more than D1 takes in a statement', 'Shorten what the row holds.'),
  sameEmail: user(
    'same-email',
    'an address (in any case) that another row has',
    'Give one of the two another address in Django. Left, only the lower id comes.',
  ),
  sameUsername: user(
    'same-username',
    'a username that another row has',
    'Give one of the two another username in Django. Left, only the lower id comes.',
  ),
  sameValue: (column: string) =>
    user(
      `same-${column}`,
      `a ${column} that another row has, and that is unique here`,
      'Give one of the two another value in Django. Left, only the lower id comes.',
    ),
  valueTaken: (column: string) =>
    user(
      `${column}-taken`,
      `a ${column} that a user has here, and that is unique here`,
      'Change or delete the user who has it here.',
    ),
  idTaken: user('id-taken', 'an id that another user has here', 'Import into an empty database.'),
  loginTaken: user(
    'login-taken',
    'an address or username that is taken here',
    'Change or delete the user who has it here.',
  ),
  keyKept: {
    what: 'an authtoken key that is not here, of a user who is: keys come with their users alone',
    outcome: 'kept',
  } satisfies Kind,
  gone: {
    what: 'gone since an import, and not brought back (--again)',
    outcome: 'kept',
  } satisfies Kind,
}

const adviceFor = (column: string) =>
  /^(is_|last_login|date_joined)/.test(column)
    ? `Write ${column.startsWith('is_') ? 'true or false' : 'a time as 2020-01-31 23:59:59+00'} there.`
    : 'Mend the value, or map the column to null.'

const reset = 'These users log in after a reset by email.'

export const passwords = {
  clear: {
    ...{ leave: 'clear-text', outcome: 'replaced', advice: reset },
    what: 'a password in clear text, or by no hasher: a random one, and no login before a reset',
  } satisfies Kind,
  locked: reported(
    'other text after "!" than Django writes, which may be a password: not kept; no login, and no reset, as before',
  ),
  none: {
    ...{ leave: 'no-password', outcome: 'replaced', advice: reset },
    what: 'no password at all: a random one, and no login before a reset',
  } satisfies Kind,
  unknown: (algorithm: string): Kind => ({
    ...{ leave: 'unknown-hash', outcome: 'imported', advice: reset },
    what: `a password by ${algorithm || 'a hasher that is not Django’s'}: no login before a reset`,
  }),
  malformed: (algorithm: string): Kind => ({
    ...{ leave: 'malformed-hash', outcome: 'imported', advice: reset },
    what: `a malformed hash of ${algorithm}: no login before a reset`,
  }),
  expensive: (algorithm: string): Kind => ({
    ...{ leave: 'expensive-hash', outcome: 'imported', advice: reset },
    what: `a hash of ${algorithm} that costs more than is verified here: no login before a reset`,
  }),
}

export const flags = {
  noIsActive: {
    ...{ leave: 'no-is_active', outcome: 'imported' },
    what: 'no is_active in the source: the user is active',
    advice: 'Name the column that tells it, or map it to null: {"is_active": null}.',
  } satisfies Kind,
  isActiveIsNull: reported('is_active is mapped to null: the user is active'),
}

export const texts = {
  half: (column: string): Kind => ({
    ...{ leave: 'half-character', outcome: 'replaced' },
    what: `half a character in ${column}, in whose place is U+FFFD`,
    advice: 'Mend the value in Django.',
  }),
  replaced: (column: string) =>
    reported(`${column} has U+FFFD, the mark of a character that was lost before`),
  nul: (column: string) => reported(`${column} has a NUL character`),
  notEmail: reported('the email address is none'),
  tooLong: (column: string, most: number) => reported(`${column} is longer than ${most}`),
}

export const columns = {
  unmapped: (column: string): Kind => ({
    ...{ leave: `column:${column}`, outcome: 'left out' },
    what: `the column ${column || 'without a name'}, for which there is none here`,
    advice: `Map it ({"our_name": "${column}"}), add it to src/user-model.ts, or map it to null ({"${column}": null}).`,
  }),
  empty: (column: string): Kind => ({
    ...{ outcome: 'left out' },
    what: `the column ${column || 'without a name'}, which is empty, and for which there is none here`,
  }),
  groups: (name: string): Kind => ({
    ...{ leave: `column:${name}`, outcome: 'left out' },
    what: `${name === 'groups' ? 'groups' : 'permissions'} of a user (${name}), which are not imported`,
    advice: `Map them to null ({"${name}": null}). Rights here are is_staff, is_superuser and your own columns.`,
  }),
  tokens: (table: string) =>
    lost(
      `table:${table}`,
      `the table ${table}: tokens of a kind that is not imported`,
      'Their clients log in anew.',
    ),
}

const natural = 'Take dumpdata without --natural-foreign, with the users of these rows.'

export const tokens = {
  keyOfNobody: lost('key-of-nobody', 'an authtoken key of nobody', natural),
  unreadableKey: lost(
    'unreadable-key',
    'an authtoken key that cannot be read, or whose user’s id cannot',
    'A row needs key and user_id.',
  ),
  blacklistOfNobody: lost('blacklist-of-nobody', 'a blacklisted token of nobody', natural),
  unreadableBlacklist: lost(
    'unreadable-blacklist',
    'a blacklisted token without a jti, a user or an end that can be read',
    'A row of outstanding tokens needs id, jti, user_id and expires_at.',
  ),
  blacklistWithoutToken: lost(
    'blacklist-without-token',
    'a blacklisted token whose outstanding token is not in the source',
    'Take token_blacklist_outstandingtoken out as well: these tokens would be good here.',
  ),
}
