// How the restore reads and writes SQL, without a database of D1.

import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { insertsFrom } from '../../cli/restore/long-rows.ts'
import { parentsFirst } from '../../cli/restore/order.ts'
import { statementsIn } from '../../cli/sql.ts'

test('a statement ends at its semicolon, and at none in a literal, name, comment or trigger', () => {
  const sql = [
    `INSERT INTO "a;b" VALUES ('it''s; --', 1)`,
    'CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET x = CASE 1 WHEN 1 THEN 2 END; SELECT 1; END',
    'SELECT 1 /* ; */',
  ]
  const texts = [...statementsIn(`${sql.join(';\n-- one; two\n')};`)].map(({ text }) => text)
  assert.deepEqual(
    texts.map((text) => text.trim()),
    sql,
  )
})

test('a statement has no end if it is cut off anywhere', () => {
  const sql = `INSERT INTO "a;b" VALUES ('it''s; x', 1)`
  for (let at = 1; at <= sql.length; at++) {
    const cut = [...statementsIn(sql.slice(0, at))]
    assert.deepEqual([cut.length, cut[0]?.end], [1, undefined])
  }
})

test('tables come after those that they refer to, with any quotes', () => {
  const sql = [
    'CREATE TABLE c (b integer REFERENCES "B"(id), d integer REFERENCES d(id))',
    'CREATE TABLE b (a integer, FOREIGN KEY (a) REFERENCES `a`(id), up integer REFERENCES b(id))',
    'CREATE TABLE d (c integer REFERENCES c(id))',
    'CREATE TABLE a (id integer)',
  ]
  const tables = sql.map((text) => {
    const [statement] = statementsIn(text)
    return { name: statement?.tokens[2]?.text.toLowerCase() ?? '', tokens: statement?.tokens ?? [] }
  })
  assert.deepEqual(
    parentsFirst(tables).map(({ name }) => name),
    ['a', 'b', 'd', 'c'],
  )
})

test('a row of more than 100 KB becomes shorter statements that write the same row', () => {
  const long = `it's 😀; \\ "x" ${'é😀'.repeat(40_000)}`
  const literal = `'${long.replaceAll("'", "''")}'`
  const sql = `INSERT INTO "notes" ("id","text","n","more") VALUES('a',${literal},-1.5e-3,replace('x\\ny','\\n',char(10)))`
  const [statement] = statementsIn(sql)
  assert.ok(statement)

  const inserts = insertsFrom(statement, 'notes')

  assert.ok(inserts.length > 2)
  assert.ok(inserts.every((each) => Buffer.byteLength(each) < 100_000))
  const database = new DatabaseSync(':memory:')
  database.exec('CREATE TABLE notes (id text PRIMARY KEY, text text NOT NULL, n real, more text)')
  database.exec(`INSERT INTO notes VALUES ('other', '', 0, '');${inserts.join(';')}`)
  const found = database.prepare("SELECT * FROM notes WHERE id = 'a'").get()
  assert.deepEqual({ ...found }, { id: 'a', text: long, n: -1.5e-3, more: 'x\ny' })
})
