import { decodeJwt } from 'jose'
import { describe, expect, test } from 'vitest'
import { client } from '../api.ts'
import { loggedIn, password } from '../people.ts'

describe('claims', () => {
  test('Simple JWT 5.2 writes the user as an integer, 5.5 as a string', async () => {
    const old = await loggedIn()
    const recent = await loggedIn({ SIMPLE_JWT_WIRE: '5.5' })

    expect(decodeJwt(old.access).user_id).toBe(old.id)
    expect(decodeJwt(recent.access).user_id).toBe(String(recent.id))
  })

  test('audience, issuer and the name of the user claim are as set', async () => {
    const vars = { AUDIENCE: 'shop', ISSUER: 'https://auth.test', USER_ID_CLAIM: 'uid' }
    const { access, api, id } = await loggedIn(vars)

    expect(decodeJwt(access)).toMatchObject({ aud: 'shop', iss: 'https://auth.test', uid: id })
    expect((await api.get('/auth/users/me/', { token: access })).status).toBe(200)
    const elsewhere = client({ AUDIENCE: 'bank' })
    expect((await elsewhere.get('/auth/users/me/', { token: access })).status).toBe(401)
  })

  test('CHECK_REVOKE_TOKEN refuses what was issued before the password changed', async () => {
    const vars = { CHECK_REVOKE_TOKEN: true, LOGOUT_ON_PASSWORD_CHANGE: false }
    const { api, access, refresh } = await loggedIn(vars)
    const change = { current_password: password, new_password: 'a flock of herons' }
    await api.post('/auth/users/set_password/', change, { token: access })

    const me = await api.get('/auth/users/me/', { token: access })
    const refreshed = await api.post('/auth/jwt/refresh/', { refresh })

    const detail = "The user's password has been changed."
    expect([me.status, me.body]).toEqual([401, { detail, code: 'password_changed' }])
    expect([refreshed.status, refreshed.body]).toEqual([401, { detail }])
  })
})
