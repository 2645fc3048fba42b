// docs/security.md: each promise must be a table row, and name existing tests.

import { describe, expect, test } from 'vitest'
import guide from '../../docs/security.md?raw'

const files = import.meta.glob<string>('/test/**/*.ts', {
  query: '?raw',
  import: 'default',
  eager: true,
})

/** The cells of each table row below a heading, without the head of the table. */
const rowsBelow = (heading: string) =>
  (sections.get(heading) ?? '')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) => line.split(/(?<!\\)\|/).slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()))

const sections = new Map(
  guide
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.split('\n', 1)[0] ?? '', section]),
)

const link = /\[`([^`]+)`\]\(\.\.\/test\/([^)]+)\)/g
const linksIn = (text: string) =>
  [...text.matchAll(link)].map(([, name = '', file = '']) => [name.replaceAll('\\|', '|'), file])

const without = ['Attackers', 'Out of scope', 'What is not promised']
const subjects = [...sections.keys()].filter((heading) => !without.includes(heading))
const attackers = rowsBelow('Attackers').map(([name]) => name)

test.each(linksIn(guide))('%s is in %s', (name, file) => {
  const source = files[`/test/${file}`] ?? ''
  const titles = ["'", '"', '`'].map((quote) => `(${quote}${name}${quote},`)
  expect(titles.some((title) => source.replace(/\(\s+/g, '(').includes(title))).toBe(true)
})

describe.each(subjects)('%s', (heading) => {
  const rows = rowsBelow(heading)

  test('has promises, each in a row of three cells', () => {
    expect(rows).not.toEqual([])
    expect(rows.filter((cells) => cells.length !== 3 || cells.includes(''))).toEqual([])
  })

  test('names only attackers of the first table', () => {
    const named = rows.flatMap(([, against = '']) => against.split(', '))
    expect(named.filter((name) => !attackers.includes(name))).toEqual([])
  })

  test('names tests, and nothing else, in the last cell of each row', () => {
    const odd = rows.filter(([, , cell = '']) => {
      const rest = cell.replaceAll(link, '').replaceAll(',', '').trim()
      return linksIn(cell).length === 0 || rest !== ''
    })
    expect(odd).toEqual([])
  })
})

test('the page has more than 150 promises and more than 10 limits', () => {
  expect(subjects.flatMap(rowsBelow).length).toBeGreaterThan(150)
  expect(rowsBelow('What is not promised').length).toBeGreaterThan(10)
})
