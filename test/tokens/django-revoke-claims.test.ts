// Tokens in which the users' earlier Django wrote an MD5 of the password's hash, as its CHECK_REVOKE_TOKEN does.

import { env } from 'cloudflare:workers'
import compiled from '@phi-ag/argon2/argon2.wasm'
import { SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { argon2 } from '../../src/passwords/argon2.ts'
import { wasmMemory } from '../../src/passwords/wasm-memory.ts'
import { wrapped } from '../../src/passwords/wrapped.ts'
import { logIn, password, person } from '../support/people.ts'

const vars = { CHECK_REVOKE_TOKEN: true, AUTH_TOKEN_CLASSES: 'AccessToken,SlidingToken' }
const changed = "The user's password has been changed."
const key = new TextEncoder().encode(env.SIGNING_KEY)

/** A user imported with a hash that the next login replaces, and what issues Django's tokens for them. */
async function imported() {
  const user = await person(vars)
  const hash = await digest('SHA-256', password)
  await env.DB.prepare('update users set token_version = 0, password = ? where id = ?')
    .bind(hash, user.id)
    .run()
  const now = Math.floor(Date.now() / 1000)
  const sound = { exp: now + 3600, refresh_exp: now + 3600, iat: now, user_id: user.id }
  const issued = async (token_type: string, hashThen = hash) =>
    new SignJWT({
      ...{ token_type, ...sound, jti: crypto.randomUUID() },
      hash_password: (await digest('MD5', hashThen)).toUpperCase(),
    })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .sign(key)
  return { ...user, issued, hash }
}

async function digest(algorithm: string, text: string) {
  const bytes = await crypto.subtle.digest(algorithm, new TextEncoder().encode(text))
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

type Imported = Awaited<ReturnType<typeof imported>>

/** The answers to a token of each type. */
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

test('Django’s revoke claims count while the user has that hash', async () => {
  expect(await answers(await imported())).toEqual(good)
})

test('they are refused if the user had changed the password in Django', async () => {
  const user = await imported()
  expect(await answers(user, 'sha1$another$hash')).toEqual([changed, changed, changed, changed])
})

test('they still count after a login here, which hashes the same password again', async () => {
  const user = await imported()
  const { api, email, id } = user
  expect((await logIn(api, { email })).status).toBe(200)
  const row = await env.DB.prepare('select password from users where id = ?').bind(id).first()
  expect(row?.password).toMatch(/^argon2/)
  expect(await answers(user)).toEqual([200, 200, 200, 200])
})

test('they are compared with an imported argon2 hash too, until a login here replaces it', async () => {
  const user = await imported()
  const { id, issued } = user
  const hash = wrapped(argon2(wasmMemory(compiled))).wrap(user.hash, { memory: 64, time: 1 })
  const djangoHash = hash.replace(/^argon2_sha256\$+/, 'argon2$')
  await env.DB.prepare('update users set password = ? where id = ?').bind(djangoHash, id).run()

  expect(djangoHash).toMatch(/^argon2\$argon2id\$v=19\$/)
  expect(await answers({ ...user, issued: (type) => issued(type, djangoHash) })).toEqual(good)
  expect(await answers(user, 'an earlier hash')).toEqual([changed, changed, changed, changed])
})

test('a hash that a login replaced is marked as such, unless the user had set it here', async () => {
  const [importedUser, ownUser] = [await imported(), await person(vars)]
  const rehashed = (id: number) =>
    env.DB.prepare('select rehashed from users where id = ?').bind(id).first('rehashed')
  expect([await rehashed(importedUser.id), await rehashed(ownUser.id)]).toEqual([0, 0])

  for (const { api, email } of [importedUser, ownUser]) {
    await logIn(api, { email })
  }

  expect([await rehashed(importedUser.id), await rehashed(ownUser.id)]).toEqual([1, 0])
})

test('they are refused for a user whose digest the import wrapped', async () => {
  const user = await imported()
  const wrapping = wrapped(argon2(wasmMemory(compiled))).wrap(user.hash, { memory: 64, time: 1 })
  await env.DB.prepare('update users set password = ? where id = ?').bind(wrapping, user.id).run()
  expect(await answers(user)).toEqual([changed, changed, changed, changed])
})

test('they do not count after a new password here', async () => {
  const user = await imported()
  const { api, email } = user
  const { body } = await logIn(api, { email })
  const change = { current_password: password, new_password: 'a flock of herons' }
  const { status } = await api.post('/auth/users/set_password/', change, { token: body.access })
  expect(status).toBe(204)
  for (const answer of await answers(user)) expect(answer).not.toBe(200)
})

test('they do not count for a user that signed up here', async () => {
  const user = await imported()
  await env.DB.prepare('update users set token_version = 1 where id = ?').bind(user.id).run()
  for (const answer of await answers(user)) expect(answer).not.toBe(200)
})
