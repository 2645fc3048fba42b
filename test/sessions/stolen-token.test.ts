// An attacker with a stolen access token, and nothing else, cannot take the account over. Every email that leads into it
// goes to its owner. New emails in PATCH or PUT: test/accounts/email-edit.test.ts.

import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { loggedIn, newEmail } from '../support/people.ts'
import { member, rowOf } from '../support/usernames.ts'

const me = '/auth/users/me/'

describe.each(['email', 'username'] as const)('with LOGIN_FIELD=%s a stolen token', (field) => {
  test('changes nothing that gives access to the account, and shows no secret of it', async () => {
    const { api, access, id, email, username } =
      field === 'email' ? { ...(await loggedIn()), username: '' } : await member()
    const before = await rowOf(id)
    const eve = newEmail('eve')
    const token = { token: access }

    const refusals = [
      await api.post(`/auth/users/set_${field}/`, { [`new_${field}`]: eve }, token),
      await api.post('/auth/users/set_password/', { new_password: 'a flock of geese' }, token),
      await api.delete(me, {}, token),
      await api.post('/auth/impersonate/', { user_id: id }, token),
      await api.post('/auth/token/login/', { email, username }, token),
      await api.post('/auth/users/set_email_confirm/', { uid: 'x', token: 'x' }, token),
      await api.post(`/auth/users/${id}/enable/`, {}, token),
    ]
    expect(refusals.map(({ status }) => status).filter((status) => status < 400)).toEqual([])
    for (const path of ['reset_password', `reset_${field}`, 'resend_activation']) {
      await api.post(`/auth/users/${path}/`, { email: eve }, token)
    }
    const rights = { is_staff: true, is_superuser: true, status: 'active', password: 'x', id: 1 }
    await api.patch(me, { ...rights, new_email: eve, email_verified_at: 1 }, token)

    expect(await rowOf(id)).toEqual(before)
    expect(await api.mail(eve)).toEqual([])
    const { body } = await api.get('/auth/users/me/export/', token)
    const [{ hash }] = (
      await env.DB.prepare('select password as hash from users where id = ?').bind(id).all()
    ).results as [{ hash: string }]
    expect(JSON.stringify(body)).not.toContain(hash)
    expect(Object.keys(body.user)).not.toContain('token')
  })
})
