// The client of examples/react-native, as Metro bundles it, in a context that has only what the client needs of React
// Native. A map is the keychain: the real one is a module of the device.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createContext, runInContext } from 'node:vm'
import type { AuthClient, paths } from '../../../src/client/index.ts'
import { activate, endSessions, newPerson, password, sessionsOf } from '../walk.ts'
import type { Example } from './example.ts'

const entry = `import { auth } from './src/auth.ts'
globalThis.auth = auth
`

/**
 * Without what React Native itself runs before an app: it asks the device. Without a cache, which knows nothing of the
 * environment, and would have another run's URL.
 */
const metroConfig = `const { getDefaultConfig } = require('expo/metro-config')
const config = getDefaultConfig(__dirname)
config.serializer.getModulesRunBeforeMainModule = () => []
config.serializer.getPolyfills = () => []
config.cacheStores = []
config.resolver.resolveRequest = (context, name, platform) =>
  name === 'expo-secure-store'
    ? { type: 'sourceFile', filePath: __dirname + '/keychain.js' }
    : context.resolveRequest(context, name, platform)
module.exports = config
`

const keychain = `exports.getItemAsync = async (key) => globalThis.keychain.get(key) ?? null
exports.setItemAsync = async (key, value) => { globalThis.keychain.set(key, value) }
exports.deleteItemAsync = async (key) => { globalThis.keychain.delete(key) }
`

export async function walkOnADevice(example: Example, gatehouse: string) {
  const code = await bundle(example, gatehouse)
  const kept = new Map<string, string>()
  const sent: string[] = []
  const auth = startApp(code, kept, sent)
  assert.equal(await auth.ready(), undefined)

  const person = newPerson('Mary')
  const { email, firstName: first_name, lastName: last_name } = person
  const refused = await auth.signUp({ email, password: '12345', first_name, last_name })
  assert.equal(refused.error?.status, 400)
  assert.match(refused.error?.fields.password?.[0] ?? '', /^This password is too short\./)
  const { data: user } = await auth.signUp({ email, password, first_name, last_name })
  assert.equal(user?.email, email)
  await activate(gatehouse, person)
  const wrong = await auth.login({ email, password: 'wrong' })
  assert.equal(wrong.error?.message, 'No active account found with the given credentials')
  assert.ok((await auth.login({ email, password })).data)
  assert.equal((await auth.me()).data?.email, email)

  // The app was closed. The token has expired, and ten requests need it.
  await wait(5_000)
  const again = startApp(code, kept, sent)
  assert.ok(await again.ready())
  sent.length = 0
  const answers = await Promise.all(Array.from({ length: 10 }, () => again.me()))
  assert.deepEqual(new Set(answers.map(({ data }) => data?.email)), new Set([email]))
  assert.equal(sent.filter((path) => path === '/auth/jwt/refresh/').length, 1)

  await endSessions(gatehouse, person)
  assert.equal((await again.me()).error?.status, 401)
  assert.equal(again.session(), undefined)
  await again.login({ email, password })
  await again.logout()
  assert.deepEqual([kept.size, await sessionsOf(gatehouse, person)], [0, []])
}

/** @returns the code of the client, for Android */
async function bundle({ folder, run }: Example, url: string): Promise<string> {
  const files = { 'entry.js': entry, 'metro.config.js': metroConfig, 'keychain.js': keychain }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const target = join(folder, 'client.js')
  const platform = ['--platform', 'android', '--dev', 'false', '--bytecode', 'false']
  const output = ['--entry-file', 'entry.js', '--bundle-output', target]
  await run(['npx', '--no-install', 'expo', 'export:embed', ...platform, ...output], {
    EXPO_PUBLIC_AUTH_URL: url,
  })
  return readFileSync(target, 'utf8')
}

/** Starts the app anew: what it has in memory is gone. */
function startApp(code: string, kept: Map<string, string>, sent: string[]) {
  const context = createContext({
    ...{ Headers, AbortController, setTimeout, clearTimeout, atob },
    fetch(input: string, init: RequestInit) {
      sent.push(new URL(input).pathname)
      return fetch(input, init)
    },
    keychain: kept,
  })
  runInContext(code, context)
  return runInContext('auth', context) as AuthClient<paths>
}
