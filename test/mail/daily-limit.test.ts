// MAIL_DAILY_LIMIT: how many emails a day of each kind an address gets, if any client can request that kind.

import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { client } from '../support/api.ts'
import { kindsTo, rowsTo } from '../support/outbox.ts'
import { loggedIn, logIn, newEmail, password } from '../support/people.ts'

const minute = 60_000
const day = 24 * 60 * minute
const start = new Date('2031-06-01T12:00:00Z')
const unthrottled = { THROTTLE_ENABLED: false }
const byName = { ...unthrottled, LOGIN_FIELD: 'username' }
const withoutActivation = { ...byName, SEND_ACTIVATION_EMAIL: false }

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: start }))
afterEach(() => void vi.useRealTimers())

describe('resets', () => {
  test('200 in an afternoon get the same answer and send 20 emails, and the next one is sent a day later', async () => {
    const { api, email } = await loggedIn(unthrottled)
    const reset = () => api.post('/auth/users/reset_password/', { email })

    for (let i = 0; i < 200; i++) {
      vi.setSystemTime(Date.now() + 61_000)
      expect(await reset()).toMatchObject({ status: 204, body: '' })
    }
    expect(await rowsTo(email, 'password_reset')).toHaveLength(20)
    expect(await api.mail(email)).toHaveLength(21)

    vi.setSystemTime(start.getTime() + day + 2 * 61_000)
    await reset()
    expect(await rowsTo(email, 'password_reset')).toHaveLength(21)
    await reset()
    expect(await rowsTo(email, 'password_reset')).toHaveLength(21)
  })

  test('of many accounts at one address keep to the limit, in one request and in 60 parallel ones', async () => {
    const email = newEmail()
    await signUpAll(withoutActivation, Array(30).fill(email))
    const api = client(withoutActivation)
    const requestReset = () => api.post('/auth/users/reset_password/', { email })

    expect((await requestReset()).status).toBe(204)
    expect(await rowsTo(email, 'password_reset')).toHaveLength(20)
    const answers = await Promise.all(Array.from({ length: 60 }, requestReset))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204]))
    expect(await rowsTo(email, 'password_reset')).toHaveLength(20)
  })

  test('in parallel keep to the limit at an address that had no email before', async () => {
    const email = newEmail()
    await signUpAll(withoutActivation, Array(30).fill(email))
    const api = client({ ...withoutActivation, MAIL_DAILY_LIMIT: 7 })
    const requestReset = () => api.post('/auth/users/reset_password/', { email })
    await Promise.all(Array.from({ length: 20 }, requestReset))
    expect(await rowsTo(email, 'password_reset')).toHaveLength(7)
  })

  test('do not count for other kinds and other addresses', async () => {
    const vars = { ...unthrottled, MAIL_DAILY_LIMIT: 1, MAIL_COOLDOWN: 1 }
    const [ada, grace] = [await loggedIn(vars), await loggedIn(vars)]
    for (const { email } of [ada, ada, grace]) {
      vi.setSystemTime(Date.now() + minute)
      await ada.api.post('/auth/users/reset_password/', { email })
    }
    await ada.api.post('/auth/users/reset_email/', { email: ada.email })

    expect(await kindsTo(ada.email)).toEqual(['activation', 'password_reset', 'username_reset'])
    expect(await kindsTo(grace.email)).toEqual(['activation', 'password_reset'])
  })

  test('have no limit with MAIL_DAILY_LIMIT = 0', async () => {
    const { api, email } = await loggedIn({ ...unthrottled, MAIL_DAILY_LIMIT: 0 })
    for (let i = 0; i < 25; i++) {
      vi.setSystemTime(Date.now() + 61_000)
      await api.post('/auth/users/reset_password/', { email })
    }
    expect(await rowsTo(email, 'password_reset')).toHaveLength(25)
  })
})

describe('sign-ups', () => {
  test('500 with one address, in any capitals, create 500 accounts and send 20 emails', async () => {
    const email = newEmail('grace')
    const spellings = [email, email.toUpperCase(), email.replace('grace', 'Grace')]

    await signUpAll(
      byName,
      Array.from({ length: 500 }, (_, index) => spellings[index % 3] ?? ''),
    )

    expect(await rowsTo(email, 'activation')).toHaveLength(20)
    const { results } = await env.DB.prepare(
      'select status, count(*) as many from users where email = ? collate nocase group by status',
    )
      .bind(email)
      .run()
    expect(results).toEqual([{ status: 'pending', many: 500 }])
  }, 120_000)

  test('that sent no email get it on request later, although other accounts share the address', async () => {
    const email = newEmail()
    await signUpAll(byName, Array(50).fill(email))
    const api = client(byName)
    const mailed: number[] = []
    for (const days of [0, 1, 2]) {
      vi.setSystemTime(start.getTime() + days * (day + minute))
      if (days > 0) await api.post('/auth/users/resend_activation/', { email })
      const rows = await rowsTo(email, 'activation')
      mailed.push(new Set(rows.map(({ user_id }) => user_id)).size)
    }
    expect(mailed).toEqual([20, 40, 50])
  })

  test('count together with addresses that users set in their accounts', async () => {
    const victim = newEmail('victim')
    const api = client({ ...byName, MAIL_DAILY_LIMIT: 2, EMAIL_CHANGE_CONFIRMATION: false })
    for (const email of [victim, victim.toUpperCase(), victim.replace('v', 'V')]) {
      const username = newEmail('u')
      await api.post('/auth/users/', { username, password })
      const { body } = await logIn(api, { username })
      const { status } = await api.patch('/auth/users/me/', { email }, { token: body.access })
      expect(status).toBe(200)
    }
    expect(await rowsTo(victim, 'activation')).toHaveLength(2)
  })

  test('without activation keep to the limit with their confirmations', async () => {
    const vars = { ...withoutActivation, SEND_CONFIRMATION_EMAIL: true, MAIL_DAILY_LIMIT: 3 }
    const email = newEmail()
    await signUpAll(vars, Array(8).fill(email))
    expect(await rowsTo(email, 'confirmation')).toHaveLength(3)
  })
})

describe('a new address that must be confirmed', () => {
  test('gets no link over the limit of its account, however many addresses the user enters', async () => {
    const vars = { ...unthrottled, EMAIL_CHANGE_CONFIRMATION: true, MAIL_DAILY_LIMIT: 3 }
    const { api, access, id } = await loggedIn(vars)
    for (let i = 0; i < 5; i++) {
      const sent = { current_password: password, new_email: newEmail('other') }
      const { status } = await api.post('/auth/users/set_email/', sent, { token: access })
      expect(status).toBe(204)
    }
    const query = "select recipient from mail_outbox where user_id = ? and kind = 'email_change'"
    expect((await env.DB.prepare(query).bind(id).all()).results).toHaveLength(3)
  })

  test('gets as many links as the limit allows, from any number of accounts, and each link is reported to the old address', async () => {
    const vars = { ...unthrottled, EMAIL_CHANGE_CONFIRMATION: true, MAIL_DAILY_LIMIT: 2 }
    const victim = newEmail('victim')
    const notices: number[] = []
    for (const new_email of [victim, victim.toUpperCase(), victim]) {
      const { api, email, access } = await loggedIn(vars)
      const change = { current_password: password, new_email }
      const { status } = await api.post('/auth/users/set_email/', change, { token: access })
      expect(status).toBe(204)
      notices.push((await rowsTo(email, 'email_change_requested')).length)
    }
    expect(await rowsTo(victim, 'email_change')).toHaveLength(2)
    expect(notices).toEqual([1, 1, 0])
  })
})

async function signUpAll(vars: object, addresses: string[]) {
  const api = client({ ...vars })
  const users = addresses.map((email) => ({ username: newEmail('u'), email, password }))
  while (users.length > 0) {
    const answers = await Promise.all(
      users.splice(0, 10).map((person) => api.post('/auth/users/', person)),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]))
  }
}
