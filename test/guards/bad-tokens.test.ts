// Malformed tokens, tokens that others signed, and tokens of ours with absurd claims. None may cause a 5xx.
// Fields and bodies: http/bad-input.test.ts. Ids, paths, methods and headers: http/bad-requests.test.ts.

import { env } from 'cloudflare:workers'
import { CompactSign, decodeJwt, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { newEmail, password } from '../support/people.ts'

const vars = {
  THROTTLE_ENABLED: 'false',
  SEND_ACTIVATION_EMAIL: 'false',
  DATA_UPLOAD_MAX_MEMORY_SIZE: 1_048_576,
}
const rotating = { ...vars, ROTATE_REFRESH_TOKENS: 'true', BLACKLIST_AFTER_ROTATION: 'true' }
const ourKey = bytesOf(String((env as unknown as Record<string, unknown>).SIGNING_KEY))

/** Creates a user. Returns both tokens of their login, and the claims of each. */
async function newUser() {
  const email = newEmail()
  await client(vars).post('/auth/users/', {
    email,
    password,
    first_name: 'Bad',
    last_name: 'Token',
  })
  return { email, ...(await logIn(email)) }
}

async function logIn(email: string) {
  const { body } = await client(vars).post('/auth/jwt/create/', { email, password })
  return { body, access: decodeJwt(body.access), refresh: decodeJwt(body.refresh) }
}

function bytesOf(text: string) {
  return new TextEncoder().encode(text)
}
const signed = (claims: unknown, header: object = {}, key: CryptoKey | Uint8Array = ourKey) =>
  new CompactSign(bytesOf(typeof claims === 'string' ? claims : JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT', ...header })
    .sign(key)
const base64 = (value: unknown) =>
  btoa(JSON.stringify(value)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')

/** Sends the same two tokens to each endpoint that reads tokens, and returns the answers. */
async function answersTo(access: string, refresh: string, settings: object = vars) {
  const api = client({ ...settings })
  const token = { authorization: `Bearer ${access}` }
  return Promise.all([
    api.get('/auth/users/me/', { headers: token }),
    api.get('/api/protected-endpoint/', { headers: token }),
    api.post('/auth/users/reset_password/', { email: 'nobody@example.com' }, { headers: token }),
    api.post('/auth/jwt/refresh/', { refresh }),
    api.post('/auth/jwt/verify/', { token: refresh }),
    api.post('/api/token/blacklist/', { refresh }),
  ])
}
const headerError = {
  detail: 'Given token not valid for any token type',
  code: 'token_not_valid',
  messages: [
    { token_class: 'AccessToken', token_type: 'access', message: 'Token is invalid or expired' },
  ],
}
const bodyError = { detail: 'Token is invalid or expired', code: 'token_not_valid' }

async function expectRefusal(access: string, refresh: string) {
  const answers = await answersTo(access, refresh)
  for (const { status, headers } of answers) {
    expect(status).toBe(401)
    expect(headers.get('www-authenticate')).toBe('Bearer realm="api"')
  }
  const bodies = answers.map(({ body }) => body)
  expect(bodies).toEqual([headerError, headerError, headerError, bodyError, bodyError, bodyError])
}

describe('a token that we did not sign', () => {
  test('is refused if another key signed it', async () => {
    const { access, refresh } = await newUser()
    const otherKey = bytesOf('another-key-of-another-issuer-0123456789-0123456789')
    await expectRefusal(await signed(access, {}, otherKey), await signed(refresh, {}, otherKey))
  })

  test('is refused if its algorithm is none', async () => {
    const { access, refresh } = await newUser()
    await expectRefusal(new UnsecuredJWT(access).encode(), new UnsecuredJWT(refresh).encode())
    for (const alg of ['none', 'None', 'NONE', '', null, 5, ['HS256'], { a: 1 }]) {
      const unsigned = (claims: unknown) => `${base64({ alg, typ: 'JWT' })}.${base64(claims)}.`
      await expectRefusal(unsigned(access), unsigned(refresh))
    }
  })

  test('is refused if its algorithm is another, with our key or another', async () => {
    const { access, refresh } = await newUser()
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
    const rsa = (claims: typeof access) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'RS256' }).sign(privateKey)
    await expectRefusal(await rsa(access), await rsa(refresh))

    const pem = bytesOf(await exportSPKI(publicKey))
    await expectRefusal(await signed(access, {}, pem), await signed(refresh, {}, pem))
    await expectRefusal(
      await signed(access, { alg: 'HS512' }),
      await signed(refresh, { alg: 'HS512' }),
    )
  })

  test('is refused if its own header has a key or the URL of a key', async () => {
    const { access, refresh } = await newUser()
    const otherKey = bytesOf('another-key-of-another-issuer-0123456789-0123456789')
    const jwk = { kty: 'oct', k: base64('another-key-of-another-issuer'), alg: 'HS256' }
    const header = { jwk, jku: 'https://evil.test/jwks.json', kid: '../../../dev/null', x5u: 'x' }
    await expectRefusal(
      await signed(access, header, otherKey),
      await signed(refresh, header, otherKey),
    )
  })

  test('is refused if its claims were changed', async () => {
    const { body, access } = await newUser()
    const swap = (token: string) => {
      const [head, , signature] = token.split('.')
      return `${head}.${base64({ ...access, user_id: 1 })}.${signature}`
    }
    await expectRefusal(swap(body.access), swap(body.refresh))
  })
})

describe('a string that is not a token', () => {
  const head = base64({ alg: 'HS256', typ: 'JWT' })
  test.each([
    ['a word', 'x'],
    ['two dots', '..'],
    ['four dots', 'a.b.c.d.e'],
    ['characters that are not base64url', `${head}.+/+/.==`],
    ['a header that is null', `${base64(null)}.${base64({})}.x`],
    ['a header that is a list', `${base64([])}.${base64({})}.x`],
    ['a header that is not JSON', `e30x.${base64({})}.x`],
    ['a header that is not UTF-8', `_____w.${base64({})}.x`],
    ['no signature', `${head}.${base64({ exp: 1 })}.`],
    ['half a megabyte', `${head}.${'e30'.repeat(160_000)}.x`],
  ])('is refused: %s', async (_kind, token) => {
    await expectRefusal(token, token)
  })

  // workerd logs a warning for such characters in a header. test/cli/walk.node.ts sends such a header.
  test('is refused in a body even if its characters are not ASCII', async () => {
    await expectRefusal('x', `${head}.é🦆.٣`)
  })

  test.each([
    ['a list', '[1]'],
    ['a string', '"x"'],
    ['null', 'null'],
    ['invalid JSON', '{"exp":'],
    ['nothing', ''],
    ['deep nesting', '['.repeat(100_000)],
  ])('is refused even if our key signed its payload: %s', async (_kind, payload) => {
    const token = await signed(payload)
    await expectRefusal(token, token)
  })

  test('is refused if its header has a critical parameter that we do not know', async () => {
    const { body, access } = await newUser()
    const critical = `${base64({ alg: 'HS256', crit: ['exp'], exp: 1 })}.${base64(access)}.x`
    await expectRefusal(critical, critical)
    expect((await client(vars).post('/auth/jwt/verify/', { token: body.access })).status).toBe(200)
  })
})

describe('absurd claims under our own signature cause no server error', () => {
  test('an exp that is not a time, or has passed, is refused', async () => {
    const { access, refresh } = await newUser()
    const times = ['text', '9999999999', null, true, [], {}, [9_999_999_999], -1, 0, 1.5, -1e300]
    for (const exp of times) {
      await expectRefusal(await signed({ ...access, exp }), await signed({ ...refresh, exp }))
    }
  })

  test('an exp of 1e300 is accepted', async () => {
    const { access, refresh } = await newUser()
    const tokens = [
      await signed({ ...access, exp: 1e300 }),
      await signed({ ...refresh, exp: 1e300 }),
    ]
    const answers = await answersTo(tokens[0] ?? '', tokens[1] ?? '')
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 204, 200, 200, 200])
  })

  test.each(['iat', 'nbf'])(
    'an %s that is not a time, or is in the future, is refused',
    async (name) => {
      const { access, refresh } = await newUser()
      for (const time of ['text', null, 1e300, {}, []]) {
        await expectRefusal(
          await signed({ ...access, [name]: time }),
          await signed({ ...refresh, [name]: time }),
        )
      }
    },
  )

  const notIds = [null, true, '', 'abc', '1e3', 1.5, -1, 0, 1e300, 2 ** 53, '9'.repeat(400), '\0']
  test('a user_id that is not an id finds no user', async () => {
    const { access } = await newUser()
    const allNotIds: unknown[] = [...notIds, [], [access.user_id], {}, { toString: 1 }]
    for (const user_id of allNotIds) {
      const token = await signed({ ...access, user_id })
      const { status, body } = await client(vars).get('/auth/users/me/', { token })
      expect(body).toEqual({ detail: 'User not found', code: 'user_not_found' })
      expect(status).toBe(401)
    }
  })

  test('a missing user_id has another error', async () => {
    const { access } = await newUser()
    const { user_id: _, ...withoutId } = access
    const { body } = await client(vars).get('/auth/users/me/', { token: await signed(withoutId) })
    expect(body).toEqual({
      detail: 'Token contained no recognizable user identification',
      code: 'token_not_valid',
    })
  })

  const unusual: unknown[] = [
    null,
    true,
    '',
    'x'.repeat(100_000),
    1e300,
    -1,
    1.5,
    [],
    ['a'],
    {},
    { toString: 1 },
  ]
  const unusualValues: unknown[] = [...unusual, 'NaN', '0', '\0', '\ud800', 2 ** 53 - 1, -(2 ** 53)]
  const modes = [vars, rotating, { ...vars, SIMPLE_JWT_VERSION: '5.5', CHECK_REVOKE_TOKEN: 'true' }]
  test.each([
    'sid',
    'counter',
    'user_id',
    'jti',
    'token_type',
    'hash_password',
    'sub',
    'aud',
    'iss',
  ])('any value of %s is answered with a status below 500', async (name) => {
    const { email } = await newUser()
    for (const value of unusualValues) {
      for (const settings of modes) {
        const { access, refresh } = await logIn(email)
        const accessToken = await signed({ ...access, [name]: value })
        const refreshToken = await signed({ ...refresh, [name]: value })
        for (const { status, body } of await answersTo(accessToken, refreshToken, settings)) {
          expect(status, `${JSON.stringify(value)}: ${JSON.stringify(body)}`).toBeLessThan(500)
        }
      }
    }
  })
})
