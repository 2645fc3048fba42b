// How many notices of each kind an address gets a day. A notice reports an event of an account. No client requests it.

import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { client } from '../support/api.ts'
import { kindsTo, rowsTo } from '../support/outbox.ts'
import { loggedIn, logIn, newEmail, password } from '../support/people.ts'

const day = 24 * 60 * 60_000
const start = new Date('2031-06-01T12:00:00Z')
const unthrottled = { THROTTLE_ENABLED: false }

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: start }))
afterEach(() => void vi.useRealTimers())

describe('a notice to a verified address', () => {
  test('neither counts for the limit nor is stopped by it', async () => {
    const vars = { ...unthrottled, MAIL_DAILY_LIMIT: 1, SECURITY_EMAILS: 'password_changed' }
    const { api, email, access } = await loggedIn(vars)
    let current_password = password
    for (const new_password of ['a flock of geese', 'a herd of zebras', 'a skein of swans']) {
      const change = { current_password, new_password }
      await api.post('/auth/users/set_password/', change, { token: access })
      current_password = new_password
    }
    await api.post('/auth/users/reset_password/', { email })

    expect(await kindsTo(email)).toEqual([
      'activation',
      ...Array(3).fill('password_changed_confirmation'),
      'password_reset',
    ])
  })

  test('comes twenty times a day of each kind', async () => {
    const vars = { ...unthrottled, MAIL_DAILY_LIMIT: 0, SECURITY_EMAILS: 'password_changed' }
    const [{ api, email, access }, other] = [await loggedIn(vars), await loggedIn(vars)]
    const change = async (token: string, count: number) => {
      for (let i = 0; i < count; i++) {
        const words = [password, 'a flock of geese']
        const [current_password, new_password] = i % 2 ? words.reverse() : words
        const sent = { current_password, new_password }
        const { status } = await api.post('/auth/users/set_password/', sent, { token })
        expect(status).toBe(204)
      }
    }
    await change(access, 24)
    expect(await rowsTo(email, 'password_changed_confirmation')).toHaveLength(20)
    await change(other.access, 1)
    expect(await rowsTo(other.email, 'password_changed_confirmation')).toHaveLength(1)

    vi.setSystemTime(start.getTime() + day + 1)
    const { body } = await logIn(api, { email })
    await change(body.access, 1)
    expect(await rowsTo(email, 'password_changed_confirmation')).toHaveLength(21)
  })
})

describe('notices to accounts at an unverified address', () => {
  const atOnce = {
    ...{ ...unthrottled, EMAIL_CHANGE_CONFIRMATION: false, SEND_ACTIVATION_EMAIL: false },
    SECURITY_EMAILS: 'password_changed,email_changed',
    ACCESS_TOKEN_LIFETIME: '3d',
  }

  /** Moves an account to an address, changes its password that many times, and moves it away. */
  async function visit(address: string, times: number) {
    const api = client(atOnce)
    const email = newEmail()
    const user = { email, password, first_name: 'Eve', last_name: 'Moved' }
    await api.post('/auth/users/', user)
    const { access } = (await logIn(api, { email })).body
    const send = async (path: string, sent: object) =>
      expect((await api.post(`/auth/users/${path}/`, sent, { token: access })).status).toBe(204)
    await send('set_email', { current_password: password, new_email: address })
    for (let i = 0; i < times; i++) {
      const words = [password, 'a flock of geese']
      const [current_password, new_password] = i % 2 ? words.reverse() : words
      await send('set_password', { current_password, new_password })
    }
    await send('set_email', { current_password: password, new_email: newEmail() })
  }

  test('are twenty a day of each kind, however many accounts move there', async () => {
    const victim = newEmail('victim')
    for (let account = 0; account < 3; account++) await visit(victim, 22)

    expect(await rowsTo(victim, 'password_changed_confirmation')).toHaveLength(20)
    expect(await rowsTo(victim, 'email_changed')).toHaveLength(3)
    for (let account = 0; account < 19; account++) await visit(victim, 0)
    expect(await rowsTo(victim, 'email_changed')).toHaveLength(20)
  }, 60_000)

  test('do not stop a notice to the owner, whose address is verified', async () => {
    // The mailbox lists the newest 200 emails. At the stopped time, the other tests have filled it.
    await env.DB.prepare('delete from dev_mailbox').run()
    const vars = { ...atOnce, LOGIN_FIELD: 'username', SEND_ACTIVATION_EMAIL: true }
    const api = client(vars)
    const [email, username] = [newEmail('owner'), newEmail('u')]
    await api.post('/auth/users/', { username, email, password })
    const [{ uid, token }] = await api.mail(email)
    await api.post('/auth/users/activation/', { uid, token })
    const { access } = (await logIn(api, { username })).body
    const flood = (kind: string) =>
      env.DB.prepare(
        `with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < 30)
          insert into mail_outbox (id, kind, user_id, recipient, created_at)
          select 'flood' || n || ?1 || ?2, ?1, (select max(id) from users), ?2, ?3 from numbers`,
      )
        .bind(kind, email, Date.now())
        .run()
    await api.post('/auth/users/', { username: newEmail('u'), password })
    await flood('password_changed_confirmation')
    await flood('email_changed')

    const change = { current_password: password, new_password: 'a flock of geese' }
    await api.post('/auth/users/set_password/', change, { token: access })
    await api.patch('/auth/users/me/', { email: newEmail() }, { token: access })

    expect(await rowsTo(email, 'password_changed_confirmation')).toHaveLength(31)
    expect(await rowsTo(email, 'email_changed')).toHaveLength(31)
  })
})
