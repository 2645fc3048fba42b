import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { dryRun, fileOf, importFiles } from './importing.ts'

const names = ['id', 'email', 'password', 'is_active', 'first_name', 'last_login']
const ada = ['1', 'ada@x.org', '!', 't', 'Ada', '']
const select = 'SELECT id, email, status, first_name, last_login FROM users ORDER BY id'
const stored = { id: 1, email: 'ada@x.org', status: 'active', first_name: 'Ada', last_login: null }
const table = (rows: string[][], separator = ',', end = '\n') =>
  rows.map((row) => row.join(separator)).join(end)

describe('npm run import-django reads CSV', () => {
  test('with any separator, detected from the header', async () => {
    for (const separator of [',', ';', '\t', '|']) {
      const name = separator === ',' ? 'Ada' : 'Ada, or "not"'
      const row = ada.with(4, separator === ',' ? name : '"Ada, or ""not"""')
      for (const text of [
        table([names, row], separator, '\r\n'),
        table([names.map((name) => `"${name}"`), row], separator),
        `\uFEFFsep=${separator}\r\n${table([names, row], separator, '\r\n')}`,
      ]) {
        const { all } = await importFiles([fileOf('users.csv', text)])
        assert.deepEqual(all(select), [{ ...stored, first_name: name }])
      }
    }
  })

  test('with a header in any case, with blanks and quotation marks', async () => {
    const headers = [
      names.map((name) => name.toUpperCase()),
      ['Id', ' Email ', '"Password"', 'Is Active', '" First Name"', 'last_Login'],
    ]
    for (const header of headers) {
      const { all } = await importFiles([fileOf('users.csv', table([header, ada]))])
      assert.deepEqual(all(select), [stored])
    }
  })

  test('with the nulls of MySQL and phpMyAdmin, and with the name Null', async () => {
    const rows = [
      names,
      ada.with(5, 'NULL'),
      ['2', 'b@x.org', '!', '1', '"NULL"', '\\N'],
      ['3', 'c@x.org', '!', '1', '\\N', '"\\N"'],
      ['4', 'd@x.org', '!', '1', 'Null', '""'],
    ]
    const { all } = await importFiles([fileOf('users.csv', table(rows, ';'))])

    assert.deepEqual(
      all(select).map(({ first_name, last_login }) => [first_name, last_login]),
      [
        ['Ada', null],
        ['NULL', null],
        ['', null],
        ['Null', null],
      ],
    )
  })

  test('with columns that the header does not name, and reports them by position', async () => {
    const text = table([
      [...names, '', ''],
      [...ada, '', ''],
      [...ada.with(0, '2'), '', 'x'],
    ])
    const { status, output } = await dryRun({
      name: 'users.csv',
      text: text.replace('ada@', 'eve@'),
    })

    assert.equal(status, 1)
    assert.match(output, /^the column column_7, which is empty .* 0 {2}left out$/m)
    assert.match(output, /^the column column_8, which has no place here +1 {2}left out$/m)
  })

  const hash = 'pbkdf2_sha256$1000$salt$c2VjcmV0'
  const faults: [string, string, RegExp][] = [
    [
      'a missing column',
      table([['id', 'mail', 'passwd', 'is_active'], ada.slice(0, 4)]),
      /no column password and no email\. Found: id, mail, passwd, is_active\. Expected: id, email,/,
    ],
    [
      'a missing id',
      table([names.slice(1), ada.slice(1)]),
      /auth_user has no column id\. Found: email,/,
    ],
    [
      'a column twice',
      table([
        [...names, 'Email'],
        [...ada, 'x'],
      ]),
      /names email twice\./,
    ],
    [
      'no header',
      table([ada.with(2, hash), ada]),
      /its first line does not name columns\. .*header/,
    ],
    ['one column', 'name\nAda\n', /one column, name, if "," is the separator/],
    [
      'too many fields',
      table([names, ada, [...ada, 'secret']]),
      /line 3 has 7 fields, but the header has 6\./,
    ],
    [
      'too few fields',
      table([names, ada, ada.slice(1)]),
      /line 3 has 5 fields, but the header has 6\./,
    ],
    [
      'an open quotation mark',
      table([names, ada.with(4, '"secret')]),
      /quotation mark that is not closed/,
    ],
    [
      'a quotation mark within',
      table([names, ada.with(4, '"sec"ret')]),
      /line 2 has a quotation mark where none is allowed/,
    ],
    ['a header alone', `${names.join(',')}\n`, /table auth_user has no rows\. Name the user model/],
  ]
  for (const [name, text, sentence] of faults) {
    test(`and names the line or the columns if it has ${name}`, async () => {
      const { status, output } = await dryRun({ name: 'users.csv', text })

      assert.equal(status, 1)
      assert.match(output, sentence)
      assert.doesNotMatch(output, /undefined|secret|ada@|pbkdf2/)
      assert.equal(output.trim().split('\n').length, 1, output)
    })
  }
})
