// The sessions of a user: listed, revoked, limited.

import { env } from 'cloudflare:workers'
import { decodeJwt } from 'jose'
import { describe, expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { loggedIn, logIn, makeStaff, password, person } from '../support/people.ts'

const firefox = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0'
const phone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1'

/** A user with a session on each of these devices, and the tokens of each. */
async function onDevices(...userAgents: string[]) {
  const someone = await person()
  const { api, email } = someone
  const tokens = []
  for (const agent of userAgents) {
    const headers = { 'user-agent': agent, 'cf-ipcountry': 'CO' }
    tokens.push((await logIn(api, { email }, { headers })).body)
  }
  return { ...someone, tokens }
}

describe('GET /auth/sessions/', () => {
  test('lists each session with its device, its times and whether it is the current one', async () => {
    const { api, tokens } = await onDevices(firefox, phone, '', 'curl/8.9')
    const { status, body } = await api.get('/auth/sessions/', { token: tokens[1].access })

    expect(status).toBe(200)
    expect(body.map(({ device }: { device: object }) => device)).toEqual(
      expect.arrayContaining([
        { browser: 'Firefox', os: 'Windows', type: 'desktop' },
        { browser: 'Safari', os: 'iOS', type: 'mobile' },
        { browser: null, os: null, type: null },
        { browser: 'curl', os: null, type: null },
      ]),
    )
    const here = body.filter(({ current }: { current: boolean }) => current)
    expect(here).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{32}$/),
        current: true,
        device: { browser: 'Safari', os: 'iOS', type: 'mobile' },
        ip: expect.stringMatching(/^2001:db8:/),
        country: 'CO',
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        last_used_at: here[0].created_at,
        expires_at: expect.any(String),
      },
    ])
    const day = Date.parse(here[0].expires_at) - Date.parse(here[0].created_at)
    expect(day).toBe(24 * 60 * 60 * 1000)
  })

  test.each([{}, { ROTATE_REFRESH_TOKENS: true }])(
    'the last used comes first with %j',
    async (vars) => {
      const { tokens } = await onDevices(firefox, phone)
      const api = client(vars)
      await new Promise((resolve) => setTimeout(resolve, 5))
      await api.post('/auth/jwt/refresh/', { refresh: tokens[0].refresh })
      const { body } = await api.get('/auth/sessions/', { token: tokens[0].access })

      expect(body[0].device.browser).toBe('Firefox')
      expect(body[0].last_used_at > body[0].created_at).toBe(true)
      expect(body[1].last_used_at).toBe(body[1].created_at)
    },
  )

  test('a revoked or expired session is not listed', async () => {
    const { api, tokens } = await onDevices(firefox, phone, firefox)
    const { body: all } = await api.get('/auth/sessions/', { token: tokens[0].access })
    await api.post('/auth/jwt/logout/', { refresh: tokens[1].refresh })
    const long = Date.now() - 2 * 86_400_000
    const ids = all.filter((each: { current: boolean }) => !each.current).map(idOf)
    await env.DB.prepare('update sessions set refreshed_at = ? where id = ?')
      .bind(long, ids[0])
      .run()
    const { body } = await api.get('/auth/sessions/', { token: tokens[0].access })
    expect(body.map(idOf)).toHaveLength(1)
  })

  test('lists the sessions of another user only for staff', async () => {
    const [ada, bob] = [await loggedIn(), await loggedIn()]
    const path = `/auth/sessions/?user=${ada.id}`
    expect((await bob.api.get(path, { token: bob.access })).status).toBe(403)
    expect((await bob.api.get('/auth/sessions/?user=x', { token: bob.access })).status).toBe(404)
    expect((await ada.api.get(path, { token: ada.access })).body).toHaveLength(1)
    await makeStaff(bob.id)
    expect((await bob.api.get(path, { token: bob.access })).body).toMatchObject([
      { current: false },
    ])
  })
})

describe('DELETE /auth/sessions/{id}/', () => {
  test('revokes that session at once, and records it', async () => {
    const { api, tokens, id } = await onDevices(firefox, phone)
    const [here, there] = tokens
    const { body: list } = await api.get('/auth/sessions/', { token: here.access })
    const other = list.find(({ current }: { current: boolean }) => !current)

    const path = `/auth/sessions/${other.id}/`
    expect((await api.delete(path, undefined, { token: here.access })).status).toBe(204)
    expect((await api.get('/auth/users/me/', { token: there.access })).status).toBe(401)
    const refused = await api.post('/auth/jwt/refresh/', { refresh: there.refresh })
    expect(refused.body.detail).toBe('Token is blacklisted')
    expect((await api.get('/auth/users/me/', { token: here.access })).status).toBe(200)
    expect((await api.delete(path, undefined, { token: here.access })).status).toBe(404)
    expect(await eventsOf(id, 'session_revoked')).toEqual([
      { detail: 'user', session_id: other.id, actor_id: null },
    ])
  })

  test('answers 404 for another user’s session, except for staff; a superuser’s requires a superuser', async () => {
    const [ada, bob, root] = [await loggedIn(), await loggedIn(), await loggedIn()]
    const [adas] = (await ada.api.get('/auth/sessions/', { token: ada.access })).body
    const [roots] = (await root.api.get('/auth/sessions/', { token: root.access })).body
    const end = async (id: string) =>
      (await bob.api.delete(`/auth/sessions/${id}/`, undefined, { token: bob.access })).status

    expect(await end(adas.id)).toBe(404)
    expect((await ada.api.get('/auth/users/me/', { token: ada.access })).status).toBe(200)
    await makeStaff(bob.id)
    await makeStaff(root.id, { superuser: true })
    expect([await end(adas.id), await end(roots.id), await end('nonsense')]).toEqual([
      204, 404, 404,
    ])
    expect((await ada.api.get('/auth/users/me/', { token: ada.access })).status).toBe(401)
    expect(await eventsOf(ada.id, 'session_revoked')).toEqual([
      { detail: 'by_staff', session_id: adas.id, actor_id: bob.id },
    ])
    expect(await eventsOf(root.id, 'session_revoked')).toEqual([])
  })
})

describe('DELETE /auth/sessions/', () => {
  test('revokes all others: sessions, the authtoken key, sliding tokens', async () => {
    const vars = { AUTH_TOKEN_CLASSES: 'AccessToken,SlidingToken' }
    const { tokens, email, id } = await onDevices(firefox, phone, phone)
    const api = client(vars)
    const key = (await api.post('/auth/token/login/', { email, password })).body.auth_token
    const { token: slid } = (await api.post('/api/token/sliding/', { email, password })).body
    const withKey = { headers: { authorization: `Token ${key}` } }
    const statuses = async () => [
      ...(await Promise.all(
        [...tokens.map(({ access }) => access), slid].map(
          async (token) => (await api.get('/auth/users/me/', { token })).status,
        ),
      )),
      (await api.get('/auth/users/me/', withKey)).status,
    ]
    expect(await statuses()).toEqual([200, 200, 200, 200, 200])

    const call = { token: tokens[1].access }
    expect((await api.delete('/auth/sessions/', undefined, call)).status).toBe(204)
    expect(await statuses()).toEqual([401, 200, 401, 401, 401])
    expect((await api.post('/auth/jwt/refresh/', { refresh: tokens[1].refresh })).status).toBe(200)
    expect(await eventsOf(id, 'session_revoked')).toMatchObject([{ detail: 'all_others' }])
  })

  test('keeps the authtoken key that authenticates the request', async () => {
    const { api, email, access } = await loggedIn()
    const { auth_token: key } = (await api.post('/auth/token/login/', { email, password })).body
    const headers = { authorization: `Token ${key}` }
    expect((await api.delete('/auth/sessions/', undefined, { headers })).status).toBe(204)
    expect((await api.get('/auth/users/me/', { headers })).status).toBe(200)
    expect((await api.get('/auth/users/me/', { token: access })).status).toBe(401)
  })

  test('revokes all sessions of another user for staff, but never a superuser’s', async () => {
    const [ada, bob, root] = [await loggedIn(), await loggedIn(), await loggedIn()]
    await makeStaff(root.id, { superuser: true })
    const end = async (id: number) => {
      const call = { token: bob.access }
      return (await bob.api.delete(`/auth/sessions/?user=${id}`, undefined, call)).status
    }
    expect(await end(ada.id)).toBe(403)
    await makeStaff(bob.id)
    expect([await end(ada.id), await end(root.id), await end(999_999_999)]).toEqual([204, 404, 404])
    expect((await ada.api.get('/auth/users/me/', { token: ada.access })).status).toBe(401)
    expect((await root.api.get('/auth/users/me/', { token: root.access })).status).toBe(200)
    expect((await bob.api.get('/auth/users/me/', { token: bob.access })).status).toBe(200)
  })
})

describe('POST /auth/jwt/logout/', () => {
  test('revokes the session of the refresh token, and answers the same for a revoked one', async () => {
    const { api, access, refresh, id } = await loggedIn()
    expect((await api.post('/auth/jwt/logout/', { refresh })).status).toBe(204)
    expect((await api.get('/auth/users/me/', { token: access })).status).toBe(401)
    expect((await api.post('/auth/jwt/refresh/', { refresh })).status).toBe(401)
    expect((await api.post('/auth/jwt/logout/', { refresh })).status).toBe(204)
    expect(await eventsOf(id, 'session_revoked')).toMatchObject([{ detail: 'logged_out' }])
  })

  test('revokes the session of the access token', async () => {
    const { api, access, refresh, id } = await loggedIn()
    expect((await api.post('/auth/jwt/logout/', {}, { token: access })).status).toBe(204)
    expect((await api.post('/auth/jwt/refresh/', { refresh })).status).toBe(401)
    expect(await eventsOf(id, 'session_revoked')).toMatchObject([{ detail: 'logged_out' }])
  })

  test('requires one of the two', async () => {
    const { api, email } = await person()
    expect((await api.post('/auth/jwt/logout/', {})).status).toBe(401)
    expect((await api.post('/auth/jwt/logout/', { refresh: 'a.b.c' })).status).toBe(401)
    const { auth_token: key } = (await api.post('/auth/token/login/', { email, password })).body
    const headers = { authorization: `Token ${key}` }
    const { status, body } = await api.post('/auth/jwt/logout/', {}, { headers })
    expect([status, body]).toEqual([400, { refresh: ['This field is required.'] }])
  })
})

test('beyond MAX_SESSIONS the session that was unused for longest is revoked', async () => {
  const { email, id } = await person()
  const api = client({ MAX_SESSIONS: 2 })
  const logIn = async () => (await api.post('/auth/jwt/create/', { email, password })).body
  const [first, second] = [await logIn(), await logIn()]
  await new Promise((resolve) => setTimeout(resolve, 5))
  await api.post('/auth/jwt/refresh/', { refresh: first.refresh })
  await new Promise((resolve) => setTimeout(resolve, 5))
  const third = await logIn()

  const statuses = [first, second, third].map(
    async ({ access }) => (await api.get('/auth/users/me/', { token: access })).status,
  )
  expect(await Promise.all(statuses)).toEqual([200, 401, 200])
  expect(await eventsOf(id, 'session_revoked')).toMatchObject([{ detail: 'session_limit' }])
})

test('an expired session does not count for MAX_SESSIONS', async () => {
  const { api, tokens, email } = await onDevices(firefox, phone)
  const { sid } = decodeJwt(tokens[0].access)
  const expire = 'update sessions set expires_at = ?1 - 1, last_used_at = ?1 + 1 where id = ?2'
  await env.DB.prepare(expire).bind(Date.now(), sid).run()
  await logIn(client({ MAX_SESSIONS: 2 }), { email })
  expect((await api.get('/auth/users/me/', { token: tokens[1].access })).status).toBe(200)
})

const idOf = ({ id }: { id: string }) => id

async function eventsOf(userId: number, kind: string) {
  const events =
    'select detail, session_id, actor_id from security_events where user_id = ? and type = ?'
  return (await env.DB.prepare(events).bind(userId, kind).all()).results
}
