// What invalidates a mailed link, and what does not.

import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { type Api, client } from '../support/api.ts'
import { linkTo, loggedIn, makeStaff, newEmail, password, person } from '../support/people.ts'
import { beforeRoundTrip, isDelivery } from '../support/trips.ts'

const newPassword = 'a flock of geese'
const invalidToken = { token: ['Invalid token for given user.'] }
const confirmed = { EMAIL_CHANGE_CONFIRMATION: true }

type Link = { uid: string; token: string }

describe('a login invalidates no mailed link', () => {
  const vars = {
    UPDATE_LAST_LOGIN: true,
    AUTH_TOKEN_CLASSES: 'AccessToken,SlidingToken',
    ...confirmed,
  }
  const routes: [string, object][] = [
    ['/auth/jwt/create/', {}],
    ['/api/token/', {}],
    ['/auth/token/login/', {}],
    ['/api-token-auth/', {}],
    ['/api-token-auth/', { DRF_JWT: true }],
    ['/api/token/sliding/', {}],
  ]

  test.each(routes)('a reset link works once after a login by %s %j', async (path, more) => {
    const { api, email } = await person({ ...vars, ...more })
    const link = await linkTo(api, 'reset_password', email)

    expect((await api.post(path, { email, username: email, password })).status).toBe(200)

    const reset = (new_password: string) =>
      api.post('/auth/users/reset_password_confirm/', { ...link, new_password })
    expect((await reset(newPassword)).status).toBe(204)
    expect((await reset('a herd of zebras')).body).toEqual(invalidToken)
    expect(await logIn(api, email, newPassword)).toBe(200)
  })

  test('a link for another login works once after a login', async () => {
    const { api, email } = await person(vars)
    const link = await linkTo(api, 'reset_email', email)
    await api.post('/auth/token/login/', { email, password })

    const confirm = () =>
      api.post('/auth/users/reset_email_confirm/', { ...link, new_email: newEmail() })
    expect((await confirm()).status).toBe(204)
    expect((await confirm()).body).toEqual(invalidToken)
  })

  test('a link to a new address works once after a login', async () => {
    const { api, email, access } = await loggedIn(vars)
    const next = newEmail()
    await api.post(
      '/auth/users/set_email/',
      { current_password: password, new_email: next },
      { token: access },
    )
    const [{ uid, token }] = await api.mail(next)
    await api.post('/auth/token/login/', { email, password })

    const confirm = () => api.post('/auth/users/set_email_confirm/', { uid, token })
    expect((await confirm()).status).toBe(204)
    expect((await confirm()).body).toEqual(invalidToken)
  })
})

describe('a confirmed change of address invalidates earlier links', () => {
  test('they stay invalid when the old address and the request for the new one come back', async () => {
    const { api, email, access } = await loggedIn(confirmed)
    const next = newEmail()
    const ask = (new_email: string) =>
      api.post(
        '/auth/users/set_email/',
        { current_password: password, new_email },
        { token: access },
      )
    const confirm = (link: Link) => api.post('/auth/users/set_email_confirm/', link)
    const newest = async (address: string) => linkIn((await api.mail(address))[0])
    await ask(next)
    const first = await newest(next)
    await confirm(first)
    await ask(email)
    await confirm(await newest(email))
    await ask(next)

    expect((await confirm(first)).body).toEqual(invalidToken)
  })
})

// For each purpose: how its link is requested, used by the API and used on our page, and the columns that it changes.
const purposes = {
  activation: {
    async link(api: Api, email: string) {
      return linkTo(api, 'resend_activation', email)
    },
    api: (api: Api, link: Link) => api.post('/auth/users/activation/', link),
    page: (api: Api, form: Link) => api.send('POST', '/activate/', { form }),
  },
  'password reset': {
    link: (api: Api, email: string) => linkTo(api, 'reset_password', email),
    api: (api: Api, link: Link) =>
      api.post('/auth/users/reset_password_confirm/', { ...link, new_password: newPassword }),
    page: (api: Api, link: Link) =>
      api.send('POST', '/reset-password/', {
        form: { ...link, new_password: newPassword, re_new_password: newPassword },
      }),
  },
  'username reset': {
    link: (api: Api, email: string) => linkTo(api, 'reset_email', email),
    api: (api: Api, link: Link) =>
      api.post('/auth/users/reset_email_confirm/', { ...link, new_email: newEmail() }),
    page: (api: Api, link: Link) =>
      api.send('POST', '/reset-username/', { form: { ...link, new_name: newEmail() } }),
  },
  'email change': {
    async link(api: Api, email: string) {
      const { body } = await api.post('/auth/jwt/create/', { email, password })
      const next = newEmail()
      const asked = { current_password: password, new_email: next }
      await api.post('/auth/users/set_email/', asked, { token: body.access })
      return linkIn((await api.mail(next))[0])
    },
    api: (api: Api, link: Link) => api.post('/auth/users/set_email_confirm/', link),
    page: (api: Api, form: Link) => api.send('POST', '/change-email/', { form }),
  },
}

describe.each(Object.entries(purposes))('a link for %s', (purpose, { link, ...use }) => {
  const vars = { ...confirmed, MAIL_COOLDOWN: 1 }

  /** A user with a valid link of this purpose, the link, and the columns that links change. */
  async function userWithLink() {
    const someone = purpose === 'activation' ? await signedUp(vars) : await person(vars)
    const mailed = await link(someone.api, someone.email)
    return { ...someone, mailed, before: await rowOf(someone.id) }
  }

  test('does nothing while the account is disabled, nor after it is enabled again', async () => {
    const { api, id, mailed, before } = await userWithLink()
    const staff = await member()

    await staff.act(id, 'disable')
    expect([400, 403]).toContain((await use.api(api, mailed)).status)
    expect((await use.page(api, mailed)).body).toContain('This link does not work')
    expect(await rowOf(id)).toEqual({ ...before, status: 'disabled' })

    await staff.act(id, 'enable')
    expect((await use.api(api, mailed)).body).toEqual(invalidToken)
    expect((await use.page(api, mailed)).body).toContain('This link does not work')
    expect(await rowOf(id)).toEqual(before)
  })

  test('does nothing if only the status in the row says that the account is disabled', async () => {
    const { api, id, mailed, before } = await userWithLink()
    await write(id, "status = 'disabled'")

    expect([400, 403]).toContain((await use.api(api, mailed)).status)
    expect((await use.page(api, mailed)).body).toContain('This link does not work')
    expect(await rowOf(id)).toEqual({ ...before, status: 'disabled' })
  })

  test.each(['api', 'page'] as const)(
    'changes nothing by the %s if the account is disabled between read and write',
    async (way) => {
      const { id, mailed, before } = await userWithLink()
      const staff = await member()
      let trips = 0
      const DB = beforeRoundTrip(env.DB, async (statements) => {
        if (!isDelivery(statements) && ++trips === 2) await staff.act(id, 'disable')
      })

      const { status } = await use[way](client({ ...vars, DB }), mailed)

      expect([400, 403]).toContain(status)
      expect(trips).toBeGreaterThan(1)
      expect(await rowOf(id)).toEqual({ ...before, status: 'disabled' })
    },
  )

  test('that is still in the outbox is not sent after the account is disabled and enabled', async () => {
    const staff = await member()
    const someone = purpose === 'activation' ? await signedUp(vars) : await person(vars)
    const DB = beforeRoundTrip(env.DB, (statements) => {
      if (isDelivery(statements)) throw new Error('Network connection lost.')
    })
    await link(client({ ...vars, DB }), someone.email).catch(() => undefined)
    const waiting = () =>
      env.DB.prepare(
        `select count(*) as many from mail_outbox where user_id = ? and next_attempt_at is not null`,
      )
        .bind(someone.id)
        .first('many')
    expect(await waiting()).toBeGreaterThan(0)

    await staff.act(someone.id, 'disable')
    await staff.act(someone.id, 'enable')

    const { results } = await env.DB.prepare(
      `select kind from mail_outbox where user_id = ? and next_attempt_at is not null
        and kind <> 'email_change_requested'`,
    )
      .bind(someone.id)
      .all()
    expect(results).toEqual([])
  })
})

describe('the activation page', () => {
  test('does not say that a disabled account is active', async () => {
    const { api, id, link } = await signedUp()
    const staff = await member()
    await staff.act(id, 'disable')

    const { status, body } = await api.send('POST', '/activate/', { form: link })

    expect(status).toBe(400)
    expect(body).not.toContain('Your account is active')
    expect(body).toContain('This link does not work')
  })
})

async function signedUp(vars: Record<string, unknown> = {}) {
  const api = client(vars)
  const email = newEmail()
  const someone = { email, password, first_name: 'Ada', last_name: 'Lovelace' }
  const { body } = await api.post('/auth/users/', someone)
  // As if it was sent an hour ago, so that another may be requested.
  await env.DB.prepare('update mail_outbox set created_at = created_at - 3600000 where user_id = ?')
    .bind(body.id)
    .run()
  return { api, email, id: Number(body.id), link: linkIn((await api.mail(email))[0]) }
}

/** A staff user that disables and enables accounts. */
async function member() {
  const { api, id, access } = await loggedIn()
  await makeStaff(id)
  return {
    async act(id: number, what: 'disable' | 'enable') {
      const { status } = await api.post(`/auth/users/${id}/${what}/`, {}, { token: access })
      expect(status).toBe(204)
    },
  }
}

const linkIn = ({ uid, token }: Link) => ({ uid, token })

const logIn = async (api: Api, email: string, word: string) =>
  (await api.post('/auth/jwt/create/', { email, password: word })).status

const rowOf = (id: number) =>
  env.DB.prepare('select email, password, status from users where id = ?').bind(id).first()

const write = (id: number, change: string) =>
  env.DB.prepare(`update users set ${change} where id = ?`).bind(id).run()
