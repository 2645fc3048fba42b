import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import { newAuthtoken } from '../../src/sessions/authtoken.ts'
import { sessionIdFor } from '../../src/sessions/django-refresh-tokens.ts'
import { refreshId } from '../../src/sessions/session-tokens.ts'
import type { Settings } from '../../src/settings/parse.ts'
import { newSource, rowsIn, secretKey } from './exporting.ts'

const settings = {
  secretKey,
  secretKeyFallbacks: [] as string[],
  userIdClaim: 'user_id',
} as Settings
const rotating = ['--var', 'ROTATE_REFRESH_TOKENS:true', '--var', 'BLACKLIST_AFTER_ROTATION:true']
const hour = 3_600_000

function newHouse() {
  const source = newSource()
  for (const id of [1, 2, 3]) source.addUser(id)
  const now = Date.now()
  const addSession = (id: string, row: Record<string, number | null>) =>
    source.insert('sessions', {
      ...{ id, user_id: 1, created_at: now - hour, refreshed_at: now - hour, ...row },
    })
  const addRevoked = (jti: string, row: Record<string, string | number>) =>
    source.insert('revoked_tokens', {
      ...{ jti, user_id: 1, token_type: 'refresh', expires_at: now + hour, revoked_at: now - hour },
      ...row,
    })
  /** The ids of blacklisted tokens, in their order. Each must have an outstanding row too. */
  function dead() {
    const rows = rowsIn(source.folder, 'token_blacklist.json')
    const of = (model: string) => rows.filter((row) => row.model === `token_blacklist.${model}`)
    const outstanding = of('outstandingtoken')
    assert.deepEqual(
      of('blacklistedtoken').map(({ pk, fields }) => [pk, fields.token]),
      outstanding.map(({ pk }) => [pk, pk]),
    )
    return outstanding.map(({ fields }) => fields.jti)
  }
  return { ...source, now, addSession, addRevoked, dead }
}

const idsOf = (session: string, counters: number[]) =>
  Promise.all(counters.map((counter) => refreshId({ secretKey }, session, counter)))

describe('npm run export-django blacklists', () => {
  test('every token of a revoked session, and no other if tokens may be used again', async () => {
    const { now, addSession, dead, runExport, folder } = newHouse()
    addSession('ended', { refresh_counter: 2, revoked_at: now - 5 })
    addSession('living', { refresh_counter: 4 })

    const { status, output } = await runExport()

    assert.equal(status, 0, output)
    assert.deepEqual(dead(), await idsOf('ended', [0, 1, 2]))
    const [outstanding, blacklisted] = rowsIn(folder, 'token_blacklist.json')
    const { jti, ...fields } = outstanding?.fields ?? {}
    assert.deepEqual(fields, {
      ...{ user: 1, token: '', created_at: new Date(now - hour).toISOString() },
      expires_at: new Date(now + 23 * hour).toISOString(),
    })
    assert.equal(blacklisted?.fields.blacklisted_at, new Date(now - 5).toISOString())
    assert.match(output, /^Blacklisted 3 refresh tokens, /m)
  })

  test('also the newest used tokens of an active session, if each token is for one use', async () => {
    const { addSession, dead, runExport } = newHouse()
    addSession('living', { refresh_counter: 4 })

    const { output } = await runExport([...rotating, '--used-tokens', '3'])

    assert.deepEqual(dead(), await idsOf('living', [1, 2, 3]))
    assert.match(output, /^a used refresh token, older than 3 others of its session +1 +left out$/m)
  })

  test('no token that has expired', async () => {
    const { now, addSession, addRevoked, dead, runExport } = newHouse()
    addSession('old', { refreshed_at: now - 25 * hour, revoked_at: now - 25 * hour })
    addSession('over', { expires_at: now - 1, revoked_at: now - 5 })
    addRevoked('past', { expires_at: now - 1 })

    await runExport()

    assert.deepEqual(dead(), [])
  })

  test('under each SECRET_KEY that is still accepted', async () => {
    const { now, addSession, dead, runExport } = newHouse()
    addSession('ended', { revoked_at: now })
    const older = 'an-older-key-0123456789-0123456789-0123456789'

    await runExport([], { SECRET_KEY_FALLBACKS: older })

    const ids = [secretKey, older].map((key) => refreshId({ secretKey: key }, 'ended', 0))
    assert.deepEqual(dead(), await Promise.all(ids))
  })

  test('tokens that Django issued, except those whose session still accepts them', async () => {
    const { now, addSession, addRevoked, dead, runExport } = newHouse()
    const sessionOf = (jti: string) => sessionIdFor(settings, { jti }, { user_id: 1 })
    for (const jti of ['blacklisted', 'used', 'fresh', 'ended']) addRevoked(jti, {})
    addRevoked('sliding', { token_type: 'sliding' })
    addRevoked('chain', { token_type: 'drf-jwt' })
    addSession(await sessionOf('used'), { refresh_counter: 1 })
    addSession(await sessionOf('fresh'), {})
    addSession(await sessionOf('ended'), { revoked_at: now })

    await runExport(rotating)

    const [usedsFirst] = await idsOf(await sessionOf('used'), [0])
    const [endeds] = await idsOf(await sessionOf('ended'), [0])
    assert.deepEqual(dead(), [usedsFirst, endeds, 'blacklisted', 'used', 'ended', 'sliding'])
  })

  test('none if tokens have no id', async () => {
    const { now, addSession, dead, runExport } = newHouse()
    addSession('ended', { revoked_at: now })

    const { output } = await runExport(['--var', 'JTI_CLAIM:none'])

    assert.deepEqual(dead(), [])
    assert.match(output, /^No token is blacklisted: without JTI_CLAIM/m)
  })
})

describe('npm run export-django writes the keys', () => {
  const made = async (userId: number) => {
    const { key, hash, nonce } = await newAuthtoken(settings, userId)
    return { key, row: { hash, nonce, user_id: userId, created_at: 5 } }
  }
  const imported = (key: string, userId: number) => ({
    ...{ hash: createHash('sha256').update(key).digest('hex'), user_id: userId, created_at: 5 },
  })
  const keysIn = (folder: string) => rowsIn(folder, 'authtoken.json')

  test('that Gatehouse issued, and reports imported ones', async () => {
    const { folder, runExport, insert, calls } = newHouse()
    const [one, two] = [await made(3), await made(2)]
    insert('auth_tokens', one.row)
    insert('auth_tokens', two.row)
    insert('auth_tokens', imported('old', 1))

    const { status, output } = await runExport()

    assert.equal(status, 0, output)
    const created = '1970-01-01T00:00:00.005Z'
    assert.deepEqual(keysIn(folder), [
      { model: 'authtoken.token', pk: two.key, fields: { user: 2, created } },
      { model: 'authtoken.token', pk: one.key, fields: { user: 3, created } },
    ])
    assert.match(output, /^an imported key, of which only the hash is stored +1 +left out$/m)
    for (const secret of [one.key, two.key, secretKey]) {
      assert.ok(!output.includes(secret))
      assert.ok(!JSON.stringify(calls()).includes(secret))
    }
  })

  test('that were imported and are still valid, if it gets the file of the import', async () => {
    const { project, folder, runExport, insert } = newHouse()
    const one = await made(2)
    insert('auth_tokens', one.row)
    insert('auth_tokens', imported('of-two', 2))
    insert('auth_tokens', imported('of-one', 1))
    const rows = ['ended,3', 'of-one,1', 'of-two,2'].map((row) => `${row},2020-01-01`)
    project.write('authtoken_token.csv', ['key,user_id,created', ...rows].join('\n'))

    const { output } = await runExport(['--keys', 'authtoken_token.csv'])

    assert.deepEqual(
      keysIn(folder).map(({ pk, fields }) => [pk, fields.user]),
      [
        [one.key, 2],
        ['of-one', 1],
      ],
    )
    assert.match(output, /^an imported key, of which only the hash is stored +1 +left out$/m)
  })

  test('issued under a fallback of SECRET_KEY, and fails if no key matches', async () => {
    const { folder, runExport, insert } = newHouse()
    const older = 'an-older-key-0123456789-0123456789-0123456789'
    const one = await newAuthtoken({ ...settings, secretKey: older }, 1)
    insert('auth_tokens', { hash: one.hash, nonce: one.nonce, user_id: 1, created_at: 5 })

    const refused = await runExport()
    assert.equal(refused.status, 1)
    assert.match(refused.output, /^SECRET_KEY must be the one under which the keys were issued\.$/m)

    await runExport([], { SECRET_KEY_FALLBACKS: older })
    assert.deepEqual(
      keysIn(folder).map(({ pk }) => pk),
      [one.key],
    )
  })
})
