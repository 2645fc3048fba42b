// What the tests of the client share: a Gatehouse with rotation, users, and a client on a device behind a proxy.

import assert from 'node:assert/strict'
import type { ClientOptions } from '../../src/client/index.ts'
import { startGatehouse } from '../cli/running.ts'
import { newDevice } from './device.ts'
import { startProxy } from './proxy.ts'

export const password = 'a pond of herons'

/** Milliseconds that an access token is valid. */
const lifetime = 300_000

export const refreshPath = '/auth/jwt/refresh/'

/** Gatehouse with single-use refresh tokens. Its pages may be at any port. */
export const startServer = (settings: Record<string, unknown> = {}) =>
  startGatehouse({
    SEND_ACTIVATION_EMAIL: false,
    THROTTLE_ENABLED: false,
    ARGON2_MEMORY_COST: 64,
    ARGON2_TIME_COST: 1,
    ROTATE_REFRESH_TOKENS: true,
    BLACKLIST_AFTER_ROTATION: true,
    LOGOUT_ON_PASSWORD_CHANGE: true,
    AUTH_COOKIES: true,
    CORS_ALLOW_ALL_ORIGINS: false,
    CORS_ALLOWED_ORIGIN_REGEXES: '^http://localhost:[0-9]+$',
    CORS_ALLOW_CREDENTIALS: true,
    ...settings,
  })

let users = 0

/** Signs a user up. @returns what they log in with */
export async function newUser(url: string) {
  const person = { email: `ada-${++users}@example.com`, password }
  const body = JSON.stringify({ ...person, first_name: 'Ada', last_name: 'Lovelace' })
  const headers = { 'content-type': 'application/json' }
  const { status } = await fetch(`${url}/auth/users/`, { method: 'POST', headers, body })
  assert.equal(status, 201)
  return person
}

/** A storage that a test can look into. */
export function newStorage() {
  const texts = new Map<string, string>()
  return {
    get: async (key: string) => texts.get(key),
    set: async (key: string, text: string) => void texts.set(key, text),
    remove: async (key: string) => void texts.delete(key),
    /** The stored tokens; none after a logout. */
    tokens(): { access?: string; refresh?: string } {
      assert.ok(texts.size < 2)
      const [text = '{}'] = texts.values()
      return JSON.parse(text)
    },
  }
}

/** How often the server has rotated the refresh token. */
export function rotations(refresh = ''): number {
  const [, payload = ''] = refresh.split('.')
  return JSON.parse(Buffer.from(payload, 'base64url').toString()).counter
}

interface LoginOptions extends Partial<ClientOptions> {
  /** Milliseconds by which the device's clock is fast. */
  skew?: number
}

/** A new user that is logged in on a device behind a proxy of their own. */
export async function newLogin(url: string, { skew, ...options }: LoginOptions = {}) {
  const proxy = await startProxy(url)
  const person = await newUser(url)
  const device = newDevice(skew)
  const storage = newStorage()
  const auth = device.createClient({ url: proxy.url, storage, ...options })
  const { error } = await auth.login(person)
  assert.equal(error, undefined)
  proxy.forget()
  const sessions: (object | undefined)[] = []
  auth.onChange((session) => sessions.push(session))
  return {
    ...{ proxy, person, device, storage, auth },
    /** What `onChange` has reported since the login. */
    sessions,
    /** As if the access token's lifetime had passed on this device. The server still accepts the token. */
    expire: () => device.moveClock(lifetime),
  }
}

export type Login = Awaited<ReturnType<typeof newLogin>>

/** The session is there, here and at the server. */
export async function assertLoggedIn({ auth, person, sessions, proxy }: Login) {
  proxy.forget()
  const { data, error } = await auth.me()
  assert.equal(error, undefined)
  assert.equal(data?.email, person.email)
  assert.ok(auth.session())
  assert.ok(!sessions.includes(undefined))
}

/** The session has ended here, and the listener was called. */
export async function assertLoggedOut({ auth, sessions, storage }: Login) {
  assert.equal(auth.session(), undefined)
  assert.equal(sessions.at(-1), undefined)
  assert.equal(storage.tokens().refresh, undefined)
}
