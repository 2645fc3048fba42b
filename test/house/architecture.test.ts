// The floors: a file imports from its own room or from lower floors, and imports form no circle. Migrations only add.

import { expect, test } from 'vitest'
import { period } from '../../src/http/rate-limit.ts'
import wrangler from '../support/wrangler.toml?raw'

const floors = [
  // The package, and the Worker that this repository deploys.
  ['index', 'worker'],
  // The entrypoint that other Workers call.
  ['gatehouse', 'rpc'],
  ['app', 'scheduled'],
  ['routes', 'openapi'],
  ['guards'],
  ['bodies'],
  ['http', 'pages'],
  ['context', 'workers', 'client'],
  ['auth'],
  ['accounts'],
  ['security-events'],
  ['sessions'],
  ['mail', 'throttling'],
  ['replicas'],
  ['tokens', 'passwords', 'stubs'],
  ['migrations', 'public-id', 'request-log', 'user-json'],
  ['settings', 'user-agent', 'ip-address'],
  // The deployer's functions.
  ['hooks'],
  ['statements'],
  ['db', 'bindings', 'request-info', 'encoding', 'strip', 'time'],
  ['schema', 'i18n'],
  ['users-table'],
  // The deployer's user model, and the columns of every account. The table of users is made from both.
  ['user-model'],
  ['core-columns', 'user-model-field'],
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

test('every file is on a floor', () => {
  const withoutFloor = Object.keys(sources).filter((file) => floorOf(roomOf(file)) < 0)
  expect(withoutFloor).toEqual([])
})

test('imports go to lower floors, or stay inside a room', () => {
  const upward = Object.entries(sources).flatMap(([file, source]) =>
    importsOf(file, source)
      .filter((other) => !mayImport(roomOf(file), roomOf(other)))
      .map((other) => `${file} imports ${other}`),
  )
  expect(upward).toEqual([])
})

test('imports form no circle', () => {
  const imports = new Map(
    Object.entries(sources).map(([file, source]) => [file, importsOf(file, source)]),
  )
  const circles = [...imports.keys()].flatMap((file) => circleThrough(imports, file) ?? [])
  expect(circles).toEqual([])
})

test('an exported name is declared once', () => {
  const declared = /^export (?:async )?(?:function|const|class|interface|type) (\w+)/gm
  // The fields of a model have the names of the fields of a body, as Django's models and REST framework's serializers do.
  const others = Object.entries(sources).filter(([file]) => roomOf(file) !== 'user-model-field')
  const names = others.flatMap(([, source]) =>
    [...source.matchAll(declared)].map(([, name]) => name),
  )
  expect(names.length).toBeGreaterThan(100)
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
})

test('no file below the context imports Hono, except the JSX of mail', () => {
  const importing = Object.entries(sources)
    .filter(([file]) => floorOf(roomOf(file)) > floorOf('context'))
    .filter(([, source]) => /from 'hono(\/(?!html|jsx)[a-z-]+)?'/.test(source))
  expect(importing.map(([file]) => file)).toEqual([])
})

test('the code that other Workers import reaches only the keys, the header and the trusted URLs', () => {
  const leaves = ['tokens/remote-jwks', 'tokens/authorization-header', 'settings/trusted-urls'].map(
    (name) => `../../src/${name}.ts`,
  )
  const reached = [...leaves, ...Object.keys(sources).filter((file) => roomOf(file) === 'workers')]
  const others = reached.flatMap((file) =>
    importsOf(file, sources[file] ?? '').filter((other) => !leaves.includes(other)),
  )
  expect(others).toEqual([])
})

test('the client for front ends reaches no other room', () => {
  const files = Object.keys(sources).filter((file) => roomOf(file) === 'client')
  expect(files.length).toBeGreaterThan(5)
  const others = files.flatMap((file) =>
    importsOf(file, sources[file] ?? '').filter((other) => roomOf(other) !== 'client'),
  )
  expect(others).toEqual([])
})

test('every rate limit has the period of Retry-After, and its own counter', () => {
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

/** The files of a circle of imports that starts and ends with this file. */
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

/** `../../src/accounts/users.ts` is in `accounts`; a file directly in src is its own room. */
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
