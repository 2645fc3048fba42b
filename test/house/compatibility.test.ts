// docs/settings.md and docs/differences.md have one row for every recorded setting and endpoint of Djoser, Simple JWT, REST
// framework, drf-jwt and cors-headers. docs/settings.md is generated from the code. --silent=false prints the counts by verdict.

import { expect, test } from 'vitest'
import { settingsPage } from '../../cli/settings-page/page.ts'
import { readSettings } from '../../cli/settings-page/read-settings.ts'
import differences from '../../docs/differences.md?raw'
import page from '../../docs/settings.md?raw'
import type { Names } from '../conformance/record.ts'
import { settingsSources as sources } from '../support/settings-sources.ts'

const recorded = Object.values(
  import.meta.glob<Names>('../conformance/recorded/names/*.json', {
    eager: true,
    import: 'default',
  }),
)
const verdicts = ['same', 'better', 'not offered', 'ours'] as const

const [, endpoints = ''] = differences.split(/^## /m)

/** The table rows whose first cell has code: the names in that cell, and the verdict in the last cell. */
const rowsOf = (section: string) =>
  [...section.matchAll(/^\| (`.+?) \| (.+) \|$/gm)].map(([, head = '', rest = '']) => {
    const cells = rest.split(' | ')
    const lastCell = cells.at(-1) ?? ''
    return {
      head,
      names: [...head.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
      verdict: verdicts.find((verdict) => lastCell.startsWith(verdict)),
      lastCell,
      cells,
    }
  })

/** `.part` is a part of the setting before it. */
const inFull = (names: string[]) => {
  const [whole = ''] = names.find((name) => name.includes('.'))?.split('.') ?? []
  return names.map((name) => (name.startsWith('.') ? whole + name : name))
}

test('every row has a verdict, and every verdict but "same" has a reason', () => {
  const rows = [...rowsOf(endpoints), ...rowsOf(page)]
  for (const { lastCell, verdict, cells } of rows) {
    expect(verdict, lastCell).toBeDefined()
    for (const cell of cells) expect(cell.trim(), lastCell).not.toBe('')
    // Our own settings have their meaning in another cell.
    const isExplained = verdict === 'same' || (verdict === 'ours' && cells.length > 1)
    if (!isExplained) expect(lastCell).toMatch(/^(better|not offered|ours): \S/)
  }
})

test('every setting of the Django packages has one row', () => {
  const counts: Record<string, number> = {}
  const rows = rowsOf(page).map((row) => ({ ...row, names: inFull(row.names) }))
  const names = new Set(recorded.flatMap((each) => Object.values(each.settings).flat()))
  for (const name of names) {
    const found = rows.filter((row) => row.names.includes(name))
    expect(found.length, name).toBe(1)
    const verdict = found[0]?.verdict ?? ''
    counts[verdict] = (counts[verdict] ?? 0) + 1
  }
  console.log(`${names.size} settings:`, counts)
})

test('every endpoint of the Django packages has a row, with its methods', () => {
  const counts: Record<string, number> = {}
  const rows = rowsOf(endpoints).map((row) => ({ ...row, paths: pathsIn(row.names) }))
  const all = recorded.flatMap((each) => Object.entries(each.endpoints))
  for (const [path, methods] of new Map(all)) {
    const row = rows.find(({ paths }) => paths.includes(path))
    expect(row, path).toBeDefined()
    const named = row?.head.match(/\b(GET|POST|PUT|PATCH|DELETE)\b/g) ?? ['POST']
    expect([path, [...named].sort()]).toEqual([path, methods])
    counts[row?.verdict ?? ''] = (counts[row?.verdict ?? ''] ?? 0) + 1
  }
  console.log('endpoints:', counts)
})

test('every setting of Gatehouse has one row', () => {
  const named = Object.values(sources).flatMap((source) => [
    ...source.matchAll(/\b(?:read\s*\.\w+|rate)\(\s*'([A-Z][A-Z0-9_]+)'/g),
  ])
  const ours = new Set(named.map(([, name = '']) => name))
  expect(ours.size).toBeGreaterThan(100)
  const rows = rowsOf(page).flatMap((row) => row.names)
  for (const name of ours) expect(rows.filter((row) => row === name).length, name).toBe(1)
  expect([...ours].sort()).toEqual(
    readSettings()
      .map(({ name }) => name)
      .sort(),
  )
})

test('docs/settings.md is current: npm run docs:settings writes it', () => {
  expect(page).toBe(settingsPage(sources))
})

/** A short path is below the last full one, or beside it; `{field}` is the login field. */
function pathsIn(names: string[]): string[] {
  const full = names.filter((name) => name.startsWith('/'))
  const short = names.filter((name) => /^[a-z]/.test(name) && name.endsWith('/'))
  const folders = full.flatMap((path) => [path, path.replace(/[^/]+\/$/, '')])
  return [...full, ...folders.flatMap((folder) => short.map((name) => folder + name))].map((path) =>
    path.replace('{field}', 'email'),
  )
}
