// The words that STYLE.md forbids stay out of documents, comments and titles of tests. Names, addresses and output may
// have them: text between backticks and fenced blocks are exempt. So are STYLE.md's own bad examples.

import { expect, test } from 'vitest'

/** A space also matches the end of a line. */
const forbidden = [
  'who|whom|whoever|whomever|nobody|somebody|anybody|he|him|his|stranger|thief|guesser',
  'wants|told|tells? of|stands|taken back|had by|lets? in|gives? back|given back|forgives?|forgiven',
  'e-mails?|mail address(?:es)?|log-ins?|logs-in|misfits?|complaints?|complains?|refusals?',
  'brakes?|doors?|grace|living|dead|owe[ds]?|owing|noted|the lane|(?:a|no|its|their|the) turns?',
  "that which|as good as|of one['’]s own|how many-?th|manieth|(?<!round )trips?",
]
const word = new RegExp(`\\b(?:${forbidden.join('|')})\\b`.replaceAll(' ', '\\s+'), 'gi')

const sources = import.meta.glob<string>(
  [
    '/*.{md,ts,toml}',
    '/{docs,src,cli,test,bench,examples}/**/*.{md,ts,tsx,py,toml}',
    '/.{ci,github}/**/*',
    '!**/{node_modules,.wrangler}/**',
    '!/test/house/words.test.ts',
  ],
  { query: '?raw', import: 'default', eager: true },
)
const files = Object.entries(sources).map(([path, source]) => ({ file: path.slice(1), source }))
const filesLike = (path: RegExp) => files.filter(({ file }) => path.test(file))

test('documents have no forbidden word', () => {
  expect(findIn(filesLike(/\.md$/), proseOf)).toEqual([])
})

test('comments have no forbidden word', () => {
  expect(findIn(filesLike(/\.tsx?$/), commentsOf)).toEqual([])
  expect(findIn(filesLike(/\.(?:py|toml|ya?ml)$|^\.ci\//), hashCommentsOf)).toEqual([])
})

test('titles of tests have no forbidden word', () => {
  expect(findIn(filesLike(/^test\/.*\.tsx?$/), titlesOf)).toEqual([])
})

test.each([
  ['README.md', 'For whoever logs in.\n\n```sh\nwho\n```\n', ['README.md:1 whoever']],
  ['README.md', 'An account is taken\nback. `who` is a command.\n', ['README.md:1 taken back']],
  ['STYLE.md', '| word | not |\n|---|---|\n| user | he |\n| his | – |', ['STYLE.md:4 his']],
  ['STYLE.md', 'Never *he*, and never "who".\nNever nobody.', ['STYLE.md:2 nobody']],
])('finds what is forbidden in %s: %j', (file, source, found) => {
  expect(findIn([{ file, source }], proseOf)).toEqual(found)
})

test.each([
  ['// Lets\n// in users.\nconst who = 1', ['a.ts:1 Lets in']],
  [
    '/** A trip. */\n/**\n * A round\n * trip. His trip.\n */',
    ['a.ts:1 trip', 'a.ts:4 His', 'a.ts:4 trip'],
  ],
  ["const who = 'nobody' // `he` wants it", ['a.ts:1 wants']],
])('finds what is forbidden in a comment: %j', (source, found) => {
  expect(findIn([{ file: 'a.ts', source }], commentsOf)).toEqual(found)
})

test('finds what is forbidden in a title', () => {
  const source =
    "test('nobody', () => {})\ndescribe.each([\n  'he',\n])(\n  'who: %s',\n  () => {},\n)"
  expect(findIn([{ file: 'a.ts', source }], titlesOf)).toEqual(['a.ts:1 nobody', 'a.ts:5 who'])
})

interface File {
  file: string
  source: string
}

/** Each forbidden word, as `file:line word`. `textOf` keeps the lines of the file. */
const findIn = (files: File[], textOf: (file: File) => string) =>
  files.flatMap((file) => {
    const text = textOf(file).replaceAll(/`[^`\n]*`|https?:\S+|\]\([^)\s]*\)/g, '–')
    return [...text.matchAll(word)].map(({ 0: found, index }) => {
      const line = text.slice(0, index).split('\n').length
      return `${file.file}:${line} ${found.replaceAll(/\s+/g, ' ')}`
    })
  })

/** A document without its fenced blocks, and STYLE.md without its bad examples. */
function proseOf({ file, source }: File) {
  const prose = source.replaceAll(/^ *```.*?^ *```/gms, (block) => block.replaceAll(/[^\n]/g, ''))
  return file === 'STYLE.md' ? withoutBadExamples(prose) : prose
}

/** STYLE.md without italics, quotations, and the columns that are headed “not” or “bad”. */
function withoutBadExamples(prose: string) {
  let column = -1
  const lines = prose.split('\n').map((line) => {
    if (!line.startsWith('|')) column = -1
    const cells = line.split('|')
    if (column < 0) column = cells.findIndex((cell) => ['not', 'bad'].includes(cell.trim()))
    return cells.filter((_, index) => index !== column).join('|')
  })
  return lines.join('\n').replaceAll(/\*[^*\n]+\*|"[^"\n]*"/g, '–')
}

/** The comments of TypeScript, each on its line. */
const commentsOf = ({ source }: File) =>
  linesOf(source, /^\s*(?:\/\/|\/\*\*?|\*(?!\/))(.*)|[\s{](?:\/\/|\/\*\*?)\s(.*)/)

/** The comments of Python, TOML, YAML and shell, and the docstrings of Python. */
const hashCommentsOf = ({ source }: File) => {
  const docstrings = source.replaceAll(/"""(.*?)"""/gs, (_, text: string) =>
    text.replaceAll(/^/gm, '# '),
  )
  return linesOf(docstrings, /(?:^|\s)#(?!!)(.*)/)
}

/** What matches of each line. A line without a match is a dash, so that no phrase goes on across it. */
const linesOf = (source: string, pattern: RegExp) =>
  source
    .split('\n')
    .map((line) => pattern.exec(line)?.slice(1).join('') ?? '–')
    .join('\n')

/** The titles in a test file: the string that begins a call of `test`, `describe` or `test.each(…)`. */
function titlesOf({ source }: File) {
  const title =
    /(?:\b(?:test|it|describe)(?:\.\w+)*|\))\(\s*(?:'((?:\\.|[^'\n])*)'|"([^"\n]*)"|`([^`]*)`)/g
  let text = ''
  let end = 0
  for (const match of source.matchAll(title)) {
    const start = match.index + match[0].search(/['"`]/)
    text += source.slice(end, start).replaceAll(/[^\n]/g, '')
    text += `–${match.slice(1).join('')}–`
    end = match.index + match[0].length
  }
  return text
}
