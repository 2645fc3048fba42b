import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import { dryRun, fileOf, importFiles, userRow } from './importing.ts'

const created = '2024-06-03T21:47:32.986Z'
const ahead = '2090-01-02T03:04:05Z'
const keyOf = (user: unknown, pk: string | null = `key of ${user}`) => ({
  model: 'authtoken.token',
  pk,
  fields: { user, created },
})
const outstanding = (pk: number, fields: object) => ({
  model: 'token_blacklist.outstandingtoken',
  pk,
  fields: { user: 1, jti: `jti-${pk}`, token: '', expires_at: ahead, ...fields },
})
const blacklisted = (pk: number) => ({
  model: 'token_blacklist.blacklistedtoken',
  pk,
  fields: { token: pk, blacklisted_at: created },
})
const dump = (rows: object[]) => ({ name: 'dump.json', text: JSON.stringify(rows) })
const people = [
  userRow(1, { username: 'ada', email: 'ada@x.org' }),
  userRow(2, { username: 'ada@x.org', email: 'grace@x.org' }),
  userRow(3, { username: 'eve', email: 'Eve@x.org' }),
]

describe('npm run import-django finds the user of a key or a blacklisted token', () => {
  test('by username or email, if dumpdata wrote natural keys', async () => {
    const rows = [
      ...[keyOf(['ada']), keyOf(['Eve@x.org']), keyOf(['grace@x.org']), ...people],
      ...[
        outstanding(1, { user: ['eve'] }),
        outstanding(2, { user: 2 }),
        blacklisted(1),
        blacklisted(2),
      ],
    ]
    const { all, output } = await importFiles([fileOf('dump.json', JSON.stringify(rows))])

    assert.match(
      output,
      /^3 users to import, 0 already here\. 3 authtoken keys and 2 blacklisted tokens\.$/m,
    )
    const hash = (key: string) => createHash('sha256').update(key).digest('hex')
    assert.deepEqual(all('SELECT user_id, hash FROM auth_tokens ORDER BY user_id'), [
      { user_id: 1, hash: hash('key of ada') },
      { user_id: 2, hash: hash('key of grace@x.org') },
      { user_id: 3, hash: hash('key of Eve@x.org') },
    ])
    assert.deepEqual(all('SELECT user_id, jti FROM revoked_tokens ORDER BY user_id'), [
      { user_id: 2, jti: 'jti-2' },
      { user_id: 3, jti: 'jti-1' },
    ])
  })

  test('by a login name in another field', async () => {
    const rows = [userRow(1, { phone: '0123', email: 'ada@x.org' }), keyOf(['0123'])]
    const mapping = fileOf('mapping.json', '{"username": "phone"}')
    const { all } = await importFiles(
      [fileOf('d.json', JSON.stringify(rows))],
      ['--mapping', mapping],
    )

    assert.deepEqual(all('SELECT user_id FROM auth_tokens'), [{ user_id: 1 }])
  })

  test('and counts those that match no user or two users', async () => {
    const rows = [
      ...people,
      // 'ada@x.org' is one user's username, and another's email.
      ...[
        keyOf(['ada@x.org']),
        keyOf(['none']),
        keyOf(9),
        keyOf(['a', 'b']),
        keyOf('ada'),
        keyOf(1, null),
      ],
      ...[
        outstanding(1, { user: ['none'] }),
        outstanding(2, { user: 9 }),
        outstanding(3, { user: null }),
      ],
      ...[
        outstanding(4, { user: 9, expires_at: '2020-01-01T00:00:00Z' }),
        outstanding(5, { jti: null }),
      ],
      ...[outstanding(6, { expires_at: 'soon' }), outstanding(7, { user: [1, 2] })],
      ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map(blacklisted),
    ]
    const refused = await dryRun(dump(rows))
    const kinds = [
      'key-without-user',
      'unreadable-key',
      'blacklist-without-user',
      'unreadable-blacklist',
    ]
    const leave = [...kinds, 'blacklist-without-token'].flatMap((kind) => ['--leave', kind])
    const { all } = await importFiles([fileOf('dump.json', JSON.stringify(rows))], leave)

    assert.equal(refused.status, 1)
    const line = (what: string, rows: number) => new RegExp(`^${what}.* +${rows} {2}left out$`, 'm')
    assert.match(refused.output, line('an authtoken key without a user', 3))
    assert.match(refused.output, line('an authtoken key that cannot be read', 3))
    assert.match(refused.output, line('a blacklisted token without a user', 2))
    assert.match(refused.output, line('a blacklisted token without a readable jti', 3))
    assert.match(refused.output, line('a blacklisted token without its outstanding token', 2))
    assert.doesNotMatch(refused.output, /key of (ada|none|[a-z]*\d)|jti-/)
    assert.deepEqual(
      all('SELECT * FROM auth_tokens UNION ALL SELECT jti, 1, 1, 1 FROM revoked_tokens'),
      [],
    )
  })

  test('and does not report those of a user that is left out', async () => {
    const faulty = userRow(4, { is_active: null, username: 'zoe' })
    const rows = [
      ...people,
      faulty,
      keyOf(4),
      keyOf(['zoe']),
      outstanding(1, { user: 4 }),
      blacklisted(1),
    ]
    const { output } = await importFiles(
      [fileOf('d.json', JSON.stringify(rows))],
      ['--skip-faulty'],
    )

    assert.doesNotMatch(output, /without a user/)
  })

  test('in any schema', async () => {
    const copy = (name: string, columns: string, row: string) =>
      `COPY ${name} (${columns}) FROM stdin;\n${row}\n\\.\n`
    const text = [
      'SET statement_timeout = 0;\n',
      copy('tenant.auth_user', 'id, email, password, is_active', '1\ta@x.org\t!\tt'),
      copy('"tenant"."authtoken_token"', 'key, created, user_id', `k\t${created}\t1`),
    ]
    const { all } = await importFiles([fileOf('dump.sql', text.join('\n'))])

    assert.deepEqual(all('SELECT user_id FROM auth_tokens'), [{ user_id: 1 }])
  })
})
