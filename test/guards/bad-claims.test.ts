// Tokens that our key signed, with absurd claims. None may cause a 5xx.

import { describe, expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { answersTo, expectRefusal, logIn, newUser, signed, vars } from './signed-tokens.ts'

const rotating = { ...vars, ROTATE_REFRESH_TOKENS: 'true', BLACKLIST_AFTER_ROTATION: 'true' }

describe('a token that our key signed', () => {
  test('is refused if its exp is not a time, or has passed', async () => {
    const { access, refresh } = await newUser()
    const times = ['text', '9999999999', null, true, [], {}, [9_999_999_999], -1, 0, 1.5, -1e300]
    for (const exp of times) {
      await expectRefusal(await signed({ ...access, exp }), await signed({ ...refresh, exp }))
    }
  })

  test('is accepted if its exp is 1e300', async () => {
    const { access, refresh } = await newUser()
    const tokens = [
      await signed({ ...access, exp: 1e300 }),
      await signed({ ...refresh, exp: 1e300 }),
    ]
    const answers = await answersTo(tokens[0] ?? '', tokens[1] ?? '')
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 204, 200, 200, 200])
  })

  test.each(['iat', 'nbf'])(
    'is refused if its %s is not a time, or is in the future',
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
  test('finds no user if its user_id is not an id', async () => {
    const { access } = await newUser()
    const allNotIds: unknown[] = [...notIds, [], [access.user_id], {}, { toString: 1 }]
    for (const user_id of allNotIds) {
      const token = await signed({ ...access, user_id })
      const { status, body } = await client(vars).get('/auth/users/me/', { token })
      expect(body).toEqual({ detail: 'User not found', code: 'user_not_found' })
      expect(status).toBe(401)
    }
  })

  test('gets another error if it has no user_id', async () => {
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
  ])('gets a status below 500, whatever the value of %s is', async (name) => {
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
