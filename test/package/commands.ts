// The verbs of the installed command that the other tests do not use.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gatehouse } from './project.ts'
import { folder, workshop } from './workshop.ts'

const digest = createHash('sha256').update('a pond of herons').digest('hex')
const csv = `id,email,password,is_active,is_staff,is_superuser,date_joined,first_name,last_name
7,bea@example.com,${digest},1,0,0,2024-01-01 00:00:00+00,Bea,Bell
`

export function testCommands() {
  test('each verb of the command prints its help', async () => {
    const { stdout } = await gatehouse('--help')
    const verbs = [...stdout.matchAll(/^ {2}([a-z-]+) {2,}/gm)].map(([, verb = '']) => verb)
    assert.ok(verbs.length >= 12)
    for (const verb of verbs) {
      const help = await gatehouse(verb, '--help')
      assert.match(help.stdout, new RegExp(`^Usage: npx gatehouse ${verb}\\b`), verb)
      assert.doesNotMatch(help.output, /ExperimentalWarning/)
    }
  })

  test('import-django wraps a bare digest, in threads of its own', async () => {
    const file = join(folder('django', { 'users.csv': csv }), 'users.csv')
    const target = join(workshop, 'imported')
    mkdirSync(target)
    await gatehouse('import-django', file, '--out', target)
    const sql = readdirSync(target)
      .filter((name) => name.endsWith('.sql'))
      .map((name) => readFileSync(join(target, name), 'utf8'))
      .join('\n')
    assert.ok(sql.includes(hex('bea@example.com')))
    assert.ok(sql.includes(hex('argon2_sha256$$argon2id$v=19$')))
    assert.ok(!sql.includes(hex(digest)))
  })
}

/** A text as the SQL has it. */
const hex = (text: string) => Buffer.from(text).toString('hex')
