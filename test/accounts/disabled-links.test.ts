// The links of an account that is disabled: they do nothing, also after it is enabled again.

import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { type Api, client } from '../support/api.ts'
import {
  changeUser,
  linkTo,
  loggedIn,
  logIn,
  newEmail,
  newestLink,
  pendingUser,
  person,
  setEmail,
} from '../support/people.ts'
import { beforeRoundTrip, isDelivery } from '../support/trips.ts'

const newPassword = 'a flock of geese'
const invalidToken = { token: ['Invalid token for given user.'] }

type Link = { uid: string; token: string }

// For each purpose: how its link is requested, used by the API and used on our page.
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
      const { body } = await logIn(api, { email })
      const next = newEmail()
      await setEmail(api, body.access, next)
      return newestLink(api, next)
    },
    api: (api: Api, link: Link) => api.post('/auth/users/set_email_confirm/', link),
    page: (api: Api, form: Link) => api.send('POST', '/change-email/', { form }),
  },
}

describe.each(Object.entries(purposes))('a link for %s', (purpose, { link, ...use }) => {
  const vars = { EMAIL_CHANGE_CONFIRMATION: true, MAIL_COOLDOWN: 1 }

  /** A user with a valid link of this purpose, the link, and the columns that links change. */
  async function userWithLink() {
    const someone = purpose === 'activation' ? await signedUp(vars) : await person(vars)
    const mailed = await link(someone.api, someone.email)
    return { ...someone, mailed, before: await rowOf(someone.id) }
  }

  test('does nothing while the account is disabled, nor after it is enabled again', async () => {
    const { api, id, mailed, before } = await userWithLink()
    const staff = await staffUser()

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
    await changeUser(id, "status = 'disabled'")

    expect([400, 403]).toContain((await use.api(api, mailed)).status)
    expect((await use.page(api, mailed)).body).toContain('This link does not work')
    expect(await rowOf(id)).toEqual({ ...before, status: 'disabled' })
  })

  test.each(['api', 'page'] as const)(
    'changes nothing by the %s if the account is disabled between read and write',
    async (way) => {
      const { id, mailed, before } = await userWithLink()
      const staff = await staffUser()
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
    const staff = await staffUser()
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

/** A pending user with an activation email of an hour ago, so that another one may be requested. */
async function signedUp(vars: Record<string, unknown> = {}) {
  const user = await pendingUser(vars)
  await env.DB.prepare('update mail_outbox set created_at = created_at - 3600000 where user_id = ?')
    .bind(user.id)
    .run()
  return user
}

/** A staff user that disables and enables accounts. */
async function staffUser() {
  const { api, access } = await loggedIn({}, { staff: true })
  return {
    async act(id: number, what: 'disable' | 'enable') {
      const { status } = await api.post(`/auth/users/${id}/${what}/`, {}, { token: access })
      expect(status).toBe(204)
    },
  }
}

const rowOf = (id: number) =>
  env.DB.prepare('select email, password, status from users where id = ?').bind(id).first()
