// SQL of SQLite as tokens, so that no comment, literal, quoted name or capital letter is taken for something else.

export interface Token {
  kind: 'word' | 'name' | 'literal' | 'sign'
  /** A word in capitals, a quoted name without its quotes, anything else as it stands. */
  text: string
}

export interface Statement {
  /** As it stands, without its semicolon and without what only comments. */
  text: string
  tokens: Token[]
}

const patterns: [kind: Token['kind'] | 'space', looks: RegExp][] = [
  ['space', /\s+|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y],
  ['literal', /[xX]?'(?:[^']|'')*'|\d[\w.]*/y],
  ['name', /"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]/y],
  ['word', /[\p{L}_$][\p{L}\p{N}_$]*/uy],
  ['sign', /[\s\S]/y],
]

/** Each statement, in order. A trigger's body counts as statements of its own. */
export function* statementsIn(sql: string): Generator<Statement> {
  let tokens: Token[] = []
  let start = 0
  for (let at = 0; at < sql.length; ) {
    const [kind, text] = tokenAt(sql, at)
    const end = at + text.length
    if (kind === 'sign' && text === ';') {
      if (tokens.length > 0) yield { text: sql.slice(start, at), tokens }
      tokens = []
    } else if (kind !== 'space') {
      if (tokens.length === 0) start = at
      tokens.push({ kind, text: plain(kind, text) })
    }
    at = end
  }
  if (tokens.length > 0) yield { text: sql.slice(start).trimEnd(), tokens }
}

function tokenAt(sql: string, at: number): [kind: Token['kind'] | 'space', text: string] {
  for (const [kind, looks] of patterns) {
    looks.lastIndex = at
    const [text] = looks.exec(sql) ?? []
    if (text) return [kind, text]
  }
  return ['sign', sql.charAt(at)]
}

function plain(kind: Token['kind'], text: string): string {
  if (kind === 'word') return text.toUpperCase()
  if (kind !== 'name') return text
  const quote = text.charAt(0)
  return quote === '[' ? text.slice(1, -1) : text.slice(1, -1).replaceAll(quote + quote, quote)
}

/** Whether the tokens from a place on are these words. */
export const isAt = (tokens: Token[], at: number, ...words: string[]) =>
  words.every((word, i) => tokens[at + i]?.kind === 'word' && tokens[at + i]?.text === word)

/**
 * The table that is named at a place, in small letters, as SQLite compares names; and the place after it. A schema
 * in front of it is passed over, and so is IF EXISTS.
 */
export function tableAt(tokens: Token[], at: number): { table: string; after: number } {
  let start = at
  if (isAt(tokens, start, 'IF', 'NOT', 'EXISTS')) start += 3
  if (isAt(tokens, start, 'IF', 'EXISTS')) start += 2
  if (tokens[start + 1]?.text === '.') start += 2
  // SQLite takes a name in single quotes too.
  const named = (tokens[start]?.text ?? '').replace(/^'(.*)'$/s, '$1')
  return { table: named.toLowerCase(), after: start + 1 }
}
