// MAIL_DAILY_LIMIT: of each kind of mail that anybody can cause by naming an address, so many a day go there.

import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { client } from '../support/api.ts'
import { loggedIn, logIn, newEmail, password } from '../support/people.ts'

const minute = 60_000
const day = 24 * 60 * minute
const start = new Date('2031-06-01T12:00:00Z')
const calm = { THROTTLE_ENABLED: false }
const byName = { ...calm, LOGIN_FIELD: 'username' }
const open = { ...byName, SEND_ACTIVATION_EMAIL: false }

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: start }))
afterEach(() => void vi.useRealTimers())

describe('resets', () => {
  test('200 in an afternoon: 20 mails, and the same answer; a day later there is mail again', async () => {
    const { api, email } = await loggedIn(calm)
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

  test('of many who share an address meet the bound in one request, and in 60 at once', async () => {
    const email = newEmail()
    await signUpAll(open, Array(30).fill(email))
    const api = client(open)
    const ask = () => api.post('/auth/users/reset_password/', { email })

    expect((await ask()).status).toBe(204)
    expect(await rowsTo(email, 'password_reset')).toHaveLength(20)
    const answers = await Promise.all(Array.from({ length: 60 }, ask))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204]))
    expect(await rowsTo(email, 'password_reset')).toHaveLength(20)
  })

  test('at once, of an address that had none: no more than the bound', async () => {
    const email = newEmail()
    await signUpAll(open, Array(30).fill(email))
    const api = client({ ...open, MAIL_DAILY_LIMIT: 7 })
    const ask = () => api.post('/auth/users/reset_password/', { email })
    await Promise.all(Array.from({ length: 20 }, ask))
    expect(await rowsTo(email, 'password_reset')).toHaveLength(7)
  })

  test('leave the mails of other kinds and to other addresses alone', async () => {
    const vars = { ...calm, MAIL_DAILY_LIMIT: 1, MAIL_COOLDOWN: 1 }
    const [ada, grace] = [await loggedIn(vars), await loggedIn(vars)]
    for (const { email } of [ada, ada, grace]) {
      vi.setSystemTime(Date.now() + minute)
      await ada.api.post('/auth/users/reset_password/', { email })
    }
    await ada.api.post('/auth/users/reset_email/', { email: ada.email })

    expect(await kindsTo(ada.email)).toEqual(['activation', 'password_reset', 'username_reset'])
    expect(await kindsTo(grace.email)).toEqual(['activation', 'password_reset'])
  })

  test('are not counted with MAIL_DAILY_LIMIT = 0', async () => {
    const { api, email } = await loggedIn({ ...calm, MAIL_DAILY_LIMIT: 0 })
    for (let i = 0; i < 25; i++) {
      vi.setSystemTime(Date.now() + 61_000)
      await api.post('/auth/users/reset_password/', { email })
    }
    expect(await rowsTo(email, 'password_reset')).toHaveLength(25)
  })
})

describe('sign-ups', () => {
  test('500 that name one address, in any capitals: 20 mails, and 500 accounts', async () => {
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

  test('whose mail was held back get it when they ask for it later, whoever else shares the address', async () => {
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

  test('and addresses that are written into an account count together', async () => {
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

  test('without activation: their confirmations meet the bound', async () => {
    const vars = { ...open, SEND_CONFIRMATION_EMAIL: true, MAIL_DAILY_LIMIT: 3 }
    const email = newEmail()
    await signUpAll(vars, Array(8).fill(email))
    expect(await rowsTo(email, 'confirmation')).toHaveLength(3)
  })
})

describe('a new address that is to be proven', () => {
  test('is mailed no link beyond the bound of its account, however many addresses it names', async () => {
    const vars = { ...calm, EMAIL_CHANGE_CONFIRMATION: true, MAIL_DAILY_LIMIT: 3 }
    const { api, access, id } = await loggedIn(vars)
    for (let i = 0; i < 5; i++) {
      const sent = { current_password: password, new_email: newEmail('other') }
      const { status } = await api.post('/auth/users/set_email/', sent, { token: access })
      expect(status).toBe(204)
    }
    const query = "select recipient from mail_outbox where user_id = ? and kind = 'email_change'"
    expect((await env.DB.prepare(query).bind(id).all()).results).toHaveLength(3)
  })

  test('gets so many mails, whoever names it; who has the old one is told of each link', async () => {
    const vars = { ...calm, EMAIL_CHANGE_CONFIRMATION: true, MAIL_DAILY_LIMIT: 2 }
    const victim = newEmail('victim')
    const told: number[] = []
    for (const new_email of [victim, victim.toUpperCase(), victim]) {
      const { api, email, access } = await loggedIn(vars)
      const asked = { current_password: password, new_email }
      const { status } = await api.post('/auth/users/set_email/', asked, { token: access })
      expect(status).toBe(204)
      told.push((await rowsTo(email, 'email_change_requested')).length)
    }
    expect(await rowsTo(victim, 'email_change')).toHaveLength(2)
    expect(told).toEqual([1, 1, 0])
  })
})

describe('what an owner should hear of', () => {
  test('is neither held back by it nor counted', async () => {
    const vars = { ...calm, MAIL_DAILY_LIMIT: 1, SECURITY_EMAILS: 'password_changed' }
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

  test('comes twenty times a day of a kind, whoever brings it about', async () => {
    const vars = { ...calm, MAIL_DAILY_LIMIT: 0, SECURITY_EMAILS: 'password_changed' }
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

describe('notices to accounts at an address that they did not prove', () => {
  const atOnce = {
    ...{ ...calm, EMAIL_CHANGE_CONFIRMATION: false, SEND_ACTIVATION_EMAIL: false },
    SECURITY_EMAILS: 'password_changed,email_changed',
    ACCESS_TOKEN_LIFETIME: '3d',
  }

  /** Moves an account to an address, changes its password there so many times, and moves it away. */
  async function visit(address: string, times: number) {
    const api = client(atOnce)
    const email = newEmail()
    const someone = { email, password, first_name: 'Eve', last_name: 'Moved' }
    await api.post('/auth/users/', someone)
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

  test('is twenty mails a day of a kind, however many accounts are moved there', async () => {
    const victim = newEmail('victim')
    for (let account = 0; account < 3; account++) await visit(victim, 22)

    expect(await rowsTo(victim, 'password_changed_confirmation')).toHaveLength(20)
    expect(await rowsTo(victim, 'email_changed')).toHaveLength(3)
    for (let account = 0; account < 19; account++) await visit(victim, 0)
    expect(await rowsTo(victim, 'email_changed')).toHaveLength(20)
  }, 60_000)

  test('holds nothing back that concerns the account of the owner, who proved it', async () => {
    // The mailbox lists the newest 200, and the other tests have filled it at this time.
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

async function signUpAll(vars: object, addresses: string[]) {
  const api = client({ ...vars })
  const people = addresses.map((email) => ({ username: newEmail('u'), email, password }))
  while (people.length > 0) {
    const answers = await Promise.all(
      people.splice(0, 10).map((person) => api.post('/auth/users/', person)),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]))
  }
}

async function rowsTo(address: string, kind: string): Promise<{ user_id: number }[]> {
  const query = 'select user_id from mail_outbox where recipient = ? collate nocase and kind = ?'
  const { results } = await env.DB.prepare(query).bind(address, kind).run<{ user_id: number }>()
  return results
}

async function kindsTo(address: string): Promise<string[]> {
  const query = 'select kind from mail_outbox where recipient = ? order by kind'
  const { results } = await env.DB.prepare(query).bind(address).run<{ kind: string }>()
  return results.map(({ kind }) => kind)
}
