// Mailed links after a login, which invalidates none, and after a confirmed change of address, which invalidates earlier
// ones. disabled-links.test.ts has the links of disabled accounts.

import { describe, expect, test } from 'vitest'
import {
  linkTo,
  loggedIn,
  logIn,
  newEmail,
  newestLink,
  password,
  person,
  setEmail,
} from '../support/people.ts'

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
    expect((await logIn(api, { email, password: newPassword })).status).toBe(200)
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
    await setEmail(api, access, next)
    const link = await newestLink(api, next)
    await api.post('/auth/token/login/', { email, password })

    const confirm = () => api.post('/auth/users/set_email_confirm/', link)
    expect((await confirm()).status).toBe(204)
    expect((await confirm()).body).toEqual(invalidToken)
  })
})

describe('a confirmed change of address invalidates earlier links', () => {
  test('they stay invalid when the old address and the request for the new one come back', async () => {
    const { api, email, access } = await loggedIn(confirmed)
    const next = newEmail()
    const ask = (address: string) => setEmail(api, access, address)
    const confirm = (link: Link) => api.post('/auth/users/set_email_confirm/', link)
    await ask(next)
    const first = await newestLink(api, next)
    await confirm(first)
    await ask(email)
    await confirm(await newestLink(api, email))
    await ask(next)

    expect((await confirm(first)).body).toEqual(invalidToken)
  })
})
