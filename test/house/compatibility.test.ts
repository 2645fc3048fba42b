// docs/settings.md and docs/differences.md have one row for every setting and endpoint of the originals, as they are
// recorded beside their answers; docs/settings.md names every setting of ours. With --silent=false it prints how many are what.

import { expect, test } from 'vitest'
import differences from '../../docs/differences.md?raw'
import table from '../../docs/settings.md?raw'
import settings from '../../src/settings/parse.ts?raw'
import type { Names } from '../conformance/record.ts'

const recorded = Object.values(
  import.meta.glob<Names>('../conformance/recorded/names/*.json', {
    eager: true,
    import: 'default',
  }),
)
const verdicts = ['same', 'better', 'not offered', 'ours'] as const

const [, endpoints = ''] = differences.split(/^## /m)

/** The rows under a headline: what each is about, and what it says of that. */
const rowsOf = (section: string) =>
  [...section.matchAll(/^\| (`.+?) \| (.+) \|$/gm)].map(([, head = '', said = '']) => ({
    head,
    names: [...head.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
    verdict: verdicts.find((verdict) => said.startsWith(verdict)),
    said,
  }))

/** `.part` belongs to the setting before it. */
const inFull = (names: string[]) => {
  const [whole = ''] = names.find((name) => name.includes('.'))?.split('.') ?? []
  return names.map((name) => (name.startsWith('.') ? whole + name : name))
}

test('every row says same, or with its reason better, not offered or ours', () => {
  const rows = [...rowsOf(endpoints), ...rowsOf(table)]
  for (const { said, verdict } of rows) {
    expect(verdict, said).toBeDefined()
    if (verdict !== 'same') expect(said).toMatch(/^(better|not offered|ours): \S/)
  }
})

test('every setting of the originals has one row', () => {
  const counts: Record<string, number> = {}
  const rows = rowsOf(table).map((row) => ({ ...row, names: inFull(row.names) }))
  const names = new Set(recorded.flatMap((each) => Object.values(each.settings).flat()))
  for (const name of names) {
    const found = rows.filter((row) => row.names.includes(name))
    expect(found.length, name).toBe(1)
    const verdict = found[0]?.verdict ?? ''
    counts[verdict] = (counts[verdict] ?? 0) + 1
  }
  console.log(`${names.size} settings:`, counts)
})

test('every endpoint of the originals has a row, with its methods', () => {
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

test('every setting of ours is named', () => {
  const ours = [...settings.matchAll(/read\s*\.\w+\(\s*'([A-Z][A-Z0-9_]+)'/g)]
  const named = [...table.matchAll(/`([A-Z][A-Z0-9_]+)(\*?)/g)]
  expect(ours.length).toBeGreaterThan(80)
  for (const [, name = ''] of ours) {
    const isNamed = named.some(([, known = '', more]) =>
      more === '*' ? name.startsWith(known) : name === known,
    )
    expect(isNamed, name).toBe(true)
  }
})

/** A short path hangs on the last full one, or stands beside it; `{field}` is what people log in by. */
function pathsIn(names: string[]): string[] {
  const full = names.filter((name) => name.startsWith('/'))
  const short = names.filter((name) => /^[a-z]/.test(name) && name.endsWith('/'))
  const folders = full.flatMap((path) => [path, path.replace(/[^/]+\/$/, '')])
  return [...full, ...folders.flatMap((folder) => short.map((name) => folder + name))].map((path) =>
    path.replace('{field}', 'email'),
  )
}
