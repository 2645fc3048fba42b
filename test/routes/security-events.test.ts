// The security events that an account's owner and staff can see, and the mails about them.

import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { cron } from '../support/cron.ts'
import { changesAtOnce } from '../support/email-change-at-once.ts'
import { loggedIn, logIn, makeStaff, newEmail, password, person } from '../support/people.ts'
import { beforeRoundTrip } from '../support/trips.ts'

changesAtOnce()

const geese = 'a flock of geese'
const rotation = {
  ROTATE_REFRESH_TOKENS: true,
  BLACKLIST_AFTER_ROTATION: true,
  REFRESH_TOKEN_REUSE_INTERVAL: 0,
}
type Happened = { type: string; detail: string | null; count: number }

/** Type and detail of each event, oldest first. */
async function eventsSeen(api: ReturnType<typeof client>, token: string) {
  const { body } = await api.get('/auth/users/me/events/', { token })
  return body.map(({ type, detail }: Happened) => [type, detail]).reverse()
}

test('each kind of login is recorded, with device and place', async () => {
  const { email } = await person()
  const api = client({ DRF_JWT: true, AUTH_TOKEN_CLASSES: 'AccessToken,SlidingToken' })
  const headers = {
    'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0',
    'cf-ipcountry': 'PE',
  }
  const { access } = (await logIn(api, { email }, { headers })).body
  await api.post('/auth/token/login/', { email, password })
  await api.post('/api/token/sliding/', { email, password })
  await api.post('/api-token-auth/', { email, password })

  expect(await eventsSeen(api, access)).toEqual([
    ['status_changed', 'active'],
    ['login', 'session'],
    ['login', 'authtoken'],
    ['login', 'sliding'],
    ['login', 'drf-jwt'],
  ])
  const { body } = await api.get('/auth/users/me/events/', { token: access })
  expect(body[3]).toEqual({
    id: expect.any(Number),
    type: 'login',
    detail: 'session',
    count: 1,
    session: expect.stringMatching(/^[0-9a-f]{32}$/),
    actor: null,
    device: { browser: 'Firefox', os: 'Linux', type: 'desktop' },
    ip: expect.stringMatching(/^2001:db8:/),
    country: 'PE',
    created_at: expect.stringMatching(/Z$/),
  })
})

test('failures within an hour are one row; an unknown login makes none', async () => {
  const { api, email, access, id } = await loggedIn()
  const before = await count('security_events')
  for (const path of ['/auth/jwt/create/', '/api/token/sliding/', '/auth/token/login/']) {
    await api.post(path, { email, password: 'wrong' })
  }
  await logIn(api, { email: newEmail(), password: 'wrong' })

  expect(await count('security_events')).toBe(before + 1)
  const { body } = await api.get('/auth/users/me/events/', { token: access })
  expect(body[0]).toMatchObject({ type: 'login_failed', count: 3 })

  const earlier =
    'update security_events set hour_bucket = hour_bucket - 1 where user_id = ? and hour_bucket > 0'
  await env.DB.prepare(earlier).bind(id).run()
  await logIn(api, { email, password: 'wrong' })
  expect((await api.get('/auth/users/me/events/', { token: access })).body[0].count).toBe(1)
})

test('a new password is recorded, whether set or reset', async () => {
  const { api, email, access } = await loggedIn()
  const change = { current_password: password, new_password: geese }
  await api.post('/auth/users/set_password/', change, { token: access })
  expect((await eventsSeen(api, access)).at(-1)).toEqual(['password_changed', 'set'])
  const refused = { current_password: 'wrong', new_password: geese }
  await api.post('/auth/users/set_password/', refused, { token: access })
  expect((await eventsSeen(api, access)).at(-1)).toEqual(['password_changed', 'set'])

  await api.post('/auth/users/reset_password/', { email })
  const [{ uid, token }] = await api.mail(email)
  const reset = { uid, token, new_password: 'a herd of zebras' }
  await api.post('/auth/users/reset_password_confirm/', reset)
  await api.post('/auth/users/reset_password_confirm/', reset)
  const entered = await logIn(api, { email, password: 'a herd of zebras' })
  expect((await eventsSeen(api, entered.body.access)).slice(-2)).toEqual([
    ['password_changed', 'reset'],
    ['login', 'session'],
  ])
})

test('a changed address is recorded, and with SECURITY_EMAILS the old one gets a mail', async () => {
  const { email, access } = await loggedIn()
  const api = client({ SECURITY_EMAILS: 'email_changed,password_changed' })
  const next = newEmail()
  const change = { current_password: password, new_email: next }
  expect((await api.post('/auth/users/set_email/', change, { token: access })).status).toBe(204)

  expect((await eventsSeen(api, access)).at(-1)).toEqual(['email_changed', 'set'])
  expect((await api.mail(email))[0]).toMatchObject({ kind: 'email_changed' })
  expect(await api.mail(next)).toEqual([])

  const word = { current_password: password, new_password: geese }
  await api.post('/auth/users/set_password/', word, { token: access })
  expect((await api.mail(next))[0]).toMatchObject({ kind: 'password_changed_confirmation' })
})

test('without SECURITY_EMAILS only Django’s own mails are sent', async () => {
  const { api, email, access } = await loggedIn({ SECURITY_EMAILS: '' })
  const next = newEmail()
  await api.post(
    '/auth/users/set_email/',
    { current_password: password, new_email: next },
    { token: access },
  )
  const change = { current_password: password, new_password: geese }
  await api.post('/auth/users/set_password/', change, { token: access })
  const kinds = [...(await api.mail(email)), ...(await api.mail(next))].map(({ kind }) => kind)
  expect(kinds).toEqual(['activation'])
})

test('a refresh token that is used twice ends its session, is recorded, and mailed', async () => {
  const { email, refresh, id } = await loggedIn({ ...rotation })
  const api = client({ ...rotation, SECURITY_EMAILS: 'refresh_reused' })
  await api.post('/auth/jwt/refresh/', { refresh })
  await new Promise((resolve) => setTimeout(resolve, 5))
  for (const _ of ['reuse', 'again']) {
    const { status, body } = await api.post('/auth/jwt/refresh/', { refresh })
    expect([status, body.detail]).toEqual([401, 'Token is blacklisted'])
  }
  const events = 'select type, session_id from security_events where user_id = ? and type = ?'
  const { results } = await env.DB.prepare(events).bind(id, 'refresh_reused').all()
  expect(results).toEqual([{ type: 'refresh_reused', session_id: expect.any(String) }])
  const mails = (await api.mail(email)).filter(
    ({ kind }: { kind: string }) => kind === 'refresh_reused',
  )
  expect(mails).toHaveLength(1)
})

test('a login from a new device is mailed, except the first login', async () => {
  const { email } = await person()
  const api = client({ SECURITY_EMAILS: 'new_device' })
  const from = async (agent: string) => {
    await logIn(api, { email }, { headers: { 'user-agent': agent } })
    return (await api.mail(email)).filter(({ kind }: { kind: string }) => kind === 'new_device')
      .length
  }
  expect([await from('one'), await from('one'), await from('two'), await from('one')]).toEqual([
    0, 0, 1, 1,
  ])
})

test('blacklisting a token twice is recorded once', async () => {
  const { api, access, refresh } = await loggedIn({ CHECK_SESSION: false })
  await api.post('/api/token/blacklist/', { refresh })
  await api.post('/api/token/blacklist/', { refresh })
  expect((await eventsSeen(api, access)).slice(-2)).toEqual([
    ['login', 'session'],
    ['token_blacklisted', 'refresh'],
  ])
})

describe('a list of events', () => {
  test('has a hundred events, and continues before an id', async () => {
    const { api, access, id } = await loggedIn()
    const insert = env.DB.prepare(
      "insert into security_events (user_id, type, created_at) values (?, 'login', 0)",
    ).bind(id)
    await env.DB.batch(Array.from({ length: 120 }, () => insert))
    const { body } = await api.get('/auth/users/me/events/', { token: access })
    expect(body).toHaveLength(100)
    const path = `/auth/users/me/events/?before=${body[99].id}`
    const { body: rest } = await api.get(path, { token: access })
    expect(rest).toHaveLength(22)
    expect(rest[0].id).toBeLessThan(body[99].id)
  })

  test('of another user is visible to staff, and 404 for others', async () => {
    const [ada, bob] = [await loggedIn(), await loggedIn()]
    const path = `/auth/users/${ada.id}/events/`
    expect((await bob.api.get(path, { token: bob.access })).status).toBe(404)
    expect((await ada.api.get(path, { token: ada.access })).status).toBe(200)
    await makeStaff(bob.id)
    expect((await bob.api.get(path, { token: bob.access })).body.length).toBe(2)
    expect((await bob.api.get('/auth/users/x/events/', { token: bob.access })).status).toBe(404)
    expect((await bob.api.get(path)).status).toBe(401)
  })
})

test('events older than SECURITY_EVENTS_RETENTION are deleted', async () => {
  const { id } = await person()
  const night = Date.now()
  const insert = env.DB.prepare(
    "insert into security_events (user_id, type, created_at) values (?, 'login', ?)",
  )
  const day = 86_400_000
  await env.DB.batch([insert.bind(id, night - 8 * day), insert.bind(id, night - 6 * day)])
  await cron(night, { SECURITY_EVENTS_RETENTION: '7d' })
  const { results } = await env.DB.prepare(
    "select created_at from security_events where user_id = ? and type = 'login'",
  )
    .bind(id)
    .all()
  expect(results).toEqual([{ created_at: night - 6 * day }])
})

test('a failed login is answered as usual if its event cannot be written', async () => {
  const { email } = await person()
  const DB = beforeRoundTrip(env.DB, ([statement]) => {
    if (statement?.startsWith('insert into "security_events"')) throw new Error('D1 is away')
  })
  const { status } = await logIn(client({ DB }), { email, password: 'wrong' })
  expect(status).toBe(401)
})

async function count(table: string): Promise<number> {
  return Number(await env.DB.prepare(`select count(*) as count from ${table}`).first('count'))
}
