// What happens if the tokens of a session are used while it is revoked, and if two requests change one password.

import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { type Api, client } from '../support/api.ts'
import { loggedIn, logIn, makeStaff, password } from '../support/people.ts'
import { noLimits } from '../support/throttling.ts'
import { beforeRoundTrip } from '../support/trips.ts'

const singleUse = { ROTATE_REFRESH_TOKENS: true, BLACKLIST_AFTER_ROTATION: true }
const geese = 'a flock of geese'

type UserWithSessions = Awaited<ReturnType<typeof twoSessions>>

/** A user with two sessions. */
async function twoSessions(vars: Record<string, unknown> = singleUse) {
  const here = await loggedIn(vars)
  const { body } = await logIn(here.api, { email: here.email })
  const { body: list } = await here.api.get('/auth/sessions/', { token: body.access })
  const other = list.find(({ current }: { current: boolean }) => current)
  return { ...here, there: { ...body, id: other.id } }
}

test('200 refreshes of one token at once, without a reuse interval, are one rotation and one reuse', async () => {
  const user = await loggedIn({ ...singleUse, ...noLimits, REFRESH_TOKEN_REUSE_INTERVAL: 0 })
  const { api, refresh } = user

  const answers = await Promise.all(
    Array.from({ length: 200 }, () => api.post('/auth/jwt/refresh/', { refresh })),
  )

  const accepted = answers.filter(({ status }) => status === 200)
  expect(accepted).toHaveLength(1)
  expect(answers.filter(({ body }) => body.detail === 'Token is blacklisted')).toHaveLength(199)
  expect((await events(user.id)).slice(2)).toEqual(['refresh_reused'])
  expect(await kinds(user)).toEqual(['refresh_reused', 'activation'])
  for (const { body } of accepted) await expectRevoked(api, body)
}, 60_000)

describe('a refresh while its session is revoked', () => {
  const resetLink = async ({ api, email }: UserWithSessions) => {
    await api.post('/auth/users/reset_password/', { email })
    const [{ uid, token }] = await api.mail(email)
    return { uid, token, new_password: geese }
  }

  const ends: [
    string,
    (user: UserWithSessions) => Promise<(api: Api) => Promise<{ status: number }>>,
  ][] = [
    [
      'DELETE /auth/sessions/{id}/',
      async ({ access, there }) =>
        (api) =>
          api.delete(`/auth/sessions/${there.id}/`, undefined, { token: access }),
    ],
    [
      'DELETE /auth/sessions/',
      async ({ access }) =>
        (api) =>
          api.delete('/auth/sessions/', undefined, { token: access }),
    ],
    [
      'POST /auth/jwt/logout/',
      async ({ there }) =>
        (api) =>
          api.post('/auth/jwt/logout/', { refresh: there.refresh }),
    ],
    [
      'POST /auth/users/set_password/',
      async ({ access }) =>
        (api) => {
          const sent = { current_password: password, new_password: geese }
          return api.post('/auth/users/set_password/', sent, { token: access })
        },
    ],
    [
      'POST /auth/users/reset_password_confirm/',
      async (user) => {
        const link = await resetLink(user)
        return (api) => api.post('/auth/users/reset_password_confirm/', link)
      },
    ],
    [
      'POST /auth/users/{id}/disable/',
      async ({ id }) => {
        const staff = await loggedIn()
        await makeStaff(staff.id)
        return (api) => api.post(`/auth/users/${id}/disable/`, undefined, { token: staff.access })
      },
    ],
  ]

  test.each(ends)('by %s before it gets no tokens', async (_, prepare) => {
    const user = await twoSessions()
    const end = await prepare(user)
    let ended = 0
    const DB = pausedAtSessions(async () => {
      ended = (await end(client(singleUse))).status
    })

    const { there } = user
    const answer = await client({ ...singleUse, DB }).post('/auth/jwt/refresh/', there)

    expect([ended, answer.status]).toEqual([204, 401])
    await expectRevoked(user.api, there)
    expect(await events(user.id)).not.toContain('refresh_reused')
  })

  test.each(ends)('by %s after it leaves no valid token', async (_, prepare) => {
    const user = await twoSessions()
    const end = await prepare(user)
    const { there } = user
    const answers: Awaited<ReturnType<Api['post']>>[] = []
    const DB = pausedAtSessions(async () => {
      answers.push(await client(singleUse).post('/auth/jwt/refresh/', there))
    })

    expect((await end(client({ ...singleUse, DB }))).status).toBe(204)

    expect(answers.map(({ status }) => status)).toEqual([200])
    for (const { body } of answers) await expectRevoked(user.api, body)
  })

  test('at the same moment leaves no valid token, in whatever order', async () => {
    for (let time = 0; time < 5; time++) {
      const { api, access, there } = await twoSessions()
      const refreshing = Array.from({ length: 5 }, () => api.post('/auth/jwt/refresh/', there))
      const ending = api.delete(`/auth/sessions/${there.id}/`, undefined, { token: access })
      const answers = await Promise.all(refreshing)

      expect((await ending).status).toBe(204)
      for (const { body, status } of answers) if (status === 200) await expectRevoked(api, body)
      await expectRevoked(api, there)
    }
  }, 60_000)
})

describe('two new passwords at the same moment', () => {
  test('become one: one session stays, with one event and one email', async () => {
    const { api, email, id, access, there } = await twoSessions()
    const set = (token: string, new_password: string) => {
      const sent = { current_password: password, new_password }
      return api.post('/auth/users/set_password/', sent, { token })
    }

    // Both requests compare the password before one of them writes.
    const callers = [
      { token: access, next: geese },
      { token: String(there.access), next: 'a heap of stones' },
    ]
    const answers = await Promise.all(callers.map(({ token, next }) => set(token, next)))

    expect(answers.map(({ status }) => status).sort()).toEqual([204, 400])
    const refusal = answers.find(({ status }) => status === 400)
    expect(refusal?.body).toEqual({ current_password: ['Invalid password.'] })
    for (const [at, { token, next }] of callers.entries()) {
      const has = answers[at]?.status === 204
      expect((await api.get('/auth/users/me/', { token })).status).toBe(has ? 200 : 401)
      const login = await logIn(api, { email, password: next })
      expect(login.status).toBe(has ? 200 : 401)
    }
    const recorded = await events(id)
    expect(recorded.filter((event) => event.startsWith('password_changed'))).toHaveLength(1)
    const mails = await kinds({ api, email })
    expect(mails.filter((kind) => kind === 'password_changed_confirmation')).toHaveLength(1)
  })
})

describe('a login that is paused between comparison and write while a reset commits', () => {
  test.each([
    ['/auth/token/login/', {}],
    ['/auth/token/login/', { ARGON2_MEMORY_COST: 128 }],
    ['/api/token/sliding/', {}],
    ['/api/token/sliding/', { ARGON2_MEMORY_COST: 128 }],
    ['/auth/jwt/create/', {}],
    ['/auth/jwt/create/', { ARGON2_MEMORY_COST: 128 }],
  ])('writes and records nothing, at %s with %j', async (path, vars) => {
    const { api, email, id } = await loggedIn()
    await api.post('/auth/users/reset_password/', { email })
    const [{ uid, token }] = await api.mail(email)
    const link = { uid, token, new_password: geese }
    let trips = 0
    const DB = beforeRoundTrip(env.DB, async () => {
      trips++
      if (trips === 2) await api.post('/auth/users/reset_password_confirm/', link)
    })

    const answer = await client({ ...vars, DB }).post(path, { email, password })

    expect([400, 401]).toContain(answer.status)
    expect((await events(id)).slice(2)).toEqual(['password_changed reset', 'login_failed'])
    const rows = await env.DB.prepare(
      `select (select count(*) from sessions where user_id = ?1 and revoked_at is null) as sessions,
        (select count(*) from auth_tokens where user_id = ?1) as keys`,
    )
      .bind(id)
      .first()
    expect(rows).toEqual({ sessions: 0, keys: 0 })
    expect((await logIn(api, { email, password: geese })).status).toBe(200)
  })
})

/** D1 that runs an action once, just before the first write to `sessions`. */
function pausedAtSessions(action: () => Promise<unknown>): D1Database {
  let isDone = false
  return beforeRoundTrip(env.DB, async (statements) => {
    if (isDone || !statements.some((text) => /^update "?sessions/.test(text))) return
    isDone = true
    await action()
  })
}

async function expectRevoked(api: Api, { access, refresh }: { access: string; refresh: string }) {
  expect((await api.get('/auth/users/me/', { token: access })).status).toBe(401)
  expect((await api.post('/auth/jwt/refresh/', { refresh })).status).toBe(401)
}

/** The events of an account, the oldest first. */
async function events(id: number): Promise<string[]> {
  const query = 'select type, detail from security_events where user_id = ? order by id'
  const { results } = await env.DB.prepare(query).bind(id).all<Record<string, string | null>>()
  return results.map(({ type, detail }) => [type, detail].filter(Boolean).join(' '))
}

const kinds = async ({ api, email }: { api: Api; email: string }): Promise<string[]> =>
  (await api.mail(email)).map(({ kind }: { kind: string }) => kind)

test('a login that starts no session revokes none, however many there are', async () => {
  const user = await loggedIn()
  const { api, id, email } = user
  for (const _ of [1, 2]) await logIn(api, { email })
  const other = 'update users set password = ?1 || password where id = ?2'
  const DB = beforeRoundTrip(env.DB, async (statements) => {
    if (!statements.some((each) => each.startsWith('insert into "sessions"'))) return
    await env.DB.prepare(other).bind('!', id).run()
  })

  const { status } = await logIn(client({ DB, MAX_SESSIONS: 1 }), { email })

  const ended =
    'select count(*) as count from sessions where user_id = ? and revoked_at is not null'
  expect([status, await env.DB.prepare(ended).bind(id).first('count')]).toEqual([401, 0])
})
