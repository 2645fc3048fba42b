import { exports } from 'cloudflare:workers'
import { expect, test } from 'vitest'

const email = 'ada@example.com'
const password = 'a pond of herons'

async function post(path: string, body: object) {
  const response = await exports.default.fetch(`https://auth.test${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: (await response.json()) as Record<string, string> }
}

test('a user that signs up and logs in is greeted by their first name', async () => {
  const signUp = { email, password, first_name: 'Ada', last_name: 'Lovelace' }
  expect((await post('/auth/users/', signUp)).status).toBe(201)
  const { body: tokens } = await post('/auth/jwt/create/', { email, password })

  const hello = await exports.default.fetch('https://auth.test/api/hello/', {
    headers: { authorization: `Bearer ${tokens.access}` },
  })
  expect(await hello.json()).toEqual({ message: 'Hello, Ada!' })
})

test('a caller without a token is not greeted', async () => {
  const hello = await exports.default.fetch('https://auth.test/api/hello/')
  expect(hello.status).toBe(401)
})
