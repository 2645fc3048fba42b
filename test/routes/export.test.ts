// GET /auth/users/me/export/: a user's personal data, for the user.

import { env } from 'cloudflare:workers'
import { decodeJwt } from 'jose'
import { describe, expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { loggedIn, logIn, makeStaff, password, person } from '../support/people.ts'
import { uuidForm } from '../support/uuids.ts'

const path = '/auth/users/me/export/'
const sliding = { AUTH_TOKEN_CLASSES: 'AccessToken,SlidingToken' }
const drfJwt = { DRF_JWT: true, DRF_JWT_PACKAGE: 'drf-jwt' }

/** A user with a row in every table, and the secrets that the export must not contain. */
async function newUser() {
  const ada = await loggedIn(sliding)
  const { api, email } = ada
  const { auth_token: key } = (await api.post('/auth/token/login/', { email, password })).body
  const { token: slid } = (await api.post('/api/token/sliding/', { email, password })).body
  await api.post('/api/token/blacklist/', { refresh: slid })
  await logIn(api, { email, password: 'wrong' })
  const ended = (await logIn(api, { email })).body.refresh
  await api.post('/api/token/blacklist/', { refresh: ended })
  return { ...ada, key: String(key), slid: String(slid) }
}

describe('an export', () => {
  test('has the user’s row and those of every table, as a file', async () => {
    const { api, access, email, id } = await newUser()
    const { status, headers, body } = await api.get(path, { token: access })

    expect(status).toBe(200)
    expect(headers.get('content-disposition')).toBe(`attachment; filename="account-${id}.json"`)
    expect(headers.get('cache-control')).toBe('no-store')
    const time = expect.stringMatching(/^20.*Z$/)
    const where = { ip: expect.stringMatching(/^2001:/), country: null, user_agent: null }
    expect(body).toEqual({
      exported_at: time,
      user: {
        id,
        email,
        email_key: email,
        new_email: null,
        username: null,
        password: { is_set: true, hasher: 'argon2' },
        status: 'active',
        is_staff: false,
        is_superuser: false,
        token_version: 1,
        last_login: time,
        date_joined: time,
        email_verified_at: time,
        link_version: 0,
        disabled_from: null,
        pending_until: null,
        rehashed: false,
        uuid: expect.stringMatching(uuidForm),
        first_name: 'Ada',
        last_name: 'Lovelace',
        role: 'user',
      },
      sessions: [
        {
          id: expect.any(String),
          refresh_counter: 0,
          created_at: time,
          refreshed_at: time,
          expires_at: null,
          revoked_at: time,
          revoke_reason: 'blacklisted',
          ...where,
          network: expect.any(String),
          last_used_at: null,
          authenticated_at: null,
          amr: null,
        },
        expect.objectContaining({ revoked_at: null }),
      ],
      auth_tokens: [{ created_at: time }],
      revoked_tokens: [{ token_type: 'sliding', expires_at: time, revoked_at: time }],
      security_events: expect.arrayContaining([
        {
          id: expect.any(Number),
          type: 'login_failed',
          detail: null,
          session_id: null,
          actor_id: null,
          count: 1,
          created_at: time,
          ...where,
        },
      ]),
      mail_outbox: [
        {
          id: expect.any(String),
          kind: 'activation',
          recipient: email,
          created_at: time,
          attempts: 1,
          next_attempt_at: null,
          sent_at: time,
          provider_id: null,
          last_error: null,
        },
      ],
      throttles: [{ key: `login:${id}`, count: 1, blocked_until: time }],
      next: null,
    })
    expect(body.security_events.map(({ type }: { type: string }) => type)).toEqual([
      'token_blacklisted',
      'login',
      'login_failed',
      'token_blacklisted',
      'login',
      'login',
      'login',
      'status_changed',
    ])
  })

  test('contains no secret and nothing about other users', async () => {
    const [ada, bob] = [await newUser(), await newUser()]
    const { body } = await ada.api.get(path, { token: ada.access })
    const text = JSON.stringify(body)

    const row = env.DB.prepare(
      `select password, hash, nonce, jti from users join auth_tokens on auth_tokens.user_id = users.id
        join revoked_tokens on revoked_tokens.user_id = users.id where users.id = ?`,
    )
    const hidden = Object.values((await row.bind(ada.id).first()) ?? {})
    expect(hidden).toHaveLength(4)
    const tokens = [ada.access, ada.refresh, ada.slid]
    const ids = tokens.map((token) => decodeJwt(token).jti)
    for (const secret of [...hidden, ...tokens, ...ids, ada.key, password, bob.email]) {
      expect(text).not.toContain(secret)
    }
    expect(text).not.toMatch(/argon2id|\$/)
  })

  test('says that there is no password, or names its hasher', async () => {
    const { api, access, id } = await loggedIn()
    for (const [hash, shown] of [
      ['!unusable', { is_set: false, hasher: null }],
      ['pbkdf2_sha256$1$salt$hash', { is_set: true, hasher: 'pbkdf2_sha256' }],
      ['5f4dcc3b5aa765d61d8327deb882cf99', { is_set: true, hasher: null }],
    ] as const) {
      await env.DB.prepare('update users set password = ? where id = ?').bind(hash, id).run()
      expect((await api.get(path, { token: access })).body.user.password).toEqual(shown)
    }
  })

  test('shows null for an expiry that no date can hold', async () => {
    const { api, access, id } = await loggedIn()
    await env.DB.prepare("insert into revoked_tokens values (?, ?, 'sliding', 9007199254740991, 0)")
      .bind(`endless ${id}`, id)
      .run()
    const { body } = await api.get(path, { token: access })
    expect(body.revoked_tokens).toEqual([
      { token_type: 'sliding', expires_at: null, revoked_at: '1970-01-01T00:00:00Z' },
    ])
  })

  test('has another page if there are more than a thousand rows', async () => {
    const { api, access, id } = await loggedIn()
    await env.DB.prepare(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < 1500)
        insert into security_events (user_id, type, created_at) select ?, 'login', i from n`,
    )
      .bind(id)
      .run()
    const first = (await api.get(path, { token: access })).body
    expect(first.security_events).toHaveLength(1000)
    expect(first.next).toBe(`https://auth.test${path}?page=2`)
    const second = (await api.get(first.next.replace('https://auth.test', ''), { token: access }))
      .body
    expect([second.security_events.length, second.sessions, second.next]).toEqual([502, [], null])
    const ids = [...first.security_events, ...second.security_events].map(({ id }) => id)
    expect(new Set(ids).size).toBe(1502)
    for (const page of ['0', '-1', 'last', '1e3', '9'.repeat(16)]) {
      const { status, body } = await api.get(`${path}?page=${page}`, { token: access })
      expect([status, body], page).toEqual([404, { detail: 'Invalid page.' }])
    }
  })

  test('requires a token, answers GET only, and refuses impersonation', async () => {
    const { api, access } = await loggedIn()
    expect((await api.get(path)).status).toBe(401)
    const options = await api.send('OPTIONS', path, { token: access })
    expect(options.headers.get('allow')).toBe('GET, HEAD, OPTIONS')
    expect(options.body.name).toBe('Export')
    expect((await api.post(path, {}, { token: access })).status).toBe(405)

    const [root, ada] = [await person(drfJwt), await person(drfJwt)]
    await makeStaff(root.id, { superuser: true })
    const other = client(drfJwt)
    const login = { email: root.email, password }
    const { token: own } = (await other.post('/api-token-auth/', login)).body
    expect((await other.get(path, { token: own })).body.user.id).toBe(root.id)
    const acting = await other.post('/auth/impersonate/', { user: ada.id }, { token: own })
    const refused = await other.get(path, { token: acting.body.token })
    expect([refused.status, refused.body]).toEqual([
      403,
      { detail: 'You do not have permission to perform this action.' },
    ])
    expect(refused.headers.has('content-disposition')).toBe(false)
  })
})
