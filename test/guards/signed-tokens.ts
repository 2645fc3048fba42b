// Tokens that a test signs, and the answers of the endpoints that read tokens.

import { env } from 'cloudflare:workers'
import { CompactSign, decodeJwt } from 'jose'
import { expect } from 'vitest'
import { client } from '../support/api.ts'
import { newEmail, password } from '../support/people.ts'

export const vars = {
  THROTTLE_ENABLED: 'false',
  SEND_ACTIVATION_EMAIL: 'false',
  DATA_UPLOAD_MAX_MEMORY_SIZE: 1_048_576,
}
const ourKey = bytesOf(String((env as unknown as Record<string, unknown>).SIGNING_KEY))

/** Creates a user. Returns both tokens of their login, and the claims of each. */
export async function newUser() {
  const email = newEmail()
  await client(vars).post('/auth/users/', {
    email,
    password,
    first_name: 'Bad',
    last_name: 'Token',
  })
  return { email, ...(await logIn(email)) }
}

/** Logs a user in. Returns both tokens, and the claims of each. */
export async function logIn(email: string) {
  const { body } = await client(vars).post('/auth/jwt/create/', { email, password })
  return { body, access: decodeJwt(body.access), refresh: decodeJwt(body.refresh) }
}

export function bytesOf(text: string) {
  return new TextEncoder().encode(text)
}

/** Signs claims, or a string as the payload. The header and the key can be replaced. */
export const signed = (
  claims: unknown,
  header: object = {},
  key: CryptoKey | Uint8Array = ourKey,
) =>
  new CompactSign(bytesOf(typeof claims === 'string' ? claims : JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT', ...header })
    .sign(key)

export const base64 = (value: unknown) =>
  btoa(JSON.stringify(value)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')

/** Sends the same two tokens to each endpoint that reads tokens, and returns the answers. */
export async function answersTo(access: string, refresh: string, settings: object = vars) {
  const api = client({ ...settings })
  const token = { authorization: `Bearer ${access}` }
  return [
    await api.get('/auth/users/me/', { headers: token }),
    await api.get('/api/protected-endpoint/', { headers: token }),
    await api.post('/auth/users/reset_password/', { email: 'x@example.com' }, { headers: token }),
    await api.post('/auth/jwt/refresh/', { refresh }),
    await api.post('/auth/jwt/verify/', { token: refresh }),
    await api.post('/api/token/blacklist/', { refresh }), // the last, because it ends the session
  ]
}

const headerError = {
  detail: 'Given token not valid for any token type',
  code: 'token_not_valid',
  messages: [
    { token_class: 'AccessToken', token_type: 'access', message: 'Token is invalid or expired' },
  ],
}
const bodyError = { detail: 'Token is invalid or expired', code: 'token_not_valid' }

/** Expects the 401 of Simple JWT from each endpoint that reads tokens. */
export async function expectRefusal(access: string, refresh: string) {
  const answers = await answersTo(access, refresh)
  for (const { status, headers } of answers) {
    expect(status).toBe(401)
    expect(headers.get('www-authenticate')).toBe('Bearer realm="api"')
  }
  const bodies = answers.map(({ body }) => body)
  expect(bodies).toEqual([headerError, headerError, headerError, bodyError, bodyError, bodyError])
}
