// Tokens in which the Django of before wrote an MD5 of the password's hash, as its CHECK_REVOKE_TOKEN does.

import { env } from 'cloudflare:workers'
import compiled from '@phi-ag/argon2/argon2.wasm'
import { SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { argon2 } from '../../src/passwords/argon2.ts'
import { wasmMemory } from '../../src/passwords/wasm-memory.ts'
import { wrapped } from '../../src/passwords/wrapped.ts'
import { password, person } from '../support/people.ts'

const vars = { CHECK_REVOKE_TOKEN: true, AUTH_TOKEN_CLASSES: 'AccessToken,SlidingToken' }
const changed = "The user's password has been changed."
const key = new TextEncoder().encode(env.SIGNING_KEY)

/** Someone imported with a hash that the next log-in replaces, and what issues Django's tokens for him. */
async function imported() {
  const someone = await person(vars)
  const hash = await digest('SHA-256', password)
  await env.DB.prepare('update users set token_version = 0, password = ? where id = ?')
    .bind(hash, someone.id)
    .run()
  const now = Math.floor(Date.now() / 1000)
  const sound = { exp: now + 3600, refresh_exp: now + 3600, iat: now, user_id: someone.id }
  const issued = async (token_type: string, hashThen = hash) =>
    new SignJWT({
      ...{ token_type, ...sound, jti: crypto.randomUUID() },
      hash_password: (await digest('MD5', hashThen)).toUpperCase(),
    })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .sign(key)
  return { ...someone, issued, hash }
}

async function digest(algorithm: string, text: string) {
  const bytes = await crypto.subtle.digest(algorithm, new TextEncoder().encode(text))
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

type Imported = Awaited<ReturnType<typeof imported>>

/** What a token of each type is answered. */
async function answers({ api, issued }: Imported, hashThen?: string) {
  const [access, refresh, sliding] = [
    await issued('access', hashThen),
    await issued('refresh', hashThen),
    await issued('sliding', hashThen),
  ]
  const answered = [
    await api.get('/auth/users/me/', { token: access }),
    await api.post('/auth/jwt/refresh/', { refresh }),
    await api.get('/auth/users/me/', { token: sliding }),
    await api.post('/api/token/sliding/refresh/', { token: sliding }),
  ]
  return answered.map(({ status, body }) => (status === 200 ? 200 : body.detail))
}

const good = [200, 200, 200, 200]

test('they are good for who has that hash still', async () => {
  expect(await answers(await imported())).toEqual(good)
})

test('they are refused for who had changed the password there', async () => {
  const someone = await imported()
  expect(await answers(someone, 'sha1$another$hash')).toEqual([changed, changed, changed, changed])
})

test('they outlive a log-in here, which hashes the same password again', async () => {
  const someone = await imported()
  const { api, email, id } = someone
  expect((await api.post('/auth/jwt/create/', { email, password })).status).toBe(200)
  const row = await env.DB.prepare('select password from users where id = ?').bind(id).first()
  expect(row?.password).toMatch(/^argon2/)
  expect(await answers(someone)).toEqual([200, 200, 200, 200])
})

test('they are compared with an imported argon2 hash too, until a login here replaces it', async () => {
  const someone = await imported()
  const { id, issued } = someone
  const hash = wrapped(argon2(wasmMemory(compiled))).wrap(someone.hash, { memory: 64, time: 1 })
  const theirs = hash.replace(/^argon2_sha256\$+/, 'argon2$')
  await env.DB.prepare('update users set password = ? where id = ?').bind(theirs, id).run()

  expect(theirs).toMatch(/^argon2\$argon2id\$v=19\$/)
  expect(await answers({ ...someone, issued: (type) => issued(type, theirs) })).toEqual(good)
  expect(await answers(someone, 'an earlier hash')).toEqual([changed, changed, changed, changed])
})

test('a hash that a login replaced is marked as such, and by what a user sets here is none', async () => {
  const [moved, here] = [await imported(), await person(vars)]
  const rehashed = (id: number) =>
    env.DB.prepare('select rehashed from users where id = ?').bind(id).first('rehashed')
  expect([await rehashed(moved.id), await rehashed(here.id)]).toEqual([0, 0])

  for (const { api, email } of [moved, here]) {
    await api.post('/auth/jwt/create/', { email, password })
  }

  expect([await rehashed(moved.id), await rehashed(here.id)]).toEqual([1, 0])
})

test('they are refused for whose digest was wrapped at the import', async () => {
  const someone = await imported()
  const wrapping = wrapped(argon2(wasmMemory(compiled))).wrap(someone.hash, { memory: 64, time: 1 })
  await env.DB.prepare('update users set password = ? where id = ?')
    .bind(wrapping, someone.id)
    .run()
  expect(await answers(someone)).toEqual([changed, changed, changed, changed])
})

test('they end with a new password here', async () => {
  const someone = await imported()
  const { api, email } = someone
  const { body } = await api.post('/auth/jwt/create/', { email, password })
  const change = { current_password: password, new_password: 'a flock of herons' }
  const { status } = await api.post('/auth/users/set_password/', change, { token: body.access })
  expect(status).toBe(204)
  for (const answer of await answers(someone)) expect(answer).not.toBe(200)
})

test('they say nothing of who signed up here', async () => {
  const someone = await imported()
  await env.DB.prepare('update users set token_version = 1 where id = ?').bind(someone.id).run()
  for (const answer of await answers(someone)) expect(answer).not.toBe(200)
})
