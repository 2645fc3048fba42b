import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { quiet, userRow } from './importing.ts'
import { newProject } from './project.ts'

/** A copy of the project with three columns more: a number, a flag, and a flag that may be null. */
function withOwnColumns() {
  const project = newProject({ copied: ['src', 'cli'] })
  const file = 'src/user-model.ts'
  const text = readFileSync(file, 'utf8')
    .replace('type Field, text }', 'boolean, type Field, integer, text }')
    .replace('import { sqliteTable }', 'import { integer as integerColumn, sqliteTable }')
    .replace(
      'export const standardFields = {',
      `export const standardFields = {
        points: integer({ default: 0, readOnly: true }),
        newsletter: boolean({ default: true }),
        is_parent: { column: integerColumn('is_parent', { mode: 'boolean' }), readOnly: true },`,
    )
  project.write(file, text)
  return project
}

test('npm run import-django reads numbers and flags of a custom model, and neither rounds nor guesses', async () => {
  const project = withOwnColumns()
  const own = { points: 9007199254740991, newsletter: 'no', is_parent: null }
  const rows = [
    userRow(1, own),
    userRow(2, { ...own, newsletter: 'perhaps' }),
    userRow(3, { ...own, newsletter: null }),
    userRow(4, { ...own, is_parent: 'Y', points: '7' }),
    userRow(5, { ...own, points: 'many' }),
  ]
  const large = JSON.stringify(userRow(6, own)).replace('9007199254740991', '9007199254740993')
  project.write('dump.json', `${JSON.stringify(rows).slice(0, -1)},${large}]`)
  const out = newProject().file('sql')

  const refused = await project.run('import-django', ['--dry-run', 'dump.json'], quiet)
  const options = ['dump.json', '--skip-faulty', '--out', out]
  const { status, output } = await project.run('import-django', options, quiet)

  assert.equal(refused.status, 1)
  assert.match(refused.output, /^the value of newsletter cannot be read +2 {2}left out {2}2, 3$/m)
  assert.match(refused.output, /^the value of points cannot be read +1 {2}left out {2}5$/m)
  assert.match(refused.output, /^a whole number in points above .* 1 {2}left out {2}6$/m)
  assert.match(refused.output, /--leave large-points +Make it a column of text/)
  assert.equal(status, 0, output)
  const sql = readdirSync(out).map((name) => readFileSync(join(out, name), 'utf8'))
  const [head = '', ...values] = sql
    .join('')
    .split('\n')
    .filter((line) => /points|^\(/.test(line))
  const names = /\((.*)\)/.exec(head)?.[1]?.split(', ') ?? []
  const stored = values.map((line) => line.replace(/^\(|\),?$/g, '').split(', '))
  const of = (name: string) => stored.map((row) => row[names.indexOf(name)])
  assert.deepEqual(of('id'), ['1', '4'])
  assert.deepEqual(of('points'), ['9007199254740991', '7'])
  assert.deepEqual(of('newsletter'), ['0', '0'])
  assert.deepEqual(of('is_parent'), ['NULL', '1'])
})
