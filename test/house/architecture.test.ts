// The floors: imports go down, or stay inside a room, and no files import each other in a circle. Migrations only add.

import { expect, test } from 'vitest'
import { period } from '../../src/http/rate-limit.ts'
import wrangler from '../../wrangler.toml?raw'

const floors = [
  ['worker'],
  // For other Workers: what they call here.
  ['rpc'],
  ['app', 'scheduled'],
  ['routes'],
  ['guards'],
  ['http', 'pages'],
  ['context', 'workers'],
  ['auth'],
  ['accounts'],
  ['security-events'],
  ['sessions'],
  ['mail', 'throttling'],
  ['tokens', 'passwords', 'stubs'],
  ['migrations'],
  ['statements'],
  ['db', 'settings', 'user-agent', 'ip-address', 'request-info'],
  ['encoding', 'strip', 'time'],
  // What a deployer decides in code.
  ['hooks'],
  ['schema', 'i18n'],
  // The deployer's own user model, and the columns of every account: the tables are made from both.
  ['user-model', 'core-columns'],
  ['user-model-field'],
]

const sources = import.meta.glob<string>('../../src/**/*.{ts,tsx}', {
  query: '?raw',
  import: 'default',
  eager: true,
})
const migrations = import.meta.glob<string>('../../migrations/*.sql', {
  query: '?raw',
  import: 'default',
  eager: true,
})

test('every file stands on a floor', () => {
  const homeless = Object.keys(sources).filter((file) => floorOf(roomOf(file)) < 0)
  expect(homeless).toEqual([])
})

test('imports go down, or stay inside a room', () => {
  const climbing = Object.entries(sources).flatMap(([file, source]) =>
    importsOf(file, source)
      .filter((other) => !mayImport(roomOf(file), roomOf(other)))
      .map((other) => `${file} imports ${other}`),
  )
  expect(climbing).toEqual([])
})

test('no file imports itself through other files', () => {
  const imports = new Map(
    Object.entries(sources).map(([file, source]) => [file, importsOf(file, source)]),
  )
  const circles = [...imports.keys()].flatMap((file) => circleThrough(imports, file) ?? [])
  expect(circles).toEqual([])
})

test('an exported name is declared once', () => {
  const declared = /^export (?:async )?(?:function|const|class|interface|type) (\w+)/gm
  const names = Object.values(sources).flatMap((source) =>
    [...source.matchAll(declared)].map(([, name]) => name),
  )
  expect(names.length).toBeGreaterThan(100)
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
})

test('nothing below the context knows Hono, but for the JSX that mail is written in', () => {
  const knowing = Object.entries(sources)
    .filter(([file]) => floorOf(roomOf(file)) > floorOf('context'))
    .filter(([, source]) => /from 'hono(\/(?!html|jsx)[a-z-]+)?'/.test(source))
  expect(knowing.map(([file]) => file)).toEqual([])
})

test('what other Workers import has nothing of the house but the keys and the header', () => {
  const leaves = ['tokens/remote-jwks', 'tokens/authorization-header', 'settings/trusted-urls'].map(
    (name) => `../../src/${name}.ts`,
  )
  const reached = [...leaves, ...Object.keys(sources).filter((file) => roomOf(file) === 'workers')]
  const strangers = reached.flatMap((file) =>
    importsOf(file, sources[file] ?? '').filter((other) => !leaves.includes(other)),
  )
  expect(strangers).toEqual([])
})

test('Retry-After is the period of every Rate Limiting binding, and each counts by itself', () => {
  const limits = wrangler.split('[[ratelimits]]').slice(1)
  expect(limits.length).toBeGreaterThanOrEqual(3)
  for (const limit of limits) expect(limit).toContain(`period = ${period} }`)
  const namespaces = limits.map((limit) => /namespace_id = "(\d+)"/.exec(limit)?.[1])
  expect(new Set(namespaces).size).toBe(limits.length)
})

test('migrations add, and never drop or rebuild a table', () => {
  expect(Object.keys(migrations).length).toBeGreaterThan(0)
  for (const sql of Object.values(migrations)) expect(sql).not.toMatch(/drop table|__new_/i)
})

/** The files of a circle of imports that begins and ends with this file. */
function circleThrough(imports: Map<string, string[]>, file: string): string[] | undefined {
  const reachedFrom = new Map<string, string>()
  const waiting = [file]
  for (const next of waiting) {
    for (const imported of imports.get(next) ?? []) {
      if (imported === file) return pathTo(next, reachedFrom, file)
      if (reachedFrom.has(imported)) continue
      reachedFrom.set(imported, next)
      waiting.push(imported)
    }
  }
  return undefined
}

function pathTo(end: string, reachedFrom: Map<string, string>, start: string): string[] {
  const path = [end]
  for (let file = end; file !== start; path.unshift(file)) file = reachedFrom.get(file) ?? start
  return path
}

function mayImport(room: string, other: string): boolean {
  return room === other || floorOf(room) < floorOf(other)
}

function floorOf(room: string): number {
  return floors.findIndex((rooms) => rooms.includes(room))
}

/** `../../src/accounts/users.ts` is in `accounts`; a file of src itself is a room of its own. */
function roomOf(file: string): string {
  const path = file.replace('../../src/', '').replace(/\.tsx?$/, '')
  return floors.flat().includes(path) ? path : (path.split('/')[0] ?? path)
}

function importsOf(file: string, source: string): string[] {
  const folder = file.slice(0, file.lastIndexOf('/'))
  return [...source.matchAll(/from '(\.[^']+\.tsx?)'/g)].map(([, path = '']) => {
    const { pathname } = new URL(path, `http://x/${folder.replace('../../', '')}/`)
    return `../..${pathname}`
  })
}
