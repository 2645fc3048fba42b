// Part of `npm run check`: fails if the suite's own configuration differs from the shipped one. `npm test` does not read
// wrangler.toml, so that it stays green under the settings of a deployer.

import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { parse } from 'smol-toml'
import { fail } from './fail.ts'

const shipped = 'wrangler.toml'
const pinned = 'test/support/wrangler.toml'

/** What tests can notice. The rest is the deployer's alone, such as names, ids and routes. */
const compared = [
  ...['main', 'compatibility_date', 'compatibility_flags', 'alias', 'triggers'],
  ...['ratelimits', 'assets', 'vars', 'observability', 'secrets'],
]

function main() {
  const ours = read(pinned)
  const theirs = read(shipped)
  const names = compared.flatMap((key) => differences(key, theirs[key], ours[key]))
  if (names.length > 0) {
    fail(
      `${names.join(', ')}: ${pinned} differs from ${shipped}.\nIf you change what Gatehouse ships, change both. ` +
        'Settings of your own deployment do no harm: `npm test` does not read them.',
    )
  }
  console.log(`${pinned} has the values of ${shipped}.`)
}

/** Paths as they are from the root. */
const read = (file: string): Record<string, unknown> =>
  parse(readFileSync(file, 'utf8').replaceAll(/"(\.\.\/\.\.|\.)\//g, '"'))

/** The names of the entries that differ: those of a table, or else the key itself. */
function differences(key: string, theirs: unknown, ours: unknown): string[] {
  if (isDeepStrictEqual(theirs, ours)) return []
  if (!isTable(theirs) || !isTable(ours)) return [key]
  const names = new Set([...Object.keys(theirs), ...Object.keys(ours)])
  return [...names].filter((name) => !isDeepStrictEqual(theirs[name], ours[name]))
}

const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

main()
