// Two tabs of Chromium with one login, at the end of an access token. Refresh tokens are single-use, so a second refresh with one
// could end the session.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { parseEnv } from 'node:util'
import { jwtVerify } from 'jose'
import type { Browser, Page } from 'playwright-core'
import type { createClient, paths } from '../../src/client/index.ts'
import { launchChromium } from '../browser/chromium.ts'
import { bundleClient } from './device.ts'
import { type Page as ProxyPage, startProxy } from './proxy.ts'
import { newUser, refreshPath, rotations, startServer } from './setup.ts'

declare const Gatehouse: { createClient: typeof createClient }
declare const localStorage: {
  length: number
  key(index: number): string
  getItem(key: string): string
}
declare const document: { cookie: string }

type Auth = ReturnType<typeof createClient<paths>>
declare global {
  var auth: Auth
  var changes: (object | undefined)[]
}

const lifetime = 10_000 // milliseconds

let gatehouse: Awaited<ReturnType<typeof startServer>>
let browser: Browser
let script: string
before(async () => {
  ;[gatehouse, browser, script] = await Promise.all([
    startServer({ ACCESS_TOKEN_LIFETIME: `${lifetime / 1000}s` }),
    launchChromium(),
    bundleClient(),
  ])
})
after(async () => {
  await browser.close()
  await gatehouse.stop()
})

interface World {
  storage?: 'local' | 'cookies' | 'own'
  /** Runs before each page's own scripts. */
  init?: () => void
  /** Whether the page has another origin than the API. */
  isForeign?: boolean
}

/** Two tabs of a user that has just logged in with the first. */
async function newTabs({ storage = 'local', init, isForeign }: World = {}) {
  const html = '<!doctype html><link rel="icon" href="data:,"><script src="/client.js"></script>'
  const pages: Record<string, ProxyPage> = {
    '/page/': async () => ['text/html', html],
    '/client.js': async () => ['text/javascript', script],
    '/books/': showBooks,
  }
  const proxy = await startProxy(gatehouse.url, pages)
  const home = isForeign ? await startProxy(gatehouse.url, pages) : proxy
  const context = await browser.newContext()
  if (init) await context.addInitScript(init)
  const open = async (): Promise<Page> => {
    const page = await context.newPage()
    await page.goto(`${home.url}/page/`)
    await page.evaluate(start, { url: proxy.url, storage })
    return page
  }
  const tabs: [Page, Page] = [await open(), await open()]
  const person = await newUser(gatehouse.url)
  const error = await tabs[0].evaluate(
    async (body) => (await auth.login(body)).error?.message,
    person,
  )
  assert.equal(error, undefined)
  proxy.forget()
  return { proxy, person, context, open, tabs }
}

/** A resource server, which verifies access tokens by the shared key. It is fast, so that no request waits for long. */
const showBooks: ProxyPage = async ({ authorization = '', cookie = '' }) => {
  const [, token = ''] = /(?:Bearer |access=)([\w.-]+)/.exec(`${authorization};${cookie}`) ?? []
  try {
    await jwtVerify(token, signingKey())
    return ['application/json', '[]']
  } catch (error) {
    return ['application/json', JSON.stringify({ detail: String(error) }), 401]
  }
}

function signingKey() {
  const { SIGNING_KEY } = parseEnv(readFileSync(gatehouse.project.file('.dev.vars'), 'utf8'))
  return new TextEncoder().encode(SIGNING_KEY)
}

/** In the page. */
function start({ url, storage }: { url: string; storage: 'local' | 'cookies' | 'own' }) {
  const own = {
    get: async (key: string) => {
      const found = document.cookie.split('; ').find((pair) => pair.startsWith(`${key}=`))
      return found && decodeURIComponent(found.slice(key.length + 1))
    },
    set: async (key: string, text: string) => {
      document.cookie = `${key}=${encodeURIComponent(text)}`
    },
    remove: async (key: string) => {
      document.cookie = `${key}=; max-age=0`
    },
  }
  globalThis.auth = Gatehouse.createClient({ url, storage: storage === 'own' ? own : storage })
  globalThis.changes = []
  auth.onChange((session) => changes.push(session))
}

/** In the page: requests at once, one of them to Gatehouse. @returns the errors of those that failed */
async function ask(count: number) {
  const me = auth.me().then(({ error }) => (error ? `${error.status} ${error.message}` : 'ok'))
  const books = Array.from({ length: count - 1 }, () =>
    auth.fetch('/books/').then(async (answer) => (answer.ok ? 'ok' : answer.text())),
  )
  return (await Promise.all([me, ...books])).filter((answer) => answer !== 'ok')
}

/** In the page: the stored refresh token. */
function storedToken(): string {
  const texts = Array.from({ length: localStorage.length }, (_, at) =>
    localStorage.getItem(localStorage.key(at)),
  )
  return JSON.parse(texts[0] ?? '{}').refresh
}

const isLoggedIn = (page: Page) => page.evaluate(() => auth.session() !== undefined)

/** 200 requests of two tabs, in five rounds across the end of their access token. */
async function askAcrossTheEnd(tabs: Page[]): Promise<string[]> {
  const rounds = [0.7, 0.75, 0.8, 0.9, 1].flatMap((part) =>
    tabs.map((tab) => setTimeout(lifetime * part).then(() => tab.evaluate(ask, 20))),
  )
  return (await Promise.all(rounds)).flat()
}

const withoutLocks = () => {
  Reflect.deleteProperty(Navigator.prototype, 'locks')
  Reflect.deleteProperty(globalThis, 'BroadcastChannel')
}
declare const Navigator: { prototype: object }

describe('200 requests of two tabs across the end of a token', { concurrency: 6 }, () => {
  for (const isForeign of [false, true]) {
    test(`cause one refresh, ${isForeign ? 'from another origin' : 'from the origin of the API'}`, async () => {
      const { tabs, proxy } = await newTabs({ isForeign })
      assert.deepEqual(await askAcrossTheEnd(tabs), [])
      const succeeded = [...proxy.seen('/auth/users/me/'), ...proxy.seen('/books/')].filter(
        ({ status }) => status === 200,
      )
      assert.equal(succeeded.length, 200)
      assert.equal(proxy.seen(refreshPath).length, 1)
      assert.equal(rotations(await tabs[1].evaluate(storedToken)), 1)
    })
  }

  test('repeat a refresh whose answer is lost, and rotate once', async () => {
    const { tabs, proxy } = await newTabs()
    proxy.break(refreshPath, 'lost answer', 'broken answer')
    assert.deepEqual(await askAcrossTheEnd(tabs), [])
    const refreshes = proxy.seen(refreshPath)
    assert.equal(refreshes.length, 3)
    assert.equal(new Set(refreshes.map(({ body }) => body)).size, 1)
    assert.equal(rotations(await tabs[0].evaluate(storedToken)), 1)
  })

  test('cause one rotation without Web Locks and BroadcastChannel', async () => {
    const { tabs, proxy } = await newTabs({ init: withoutLocks })
    assert.deepEqual(await askAcrossTheEnd(tabs), [])
    const refreshes = proxy.seen(refreshPath)
    assert.ok(refreshes.length <= 2, `${refreshes.length} refreshes`)
    assert.equal(new Set(refreshes.map(({ body }) => body)).size, 1)
    assert.equal(rotations(await tabs[0].evaluate(storedToken)), 1)
    for (const tab of tabs) assert.ok(await isLoggedIn(tab))
  })

  test('survive a lost answer without Web Locks and BroadcastChannel', async () => {
    const { tabs, proxy } = await newTabs({ init: withoutLocks })
    proxy.break(refreshPath, 'lost answer', 'broken answer')
    assert.deepEqual(await askAcrossTheEnd(tabs), [])
    assert.equal(rotations(await tabs[0].evaluate(storedToken)), 1)
    for (const tab of tabs) assert.ok(await isLoggedIn(tab))
  })

  test('cause one refresh with cookies, and no script sees a token', async () => {
    const { tabs, proxy, context } = await newTabs({ storage: 'cookies', isForeign: true })
    assert.deepEqual(await askAcrossTheEnd(tabs), [])
    assert.equal(proxy.seen(refreshPath).length, 1)
    assert.ok(
      proxy.seen('/auth/users/me/').every(({ authorization }) => authorization === undefined),
    )
    const { origins, cookies } = await context.storageState()
    assert.deepEqual(
      cookies.map(({ httpOnly }) => httpOnly),
      [true, true],
    )
    assert.doesNotMatch(JSON.stringify(origins), /eyJ/)
    assert.equal(await tabs[0].evaluate(() => document.cookie), '')
  })
})

describe('a tab', { concurrency: 4 }, () => {
  for (const storage of ['local', 'cookies', 'own'] as const) {
    test(`hears of a login and a logout in another one (${storage})`, async () => {
      const { tabs, proxy, open } = await newTabs({ storage })
      const [first, second] = tabs
      await second.waitForFunction(() => changes.length === 1 && auth.session() !== undefined)
      await first.evaluate(() => auth.logout())
      await second.waitForFunction(() => changes.length === 2 && auth.session() === undefined)
      assert.equal(proxy.seen('/auth/jwt/logout/').length, 1)
      assert.deepEqual(await second.evaluate(ask, 1), [
        '401 Authentication credentials were not provided.',
      ])
      assert.equal(await isLoggedIn(await open()), false)
    })

    test(`that is reloaded is still logged in (${storage})`, async () => {
      const { open } = await newTabs({ storage })
      const page = await open()
      await page.evaluate(() => auth.ready())
      assert.ok(await isLoggedIn(page))
      assert.deepEqual(await page.evaluate(ask, 1), [])
    })
  }

  test('that is left during a refresh loses its answer, and the next page repeats it', async () => {
    const { tabs, proxy } = await newTabs()
    proxy.break(refreshPath, { delay: 3000 })
    await tabs[0].evaluate(() => void auth.refresh())
    while (proxy.seen(refreshPath).length === 0) await setTimeout(50)
    await tabs[0].reload()
    await tabs[0].evaluate(start, { url: proxy.url, storage: 'local' as const })
    const error = await tabs[0].evaluate(async () => (await auth.refresh()).error?.message)
    assert.equal(error, undefined)
    assert.equal(proxy.seen(refreshPath).length, 2)
    assert.equal(rotations(await tabs[0].evaluate(storedToken)), 1)
    assert.deepEqual(await tabs[0].evaluate(ask, 1), [])
  })

  test('hears of a logout without BroadcastChannel', async () => {
    const { tabs } = await newTabs({ init: withoutLocks })
    await tabs[0].evaluate(() => auth.logout())
    await tabs[1].waitForFunction(() => changes.length === 2 && auth.session() === undefined)
  })

  test('sends no cookie after a logout that found no network', async () => {
    const { tabs, proxy, context } = await newTabs({ storage: 'cookies' })
    // Chromium itself repeats a request on a connection that broke.
    proxy.break('/auth/jwt/logout/', ...Array.from({ length: 8 }, () => 'lost request' as const))
    assert.equal(await tabs[0].evaluate(async () => (await auth.logout()).error?.status), 0)
    assert.equal((await context.cookies()).length, 2)
    assert.deepEqual(await tabs[0].evaluate(ask, 1), [
      '401 Authentication credentials were not provided.',
    ])
  })

  test('finds a login by cookies that another page made', async () => {
    const { tabs } = await newTabs({ storage: 'cookies' })
    const isFound = await tabs[0].evaluate(async () => {
      Reflect.apply(Reflect.get(localStorage, 'clear'), localStorage, [])
      const before = auth.session()
      await auth.refresh()
      return before === undefined && auth.session() !== undefined
    })
    assert.ok(isFound)
    assert.deepEqual(await tabs[0].evaluate(ask, 1), [])
  })

  test('keeps a session in memory where the browser blocks localStorage', async () => {
    const { tabs } = await newTabs({
      init: () =>
        Object.defineProperty(globalThis, 'localStorage', {
          get: () => {
            throw new Error('blocked')
          },
        }),
    })
    assert.deepEqual(await tabs[0].evaluate(ask, 1), [])
    assert.equal(await isLoggedIn(tabs[1]), false)
  })
})
