// EMAIL_CHANGE_CONFIRMATION: the new address must be confirmed first, and the old one gets a notice.

import { createExecutionContext, createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import worker from '../../src/worker.ts'
import { type Api, client } from '../support/api.ts'
import { kindsTo, loggedIn, logIn, newEmail, password, setEmail } from '../support/people.ts'
import { beforeRoundTrip, isDelivery } from '../support/trips.ts'

const on = { EMAIL_CHANGE_CONFIRMATION: true }
const invalidToken = { token: ['Invalid token for given user.'] }
const taken = 'user account with this email already exists.'

describe('requesting another address', () => {
  test('changes nothing until the link to it is used, and sends a notice to the old address', async () => {
    const { api, email, access, id } = await loggedIn(on)
    const next = newEmail('Next')

    const requested = await setEmail(api, access, next)

    expect([requested.status, requested.body]).toEqual([204, ''])
    expect(await rowOf(id)).toEqual({ email, email_key: email, new_email: next })
    expect((await api.get('/auth/users/me/', { token: access })).body.email).toBe(email)
    const [[mail], [notice]] = [await api.mail(next), await api.mail(email)]
    expect(mail).toMatchObject({ kind: 'email_change', to: next })
    expect(mail.url).toBe(`https://auth.test/change-email/?uid=${mail.uid}&token=${mail.token}`)
    expect(notice).toMatchObject({ kind: 'email_change_requested', url: null, token: null })
    expect(notice.text).not.toContain(next)

    const first = await confirm(api, mail)
    const second = await confirm(api, mail)

    expect([first.status, first.body]).toEqual([204, ''])
    expect(second.body).toEqual(invalidToken)
    expect(await rowOf(id)).toEqual({
      email: next,
      email_key: next.toLowerCase(),
      new_email: null,
    })
    expect((await api.get('/auth/users/me/', { token: access })).status).toBe(200)
    expect((await logIn(api, { email: next })).status).toBe(200)
  })

  test('a link for one address is invalid after a request for another', async () => {
    const { api, access, id } = await loggedIn(on)
    const [one, other] = [newEmail(), newEmail()]
    await setEmail(api, access, one)
    await setEmail(api, access, other)

    const [[first], [second]] = [await api.mail(one), await api.mail(other)]

    expect((await confirm(api, first)).body).toEqual(invalidToken)
    expect((await confirm(api, second)).status).toBe(204)
    expect(await rowOf(id)).toMatchObject({ email: other })
  })

  test('a new password cancels the request', async () => {
    const { api, access } = await loggedIn(on)
    const next = newEmail()
    await setEmail(api, access, next)
    const change = { current_password: password, new_password: 'a flock of geese' }
    await api.post('/auth/users/set_password/', change, { token: access })

    const [mail] = await api.mail(next)

    expect((await confirm(api, mail)).body).toEqual(invalidToken)
  })

  test('another user’s address and the user’s own are rejected at once, without a mail', async () => {
    const { api, access, email, id } = await loggedIn(on)
    const other = await loggedIn(on)
    for (const address of [other.email.toUpperCase(), email]) {
      const { status, body } = await setEmail(api, access, address)
      expect([status, body]).toEqual([400, { new_email: [taken] }])
    }
    expect(await rowOf(id)).toMatchObject({ new_email: null })
    expect((await kindsTo(api, email)).sort()).toEqual(['activation'])
  })

  test('the same address twice within MAIL_COOLDOWN gets one mail', async () => {
    const { api, access, email } = await loggedIn(on)
    const next = newEmail()
    await setEmail(api, access, next)
    await setEmail(api, access, next)

    expect(await kindsTo(api, next)).toEqual(['email_change'])
    expect(await kindsTo(api, email)).toEqual(['email_change_requested', 'activation'])
  })

  test('a link from reset_email requests the change too, once', async () => {
    const { api, email, id } = await loggedIn(on)
    await api.post('/auth/users/reset_email/', { email })
    const [{ uid, token }] = await api.mail(email)
    const send = (new_email: string) =>
      api.post('/auth/users/reset_email_confirm/', { uid, token, new_email })
    const addresses = [newEmail(), newEmail()]

    const answers = await Promise.all(addresses.map(send))

    expect(answers.map(({ status }) => status).sort()).toEqual([204, 400])
    expect((await send(newEmail())).body).toEqual(invalidToken)
    expect(await rowOf(id)).toMatchObject({ email })
    const [mail] = (await Promise.all(addresses.map((address) => api.mail(address)))).flat()
    expect((await confirm(api, mail)).status).toBe(204)
    expect(await rowOf(id)).toMatchObject({ email: mail.to, new_email: null })
  })
})

describe('two requests at the same moment', () => {
  test('one of two users that confirm an address gets it', async () => {
    const people = [await loggedIn(on), await loggedIn(on)]
    const next = newEmail()
    for (const { api, access } of people) await setEmail(api, access, next)
    const mails = await client().mail(next)
    expect(mails).toHaveLength(2)

    const answers = await Promise.all(
      mails.map((mail: { uid: string; token: string }) => confirm(client(on), mail)),
    )

    expect(answers.map(({ status }) => status).sort()).toEqual([204, 400])
    expect(answers.find(({ status }) => status === 400)?.body).toEqual({ email: [taken] })
  })

  test('a request between the check of a link and its change wins', async () => {
    const { api, access, email, id } = await loggedIn(on)
    const [one, other] = [newEmail(), newEmail()]
    await setEmail(api, access, one)
    const [mail] = await api.mail(one)
    let trips = 0
    const DB = beforeRoundTrip(env.DB, async (statements) => {
      if (!isDelivery(statements) && ++trips === 2) await setEmail(api, access, other)
    })

    const { body } = await confirm(client({ ...on, DB }), mail)

    expect(body).toEqual(invalidToken)
    expect(await rowOf(id)).toMatchObject({ email, new_email: other })
  })

  test('a queued mail is not sent to an address after a request for another', async () => {
    const { api, access } = await loggedIn(on)
    const DB = beforeRoundTrip(env.DB, (statements) => {
      if (isDelivery(statements)) throw new Error('Network connection lost.')
    })
    const [one, other] = [newEmail(), newEmail()]
    await setEmail(client({ ...on, DB }), access, one)
    await setEmail(client({ ...on, DB }), access, other)

    const inTwoMinutes = new Date(Date.now() + 120_000)
    await worker.scheduled(
      createScheduledController({ scheduledTime: inTwoMinutes }),
      env,
      createExecutionContext(),
    )

    expect(await kindsTo(api, one)).toEqual([])
    expect(await kindsTo(api, other)).toEqual(['email_change'])
  })

  test('a request costs 2 round trips, and a confirmation 2', async () => {
    const { api: before, access } = await loggedIn(on)
    let trips = 0
    const DB = beforeRoundTrip(env.DB, (statements) => {
      if (!isDelivery(statements)) trips++
    })
    const api = client({ ...on, DB, D1_READ_REPLICATION: false })
    const next = newEmail()

    expect((await setEmail(api, access, next)).status).toBe(204)
    expect(trips).toBe(2)
    const [mail] = await before.mail(next)
    expect((await confirm(api, mail)).status).toBe(204)
    expect(trips).toBe(4)
  })
})

describe('without EMAIL_CHANGE_CONFIRMATION', () => {
  test('the path is answered like the id of a missing user', async () => {
    const { api, access } = await loggedIn({ EMAIL_CHANGE_CONFIRMATION: false })

    expect((await confirm(api, { uid: 'x', token: 'x' })).status).toBe(401)
    const path = '/auth/users/set_email_confirm/'
    expect((await api.post(path, {}, { token: access })).status).toBe(405)
  })
})

describe('the page of the mailed link', () => {
  test('changes the address only on POST, and once', async () => {
    const { api, access, email, id } = await loggedIn(on)
    const next = newEmail()
    await setEmail(api, access, next)
    const [{ url, uid, token }] = await api.mail(next)

    const page = await api.get(url.replace('https://auth.test', ''))
    expect([page.status, page.body]).toEqual([200, expect.stringContaining('Confirm address')])
    expect(await rowOf(id)).toMatchObject({ email })
    const post = () => api.send('POST', '/change-email/', { form: { uid, token } })
    expect((await post()).body).toContain('Your email address was changed')
    expect((await post()).body).toContain('This link does not work')
    expect(await rowOf(id)).toMatchObject({ email: next })
  })
})

const confirm = (api: Api, { uid, token }: { uid: string; token: string }) =>
  api.post('/auth/users/set_email_confirm/', { uid, token })

const rowOf = (id: number) =>
  env.DB.prepare('select email, email_key, new_email from users where id = ?').bind(id).first()
