import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { logIn } from '../support/people.ts'

test('an account signs up, activates, logs in, changes its password and is deleted', async () => {
  const api = client()
  const email = 'walk@example.com'
  const person = { email, first_name: 'Wal', last_name: 'Ker', password: 'a pond of herons' }

  const created = await api.post('/auth/users/', person)
  expect(created.body).toEqual({
    first_name: 'Wal',
    last_name: 'Ker',
    role: 'user',
    email,
    id: created.body.id,
  })
  expect(created.status).toBe(201)

  const early = await logIn(api, { email, password: person.password })
  expect(early.status).toBe(401)

  const [mail] = await api.mail(email)
  expect(mail.kind).toBe('activation')
  const activated = await api.post('/auth/users/activation/', { uid: mail.uid, token: mail.token })
  expect(activated.status).toBe(204)

  const { body: pair } = await logIn(api, { email, password: person.password })
  const me = await api.get('/auth/users/me/', { token: pair.access })
  expect(me.body.email).toBe(email)

  const refreshed = await api.post('/auth/jwt/refresh/', { refresh: pair.refresh })
  expect(refreshed.status).toBe(200)
  const token = refreshed.body.access

  const changed = await api.post(
    '/auth/users/set_password/',
    {
      current_password: person.password,
      new_password: 'a flock of herons',
    },
    { token },
  )
  expect(changed.status).toBe(204)

  await api.post('/auth/users/reset_password/', { email })
  const [reset] = await api.mail(email)
  expect(reset.kind).toBe('password_reset')
  const confirmed = await api.post('/auth/users/reset_password_confirm/', {
    uid: reset.uid,
    token: reset.token,
    new_password: 'a gaggle of geese',
  })
  expect(confirmed.status).toBe(204)
  expect((await api.get('/auth/users/me/', { token })).status).toBe(401)

  const { body: last } = await logIn(api, { email, password: 'a gaggle of geese' })
  expect((await api.post('/api/token/blacklist/', { refresh: last.refresh })).status).toBe(200)
  const { body: again } = await logIn(api, { email, password: 'a gaggle of geese' })
  const deleted = await api.delete(
    '/auth/users/me/',
    { current_password: 'a gaggle of geese' },
    { token: again.access },
  )
  expect(deleted.status).toBe(204)
  const row = await env.DB.prepare('select * from users where email = ?').bind(email).first()
  expect(row).toBeNull()
})
