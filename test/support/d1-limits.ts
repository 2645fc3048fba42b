// D1's limits of a statement. The SQLite of tests does not enforce them, or only when a test runs the statement:
// https://developers.cloudflare.com/d1/platform/limits/. Every statement of the tests is checked (test/support/setup.ts).

export const limits = { parameters: 100, arguments: 32, bytes: 100_000 }

/** The problems of a statement, each with the statement's text. */
export function beyondLimits(statement: string): string[] {
  const tokens = tokensOf(statement)
  const parameters = parametersIn(tokens)
  const bytes = new TextEncoder().encode(statement).length
  const long = callsIn(tokens).filter((call) => call.arguments > limits.arguments)
  const problems = [
    ...(parameters > limits.parameters ? [`binds ${parameters} parameters`] : []),
    ...long.map((call) => `calls ${call.name}() with ${call.arguments} arguments`),
    ...(bytes > limits.bytes ? [`has ${bytes} bytes`] : []),
  ]
  return problems.map((problem) => `a statement ${problem}: ${statement}`)
}

const watched = Symbol.for('statements beyond D1’s limits')

/** The problems of all statements that are prepared from now on, on any D1 of this isolate. */
export function watch(db: D1Database): string[] {
  const prototype = Object.getPrototypeOf(db) as D1Database & { [watched]?: string[] }
  if (prototype[watched]) return prototype[watched]
  const found: string[] = []
  const known = new Set<string>()
  const prepare = prototype.prepare
  prototype.prepare = function prepareWithin(this: D1Database, statement: string) {
    if (!known.has(statement)) found.push(...beyondLimits(statement))
    known.add(statement)
    return prepare.call(this, statement)
  }
  prototype[watched] = found
  return found
}

interface Call {
  name: string
  arguments: number
}

interface Parenthesis {
  name: string
  commas: number
  isEmpty: boolean
}

// A string, a quoted name, a comment, a parameter, a word, a punctuation mark. White space is skipped.
const token =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?\*\/|\?\d*|[\w$]+|\S/g

/** Words that may precede a parenthesis and are not functions. */
const keywords = new Set(
  `all and as between by case check conflict distinct else except exists from group having in index intersect into is join key
  like limit not offset on or order over partition primary references returning select set table then union unique using values when
  where with`.split(/\s+/),
)

const tokensOf = (statement: string) =>
  [...statement.matchAll(token)].map(([text]) => text).filter((text) => !/^(--|\/\*)/.test(text))

const parametersIn = (tokens: string[]) =>
  tokens.filter((text) => text.startsWith('?')).reduce(parameterAfter, 0)

function callsIn(tokens: string[]): Call[] {
  const calls: Call[] = []
  const open: Parenthesis[] = []
  for (const [at, text] of tokens.entries()) {
    const inner = open.at(-1)
    if (text === ')') {
      open.pop()
      if (inner?.name) calls.push(callOf(inner))
      continue
    }
    if (inner) inner.isEmpty = false
    if (inner && text === ',') inner.commas++
    if (text === '(') {
      open.push({ name: functionName(tokens[at - 2], tokens[at - 1]), commas: 0, isEmpty: true })
    }
  }
  return calls
}

const callOf = ({ name, commas, isEmpty }: Parenthesis): Call => ({
  name,
  arguments: isEmpty ? 0 : commas + 1,
})

// `?7` is the seventh parameter, and the next `?` is the one after the highest so far.
const parameterAfter = (highest: number, text: string) =>
  text === '?' ? highest + 1 : Math.max(highest, Number(text.slice(1)))

// The columns of `insert into t (…)`, of an index and of a CTE look like a call.
function functionName(before = '', last = ''): string {
  const isWord = /^[a-z_]\w*$/i.test(last) && !keywords.has(last.toLowerCase())
  return isWord && !/^(into|table|on|references|with|recursive|\.)$/i.test(before) ? last : ''
}
