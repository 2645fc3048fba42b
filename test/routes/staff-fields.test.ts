// Fields that staff may write and their owner may not; as shipped, the role.

import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { loggedIn } from '../support/people.ts'

const api = client()
const edit = (id: number, token: string, sent: object, method = 'PATCH') =>
  api.send(method, `/auth/users/${id}/`, { token, json: sent })

const staff = () => loggedIn({}, { staff: true })
const superuser = () => loggedIn({}, { superuser: true })
const roleOf = async (id: number) => {
  const row = await env.DB.prepare('SELECT role FROM users WHERE id = ?').bind(id).first()
  return row?.role
}

test('staff write the role of another user, whose events record it', async () => {
  const [clerk, ada] = [await staff(), await loggedIn()]

  const { status, body } = await edit(ada.id, clerk.access, { role: 'driver' })

  expect([status, body.role]).toEqual([200, 'driver'])
  expect(await roleOf(ada.id)).toBe('driver')
  const events = await api.get('/auth/users/me/events/', { token: ada.access })
  expect(JSON.stringify(events.body)).toContain(`"type":"account_edited","detail":"role"`)
  const { results } = await env.DB.prepare(
    "SELECT actor_id FROM security_events WHERE user_id = ? AND type = 'account_edited'",
  )
    .bind(ada.id)
    .all()
  expect(results).toEqual([{ actor_id: clerk.id }])
})

test('a PUT may leave the role out, and then keeps it', async () => {
  const [clerk, ada] = [await staff(), await loggedIn()]
  await edit(ada.id, clerk.access, { role: 'driver' })

  const put = { first_name: 'Ada', last_name: 'Lovelace' }
  expect((await edit(ada.id, clerk.access, put, 'PUT')).body.role).toBe('driver')
  expect((await edit(ada.id, clerk.access, { ...put, role: 'x' }, 'PUT')).body.role).toBe('x')
})

test('a value that is no role gets the usual error of a field', async () => {
  const [clerk, ada] = [await staff(), await loggedIn()]

  for (const role of [null, {}, 'x'.repeat(51)]) {
    const { status, body } = await edit(ada.id, clerk.access, { role })
    expect(status).toBe(400)
    expect(Object.keys(body)).toEqual(['role'])
  }
  expect(await roleOf(ada.id)).toBe('user')
})

test('an owner cannot write the role, and staff cannot write their own', async () => {
  for (const { id, access } of [await loggedIn(), await staff()]) {
    for (const path of ['/auth/users/me/', `/auth/users/${id}/`]) {
      const { status, body } = await api.patch(path, { role: 'admin' }, { token: access })
      expect([status, body.role]).toEqual([200, 'user'])
    }
    expect(await roleOf(id)).toBe('user')
  }
})

test('a superuser writes their own role, and staff cannot write a superuser’s', async () => {
  const [root, clerk] = [await superuser(), await staff()]

  const own = await api.patch('/auth/users/me/', { role: 'owner' }, { token: root.access })
  expect([own.status, own.body.role]).toEqual([200, 'owner'])
  expect((await edit(root.id, clerk.access, { role: 'x' })).status).toBe(403)
  expect(await roleOf(root.id)).toBe('owner')
})

test('no request makes a user staff or a superuser', async () => {
  const [root, ada] = [await superuser(), await loggedIn()]

  const { status } = await edit(ada.id, root.access, { is_staff: true, is_superuser: true })

  expect(status).toBe(200)
  const row = await env.DB.prepare('SELECT is_staff, is_superuser FROM users WHERE id = ?')
    .bind(ada.id)
    .first()
  expect(row).toEqual({ is_staff: 0, is_superuser: 0 })
})
