// The activation page: the password of the sign-up or a new one, its errors, and links that no longer work.

import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { loggedIn, logIn, pendingUser } from '../support/people.ts'

const owners = 'a flock of geese'

describe('the activation page', () => {
  test('keeps the password of the sign-up if both fields are blank', async () => {
    const { api, email, link } = await pendingUser()

    const page = await api.get(`/activate/?uid=${link.uid}&token=${link.token}`)
    expect(page.body).toContain('name="new_password"')
    expect(page.body).not.toContain('required')
    const form = { ...link, new_password: '', re_new_password: '' }
    const { status, body } = await api.send('POST', '/activate/', { form })

    expect([status, body]).toEqual([200, expect.stringContaining('Your account is active')])
    expect((await logIn(api, { email })).status).toBe(200)
    const again = await api.send('POST', '/activate/', { form })
    expect([again.status, again.body]).toEqual([
      200,
      expect.stringContaining('Your account is active'),
    ])
  })

  test('shows the errors of a password, keeps the link, and activates nothing', async () => {
    const { api, id, link } = await pendingUser()
    const send = (new_password: string, re_new_password = new_password) =>
      api.send('POST', '/activate/', { form: { ...link, new_password, re_new_password } })

    for (const [sent, error] of [
      [['123'], 'This password is too short.'],
      [[owners, 'qq-zz'], 'The two password fields didn'],
      [[owners, ''], 'The two password fields didn'],
      [['', owners], 'This field may not be blank.'],
      [['Lovelace1'], 'The password is too similar to the last name.'],
    ] as [[string, string?], string][]) {
      const { status, body } = await send(...sent)
      expect([status, body], error).toEqual([400, expect.stringContaining(error)])
      expect(body).toContain(link.token)
      expect(body).not.toContain('qq-zz')
    }
    const query = 'select status, email_verified_at from users where id = ?'
    expect(await env.DB.prepare(query).bind(id).first()).toEqual({
      status: 'pending',
      email_verified_at: null,
    })
  })

  test('does not say that it set a password if it did not', async () => {
    const { api, email, link } = await pendingUser()
    await api.send('POST', '/activate/', { form: link })

    const form = { ...link, new_password: owners, re_new_password: owners }
    const { status, body } = await api.send('POST', '/activate/', { form })

    expect([status, body]).toEqual([400, expect.stringContaining('This link does not work')])
    expect((await logIn(api, { email, password: owners })).status).toBe(401)
  })

  test('shows nothing about an account to a client without its link', async () => {
    const { api, link } = await pendingUser()
    const form = { ...link, token: 'x', new_password: 'Lovelace1', re_new_password: 'Lovelace1' }

    expect((await api.send('POST', '/activate/', { form })).body).toContain(
      'This link does not work',
    )
  })

  test('does not say that a disabled account is active', async () => {
    const { api, id, link } = await pendingUser()
    const staff = await loggedIn({}, { staff: true })
    const token = staff.access
    expect((await api.post(`/auth/users/${id}/disable/`, {}, { token })).status).toBe(204)

    const { status, body } = await api.send('POST', '/activate/', { form: link })

    expect(status).toBe(400)
    expect(body).not.toContain('Your account is active')
    expect(body).toContain('This link does not work')
  })
})
