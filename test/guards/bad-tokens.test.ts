// Malformed tokens, and tokens that others signed. None may cause a 5xx. Absurd claims: bad-claims.test.ts. Fields and
// bodies: http/bad-input.test.ts. Ids, paths, methods and headers: http/bad-requests.test.ts.

import { exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { base64, bytesOf, expectRefusal, newUser, signed, vars } from './signed-tokens.ts'

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
