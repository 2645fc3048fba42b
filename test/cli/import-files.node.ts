import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { dryRun, fileOf, header, importFiles, line, userRow } from './importing.ts'
import { newProject } from './project.ts'

const dump = JSON.stringify([userRow(1)])
const utf16 = (text: string, mark = true) =>
  Buffer.from(`${mark ? '\uFEFF' : ''}${text}`, 'utf16le')
const bigEndian = (text: string, mark = true) => utf16(text, mark).swap16()
const ascii = (text: string) => Buffer.from(text, 'latin1')
const copy = (schema: string) =>
  `COPY ${schema}.auth_user (id, email, password, is_active) FROM stdin;\n1\ta@x.org\t!\tt\n\\.\n`
const insert = `INSERT INTO auth_user VALUES (1,'secret');\n`

/** The name of a file, its content, and the sentence that says what to do. */
const refused: [string, string, string | Uint8Array, RegExp][] = [
  ['nothing', 'empty.json', '', /it is empty\.$/m],
  ['nothing but blanks', 'blank.csv', ' \n\n', /it is empty\.$/m],
  ['gzip', 'dump.json.gz', gzipSync(dump), /compressed with gzip\. .*gunzip/],
  ['zip', 'dump.zip', ascii('PK\x03\x04\x14\0\0\0'), /a zip file\. .*unzip/],
  ['bzip2', 'dump.bz2', ascii('BZh91AY&SY'), /bunzip2/],
  ['xz', 'dump.xz', ascii('\xfd7zXZ\0\0'), /unxz/],
  ['zstd', 'dump.zst', ascii('\x28\xb5\x2f\xfd\0'), /unzstd/],
  ['pg_dump -Fc', 'django.dump', ascii('PGDMP\x01\x0e\0'), /pg_restore --data-only -f/],
  ['a tar file', 'd.tar', ascii(`toc.dat${'\0'.repeat(250)}ustar`), /a tar file\. .*tar -xf/],
  [
    'UTF-16 without a byte order mark',
    'dump.json',
    utf16(dump, false),
    /iconv -f utf-16le -t utf-8/,
  ],
  [
    'UTF-16BE without a byte order mark',
    'dump.json',
    bigEndian(dump, false),
    /iconv -f utf-16be -t utf-8/,
  ],
  ['bytes of any kind', 'photo.jpg', ascii('\xff\xd8\xff\0\x1b[2J'), /neither text nor a SQLite/],
  ['half a character in UTF-16', 'u.csv', utf16(header).subarray(0, -1), /not valid UTF-16/],
  ['YAML', 'dump.yaml', '- model: auth.user\n  pk: 1\n', /it is YAML\. .*--format json/],
  ['YAML with its mark', 'dump.yaml', '---\n- fields: {}\n', /it is YAML/],
  ['XML', 'dump.xml', '<?xml version="1.0"?>\n<django-objects>', /it is XML or HTML/],
  ['mysqldump', 'dump.sql', `-- MySQL dump 10.13\n${insert}`, /mysqldump or phpMyAdmin.*dumpdata/],
  ['MariaDB', 'dump.sql', `/*M!999999 sandbox */;\n${insert}`, /mysqldump or phpMyAdmin/],
  ['phpMyAdmin', 'dump.sql', `-- phpMyAdmin SQL Dump\n${insert}`, /mysqldump or phpMyAdmin/],
  [
    'pg_dump --inserts',
    'd.sql',
    `--\n-- PostgreSQL database dump\n--\n${insert}`,
    /without --inserts/,
  ],
  ['SQLite’s .dump', 'd.sql', `PRAGMA foreign_keys=OFF;\n${insert}`, /sqlite3 NEW < FILE/],
  [
    'two schemas',
    'd.sql',
    `--\n${copy('one')}${copy('two')}`,
    /two schemas, one and two.*pg_dump -n/,
  ],
  [
    'warnings before JSON',
    'd.json',
    `/x.py:1: RuntimeWarning: x\n${dump}`,
    /at line 2.*tail -n \+2/,
  ],
  ['a log before JSON', 'd.json', `[2024-01-02 INFO] hello\n\n${dump}`, /at line 3.*tail -n \+3/],
  ['JSON that is cut off', 'd.json', dump.slice(0, -1), /ends in the middle of the JSON/],
  [
    'JSON with an error',
    'd.json',
    `[\n${dump.slice(1, -1)},\n{oops}]`,
    /JSON cannot be read, at or after/,
  ],
  [
    'text after JSON',
    'd.json',
    `${dump}\nDone.`,
    /there is text after the JSON, at or after line 1/,
  ],
  ['a list of anything', 'd.json', '[null]', /its entry 1 is not what dumpdata writes/],
  ['JSON of another kind', 'd.json', '{"users": [\n]}', /line 1 is not JSON/],
  [
    'a line that is not JSON',
    'd.jsonl',
    `${JSON.stringify(userRow(1))}\n{"a`,
    /line 2 is not JSON/,
  ],
  [
    'other models alone',
    'd.json',
    dump.replace('auth.user', 'blog.post'),
    /no table auth_user\. There is blog_post\./,
  ],
  [
    'a byte of Latin 1',
    'd.sql',
    copy('x').replace('a@', '\\351@'),
    /line 2 has escaped bytes .*-E UTF8/,
  ],
  [
    'two columns of a name',
    'd.json',
    dump.replace('"email"', '"Email":1,"email"'),
    /two columns .* email\./,
  ],
  [
    'dumpdata --natural-primary',
    'd.json',
    dump.replace('"pk":1,', ''),
    /no column id\. .*dumpdata --natural-primary leaves out ids\./,
  ],
  ['no users', 'd.json', '[]', /There is no table auth_user\. Name the user model/],
  [
    'a text',
    'notes.txt',
    'Dear all,\n',
    /auth_user has no column id and no password and no email\. Found: dear_all, column_2\. Expected: id,/,
  ],
]

describe('npm run import-django says what a file is and what to do', () => {
  for (const [name, file, text, sentence] of refused) {
    test(`if it is ${name}`, async () => {
      const { status, output } = await dryRun({ name: file, text })

      assert.equal(status, 1)
      assert.match(output, sentence)
      assert.doesNotMatch(output, /secret|undefined|\bat .*\.ts:|[^\P{Cc}\n]|\uFFFD/u)
      assert.equal(output.trim().split('\n').length, 1, output)
    })
  }

  test('if it is a folder, or does not exist', async () => {
    const project = newProject()
    mkdirSync(project.file('dumps'))

    const folder = await dryRun(project.file('dumps'))
    const none = await dryRun(project.file('none.json'))

    assert.match(folder.output, /dumps: it is a folder\. Name the files in it\.$/m)
    assert.match(none.output, /none\.json: there is no such file\.$/m)
    assert.deepEqual([folder.status, none.status], [1, 1])
  })
})

describe('npm run import-django decodes strictly', () => {
  const rows = (name: string) =>
    `${header}\n${line(1, 'a@x.org')}\n${line(2, 'b@x.org', `,${name},`)}\n`

  test('and names the line and character of bytes that are not UTF-8', async () => {
    const long = 'é'.repeat(70_000) // so that a character crosses two pieces of the file
    const files: [string, string | Uint8Array, RegExp][] = [
      [
        'users.csv',
        ascii(rows('Jos\xe9')),
        /line 3, character 46 is not UTF-8\. .*iconv -f cp1252/,
      ],
      [
        'long.csv',
        Buffer.concat([Buffer.from(`${header}\n${long}`), ascii('\xe9')]),
        /line 2, character 70001 is not UTF-8/,
      ],
    ]
    for (const [name, text, sentence] of files) {
      const { status, output } = await dryRun({ name, text })
      assert.equal(status, 1)
      assert.match(output, sentence)
      assert.doesNotMatch(output, /\uFFFD|Jos/)
    }
  })

  test('and reads UTF-8 with a byte order mark, and UTF-16 of either byte order', async () => {
    for (const text of [`\uFEFF${rows('Núñez')}`, utf16(rows('Núñez')), bigEndian(rows('Núñez'))]) {
      const { all } = await importFiles([fileOf('users.csv', text)])
      assert.deepEqual(all('SELECT first_name FROM users WHERE id = 2'), [{ first_name: 'Núñez' }])
    }
  })

  test('and reads only the columns of SQLite that it needs', async () => {
    const file = newProject().file('django.sqlite3')
    const database = new DatabaseSync(file)
    database.exec(`CREATE TABLE auth_user (id, email, password, is_active, first_name, photo, note, big);
      INSERT INTO auth_user VALUES (1, 'a@x.org', '!', 1, CAST(X'4e00c3ba' AS TEXT), X'ff00fe',
        CAST(X'e9' AS TEXT), 9223372036854775807)`)
    const leave = ['photo', 'note', 'big'].flatMap((name) => ['--leave', `column:${name}`])

    const { all } = await importFiles([file], leave)
    database.exec(`UPDATE auth_user SET first_name = CAST(X'4ae9' AS TEXT)`)
    const { status, output } = await dryRun(file, leave)

    assert.deepEqual(all('SELECT hex(CAST(first_name AS BLOB)) AS hex FROM users'), [
      { hex: '4E00C3BA' },
    ])
    assert.equal(status, 1)
    assert.match(output, /first_name of auth_user, id 1, is not UTF-8\. Correct it/)
  })

  test('and reports lost characters, half characters and NUL', async () => {
    const people = [
      userRow(1, { first_name: 'Jos\uFFFD' }),
      userRow(2, { first_name: 'Jos\ud83d' }),
      userRow(3, { last_name: 'a\0b' }),
    ]
    const file = fileOf('dump.json', JSON.stringify(people))

    const refused = await dryRun(file)
    const { all } = await importFiles([file], ['--leave', 'half-character'])

    assert.equal(refused.status, 1)
    assert.match(refused.output, /^first_name has U\+FFFD, .* 1 {2}imported {2}1$/m)
    assert.match(refused.output, /^half a character in first_name, .* 1 {2}replaced {2}2$/m)
    assert.match(refused.output, /^last_name has a NUL character +1 {2}imported {2}3$/m)
    assert.deepEqual(all('SELECT first_name FROM users WHERE id = 2'), [
      { first_name: 'Jos\uFFFD' },
    ])
  })
})
