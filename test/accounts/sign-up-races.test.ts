// Sign-ups and activations at the same moment, and a Worker that stops before it sends an email.

import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { cron } from '../support/cron.ts'
import { kindsTo, loggedIn, newEmail, newestLink, password, person } from '../support/people.ts'
import { beforeRoundTrip, isDelivery } from '../support/trips.ts'

describe('signing up', () => {
  test('answers 201 and 400 to two sign-ups with one address at the same moment', async () => {
    const email = newEmail()
    const someone = { email, password, first_name: 'Ada', last_name: 'Lovelace' }

    const answers = await Promise.all([
      client().post('/auth/users/', someone),
      client().post('/auth/users/', { ...someone, email: email.toUpperCase() }),
    ])

    expect(answers.map(({ status }) => status).sort()).toEqual([201, 400])
    expect(answers.find(({ status }) => status === 400)?.body).toEqual({
      email: ['user account with this email already exists.'],
    })
    expect(await client().mail(email)).toHaveLength(1)
  })

  test('does not give the id of a deleted user again', async () => {
    const { api, access, id } = await loggedIn()
    await api.delete('/auth/users/me/', { current_password: password }, { token: access })

    const next = await person()

    expect(next.id).toBeGreaterThan(id)
  })

  test('loses no email when the Worker stops before sending it: the cron sends it', async () => {
    const DB = beforeRoundTrip(env.DB, (statements) => {
      if (isDelivery(statements)) throw new Error('Network connection lost.')
    })
    const email = newEmail()
    const someone = { email, password, first_name: 'Ada', last_name: 'Lovelace' }

    expect((await client({ DB }).post('/auth/users/', someone)).status).toBe(201)
    expect(await client().mail(email)).toEqual([])
    await cron(Date.now() + 120_000)

    expect(await client().mail(email)).toHaveLength(1)
    await cron(Date.now() + 120_000)
    expect(await client().mail(email)).toHaveLength(1)
  })
})

describe('activating', () => {
  test('activates once and sends one email when a link is used twice at the same moment', async () => {
    const api = client({ SEND_CONFIRMATION_EMAIL: true })
    const email = newEmail()
    await api.post('/auth/users/', { email, password, first_name: 'Ada', last_name: 'Lovelace' })
    const link = await newestLink(api, email)

    const answers = await Promise.all([
      api.post('/auth/users/activation/', link),
      api.post('/auth/users/activation/', link),
    ])

    expect(answers.map(({ status }) => status).sort()).toEqual([204, 403])
    expect(await kindsTo(api, email)).toEqual(['confirmation', 'activation'])
    const { results } = await env.DB.prepare(
      `select type, detail from security_events
        where user_id = (select id from users where email = ?)`,
    )
      .bind(email)
      .all()
    expect(results).toEqual([{ type: 'status_changed', detail: 'active' }])
  })
})
