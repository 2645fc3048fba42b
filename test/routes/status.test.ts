// Disabling an account and enabling it again, which staff may do.

import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { linkTo, loggedIn, logIn, makeStaff, newEmail, password } from '../support/people.ts'

type Happened = { type: string; detail: string | null; count: number }

describe('disabling and enabling an account', () => {
  test('revokes its sessions, keys and tokens, and enabling it restores none of them', async () => {
    const vars = { AUTH_TOKEN_CLASSES: 'AccessToken,SlidingToken' }
    const [ada, bob] = [await loggedIn(vars), await loggedIn(vars)]
    await makeStaff(bob.id)
    const { api, email } = ada
    const { auth_token: key } = (await api.post('/auth/token/login/', { email, password })).body
    const { token: slid } = (await api.post('/api/token/sliding/', { email, password })).body
    const act = async (what: string) =>
      (await bob.api.post(`/auth/users/${ada.id}/${what}/`, {}, { token: bob.access })).status
    const uses = async () => [
      (await api.get('/auth/users/me/', { token: ada.access })).status,
      (await api.post('/auth/jwt/refresh/', { refresh: ada.refresh })).status,
      (await api.get('/auth/users/me/', { headers: { authorization: `Token ${key}` } })).status,
      (await api.get('/auth/users/me/', { token: slid })).status,
    ]

    expect(await act('disable')).toBe(204)
    expect(await uses()).toEqual([401, 401, 401, 401])
    expect((await logIn(api, { email })).status).toBe(401)
    expect([await act('disable'), await act('enable'), await act('enable')]).toEqual([
      204, 204, 204,
    ])
    expect(await uses()).toEqual([401, 401, 401, 401])
    const { access } = (await logIn(api, { email })).body
    const { body } = await api.get('/auth/users/me/events/', { token: access })
    const changes = body.filter(({ type }: Happened) => type === 'status_changed')
    expect(
      changes.map(({ detail, actor }: { detail: string; actor: number }) => [detail, actor]),
    ).toEqual([
      ['active', bob.id],
      ['disabled', bob.id],
      ['active', null],
    ])
  })

  test('requires staff, and a superuser for a superuser; it refuses the caller and missing users', async () => {
    const [ada, bob, root] = [await loggedIn(), await loggedIn(), await loggedIn()]
    await makeStaff(root.id, { superuser: true })
    const disable = async (caller: typeof ada, id: number | string) =>
      (await caller.api.post(`/auth/users/${id}/disable/`, {}, { token: caller.access })).status
    expect(await disable(bob, ada.id)).toBe(403)
    await makeStaff(bob.id)
    expect([await disable(bob, bob.id), await disable(bob, root.id)]).toEqual([403, 403])
    expect([await disable(bob, 999_999_999), await disable(bob, 'x')]).toEqual([404, 404])
    expect((await root.api.get('/auth/users/me/', { token: root.access })).status).toBe(200)
    expect(await disable(root, bob.id)).toBe(204)
  })

  test('leaves a pending account pending when it is enabled', async () => {
    const [ada, root] = [await loggedIn(), await loggedIn()]
    await makeStaff(root.id, { superuser: true })
    await env.DB.prepare("update users set status = 'pending' where id = ?").bind(ada.id).run()
    await root.api.post(`/auth/users/${ada.id}/enable/`, {}, { token: root.access })
    const { results } = await env.DB.prepare('select status from users where id = ?')
      .bind(ada.id)
      .all()
    expect(results).toEqual([{ status: 'pending' }])
  })

  test('makes an account that was pending pending again when it is enabled', async () => {
    const [{ api }, root] = [await loggedIn(), await loggedIn()]
    await makeStaff(root.id, { superuser: true })
    const email = newEmail()
    const someone = { email, password, first_name: 'Ada', last_name: 'Lovelace' }
    const { id } = (await api.post('/auth/users/', someone)).body
    const act = (what: string) =>
      root.api.post(`/auth/users/${id}/${what}/`, {}, { token: root.access })
    const row = () =>
      env.DB.prepare('select status, disabled_from from users where id = ?').bind(id).first()

    await act('disable')
    await act('disable')
    expect(await row()).toEqual({ status: 'disabled', disabled_from: 'pending' })
    await act('enable')

    expect(await row()).toEqual({ status: 'pending', disabled_from: null })
    expect((await logIn(api, { email })).status).toBe(401)
    const { body } = await root.api.get(`/auth/users/${id}/events/`, { token: root.access })
    const changes = body.filter(({ type }: Happened) => type === 'status_changed')
    expect(changes.map(({ detail }: Happened) => detail)).toEqual(['pending', 'disabled'])
    await env.DB.prepare('update mail_outbox set created_at = 0 where user_id = ?').bind(id).run()
    const link = await linkTo(api, 'resend_activation', email)
    expect((await api.post('/auth/users/activation/', link)).status).toBe(204)
    await act('disable')
    await act('enable')
    expect(await row()).toEqual({ status: 'active', disabled_from: null })
  })
})
