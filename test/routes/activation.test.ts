import { env } from 'cloudflare:workers'
import { describe, expect, test, vi } from 'vitest'
import { client } from '../support/api.ts'
import { logIn, newEmail, password, person } from '../support/people.ts'
import { beforeRoundTrip } from '../support/trips.ts'

describe('POST /auth/users/activation/', () => {
  test('activates a pending account, and answers 403 the second time', async () => {
    const { api, email, link } = await signedUp()

    const first = await api.post('/auth/users/activation/', link)
    const second = await api.post('/auth/users/activation/', link)

    expect([first.status, first.body]).toEqual([204, ''])
    expect([second.status, second.body]).toEqual([403, { detail: 'Stale token for given user.' }])
    expect((await logIn(api, { email })).status).toBe(200)
  })

  test('SEND_CONFIRMATION_EMAIL sends the owner a mail', async () => {
    const { api, email, link } = await signedUp({ SEND_CONFIRMATION_EMAIL: true })

    await api.post('/auth/users/activation/', link)

    expect((await api.mail(email))[0]).toMatchObject({ kind: 'confirmation', url: null })
  })

  test('a user that staff disabled cannot activate the account again', async () => {
    const { api, email, id, link } = await signedUp()
    await env.DB.prepare(`update users set status = 'disabled' where id = ?`).bind(id).run()

    const activated = await api.post('/auth/users/activation/', link)
    const resent = await api.post('/auth/users/resend_activation/', { email })

    expect(activated.body).toEqual({ detail: 'Stale token for given user.' })
    expect(resent.status).toBe(204)
    expect(await api.mail(email)).toHaveLength(1)
    expect((await logIn(api, { email })).status).toBe(401)
  })

  test.each([
    ['address', `email = 'else@example.com'`],
    ['password', `password = 'another'`],
    ['name', `username = 'another'`],
  ])('activates no account whose %s changes between comparison and write', async (_, change) => {
    const on = { SEND_CONFIRMATION_EMAIL: true, D1_READ_REPLICATION: false }
    const { api, email, id, link } = await signedUp(on)
    let trips = 0
    const DB = beforeRoundTrip(env.DB, async () => {
      trips++
      if (trips !== 2) return
      await env.DB.prepare(`update users set ${change} where id = ?`).bind(id).run()
    })

    const { status, body } = await client({ ...on, DB }).post('/auth/users/activation/', link)

    expect([status, body]).toEqual([403, { detail: 'Stale token for given user.' }])
    const query = `select status, (select count(*) from security_events where user_id = users.id)
      as events from users where id = ?`
    const row = await env.DB.prepare(query).bind(id).first()
    expect(row).toEqual({ status: 'pending', events: 0 })
    expect(await api.mail(email)).toHaveLength(1)
  })

  test('names the part of the link that is wrong', async () => {
    const { api, link } = await signedUp()
    const other = await signedUp()
    const send = async (sent: unknown) => (await api.post('/auth/users/activation/', sent)).body

    expect(await send({})).toEqual({
      uid: ['This field is required.'],
      token: ['This field is required.'],
    })
    expect(await send({ ...link, uid: 'OTk5OTk5OTk5' })).toEqual({
      uid: ["Invalid user id or user doesn't exist."],
    })
    expect(await send({ ...link, token: other.link.token })).toEqual({
      token: ['Invalid token for given user.'],
    })
  })
})

describe('POST /auth/users/resend_activation/', () => {
  test('mails a pending user again after MAIL_COOLDOWN, and the older link still works', async () => {
    const { api, email, link } = await signedUp()
    const resend = () => api.post('/auth/users/resend_activation/', { email })

    const soon = await resend()
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 })
    const later = await resend()
    vi.useRealTimers()

    expect([soon.status, later.status]).toEqual([204, 204])
    expect(await api.mail(email)).toHaveLength(2)
    expect((await api.post('/auth/users/activation/', link)).status).toBe(204)
  })

  test('answers the same for an active account and for none, and mails nothing', async () => {
    const { api, email } = await person()
    const unknown = newEmail('nobody')

    for (const address of [email, unknown]) {
      const answer = await api.post('/auth/users/resend_activation/', { email: address })
      expect([answer.status, answer.body]).toEqual([204, ''])
    }

    expect(await api.mail(email)).toHaveLength(1)
    expect(await api.mail(unknown)).toEqual([])
  })

  test('answers 400 without a body if SEND_ACTIVATION_EMAIL is off', async () => {
    const api = client({ SEND_ACTIVATION_EMAIL: false })

    const { status, body } = await api.post('/auth/users/resend_activation/', { email: newEmail() })

    expect([status, body]).toEqual([400, ''])
  })
})

/** A user that has signed up, and the link that was mailed. */
async function signedUp(vars: Record<string, unknown> = {}) {
  const api = client(vars)
  const email = newEmail()
  const someone = { email, password, first_name: 'Ada', last_name: 'Lovelace' }
  const { body } = await api.post('/auth/users/', someone)
  const [{ uid, token }] = await api.mail(email)
  return { api, email, id: Number(body.id), link: { uid, token } }
}
