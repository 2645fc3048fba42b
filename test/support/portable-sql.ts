// What a statement must not do, so that a batch can be sent again elsewhere with the same effect: read the clock, a random
// value or a counter of the database, or read a user beside the user that the batch is about (docs/decisions/040).

const forbidden: [RegExp, string][] = [
  [/\b(strftime|unixepoch|julianday|date|time|datetime|timediff)\s*\(/i, 'reads the clock'],
  [/\bcurrent_(timestamp|time|date)\b/i, 'reads the clock'],
  [/\brandom(blob)?\s*\(/i, 'reads a random value'],
  [/\b(last_insert_rowid|total_changes)\s*\(|\bsqlite_sequence\b/i, 'reads a counter'],
  [/^\s*(begin|commit|rollback|savepoint|release|pragma|attach|vacuum)\b/i, 'is no query'],
]

/** Users beside the subject of a batch, by the alias of their table, and the reason. */
const otherUsers: Record<string, string> = {
  named:
    'a token or a login names its user by login name, a client by the UUID; an event shows the UUID of its actor',
  other: 'a login name or an address must be unique',
  actor: 'an impersonation token names the superuser that acts',
}

/** The problems of a statement, each with the statement's text. */
export function notPortable(statement: string): string[] {
  const withoutTexts = statement.replace(/'(?:[^']|'')*'/g, "''")
  const found = forbidden.flatMap(([pattern, what]) => (pattern.test(withoutTexts) ? [what] : []))
  const others = [...withoutTexts.matchAll(/\b(?:from|join|,) "?users"? (?:as )?"?(\w+)"?/gi)]
    .map(([, alias = '']) => alias)
    .filter((alias) => !isKeyword.test(alias) && otherUsers[alias] === undefined)
  const read = others.map((alias) => `reads other users as ${alias}`)
  return [...found, ...read].map((problem) => `a statement ${problem}: ${statement}`)
}

const isKeyword = /^(where|order|group|limit|on|left|inner|join|cross|union|returning|set)$/i
