// Splits SQLite's SQL into statements and tokens. So its readers are not misled by comments, literals, quotes or case.

export interface Token {
  kind: 'word' | 'name' | 'literal' | 'sign'
  /** A word in capitals, a quoted name without its quotes, and anything else unchanged. */
  text: string
}

export interface Statement {
  /** Without its semicolon, and without comments around it. */
  text: string
  tokens: Token[]
  /** The position after its semicolon; undefined if the text ends before it. */
  end?: number
}

const patterns: [kind: Token['kind'] | 'space', pattern: RegExp][] = [
  ['space', /\s+|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y],
  ['literal', /[xX]?'(?:[^']|'')*(?:'|$)|\d[\w.]*/y],
  ['name', /"(?:[^"]|"")*(?:"|$)|`(?:[^`]|``)*(?:`|$)|\[[^\]]*(?:\]|$)/y],
  ['word', /[\p{L}_$][\p{L}\p{N}_$]*/uy],
  ['sign', /[\s\S]/y],
]

/** Each statement, in order. */
export function* statementsIn(sql: string): Generator<Statement> {
  let tokens: Token[] = []
  let start = 0
  let blocks = 0
  for (const { start: from, end, token } of tokensIn(sql)) {
    if (isSign(token, ';') && blocks === 0) {
      if (tokens.length > 0) yield { text: sql.slice(start, from), tokens, end }
      tokens = []
      continue
    }
    if (tokens.length === 0) start = from
    tokens.push(token)
    blocks = isTrigger(tokens) ? blocks + blockStep(token) : 0
  }
  if (tokens.length > 0) yield { text: sql.slice(start).trimEnd(), tokens }
}

/** The body of a trigger, between BEGIN and END, contains semicolons. */
const isTrigger = (tokens: Token[]) =>
  isAt(tokens, 0, 'CREATE') && (isAt(tokens, 1, 'TRIGGER') || isAt(tokens, 2, 'TRIGGER'))

const blockStep = ({ kind, text }: Token) => {
  if (kind !== 'word') return 0
  if (text === 'BEGIN' || text === 'CASE') return 1
  return text === 'END' ? -1 : 0
}

export const isSign = ({ kind, text }: Token, sign: string) => kind === 'sign' && text === sign

function* tokensIn(sql: string): Generator<{ start: number; end: number; token: Token }> {
  for (let start = 0; start < sql.length; ) {
    const [kind, text] = tokenAt(sql, start)
    const end = start + text.length
    if (kind !== 'space') yield { start, end, token: { kind, text: unquoted(kind, text) } }
    start = end
  }
}

function tokenAt(sql: string, at: number): [kind: Token['kind'] | 'space', text: string] {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at
    const [text] = pattern.exec(sql) ?? []
    if (text) return [kind, text]
  }
  return ['sign', sql.charAt(at)]
}

function unquoted(kind: Token['kind'], text: string): string {
  if (kind === 'word') return text.toUpperCase()
  if (kind !== 'name') return text
  const quote = text.charAt(0)
  return quote === '[' ? text.slice(1, -1) : text.slice(1, -1).replaceAll(quote + quote, quote)
}

/** Whether the tokens at a position are these words. */
export const isAt = (tokens: Token[], at: number, ...words: string[]) =>
  words.every((word, i) => tokens[at + i]?.kind === 'word' && tokens[at + i]?.text === word)

/**
 * The name of the table at a position, and the position after it. The name is in lower case, since SQLite ignores case.
 * Skips IF EXISTS, IF NOT EXISTS and a schema before the name.
 */
export function tableAt(tokens: Token[], at: number): { table: string; after: number } {
  let start = at
  if (isAt(tokens, start, 'IF', 'NOT', 'EXISTS')) start += 3
  if (isAt(tokens, start, 'IF', 'EXISTS')) start += 2
  if (tokens[start + 1]?.text === '.') start += 2
  // SQLite accepts a name in single quotes too.
  const named = (tokens[start]?.text ?? '').replace(/^'(.*)'$/s, '$1')
  return { table: named.toLowerCase(), after: start + 1 }
}
