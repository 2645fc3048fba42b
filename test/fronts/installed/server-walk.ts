// What an example must do whose server keeps the tokens.

import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import type { BrowserContext } from 'playwright-core'
import { startGatehouse } from '../../cli/running.ts'
import { newBrowser } from '../browser.ts'
import {
  activate,
  endSessions,
  logIn,
  logOut,
  newPerson,
  seeAccount,
  seeLogIn,
  seeWrongPassword,
  sessionsOf,
  signUp,
} from '../walk.ts'

export const trustedServer = '0123456789abcdef0123456789abcdef'

/** Refresh tokens work once, and get the same answer again for twelve seconds. */
export const startStrictGatehouse = (lifetime: string) =>
  startGatehouse({
    ACCESS_TOKEN_LIFETIME: lifetime,
    ROTATE_REFRESH_TOKENS: true,
    BLACKLIST_AFTER_ROTATION: true,
    D1_TIMEOUT: '1s',
    THROTTLE_ENABLED: false,
    TRUSTED_SERVER_SECRET: trustedServer,
  })

export async function walkThrough(url: string, gatehouse: string) {
  const person = newPerson('Grace')
  const context = await newBrowser({ extraHTTPHeaders: { 'x-real-ip': '203.0.113.7' } })
  const page = await context.newPage()
  await page.goto(url)
  await seeWrongPassword(page)
  await signUp(page, person)
  await activate(gatehouse, person)
  await page.getByRole('link', { name: 'Log in' }).click()
  await logIn(page, person)
  await page.reload()
  await seeAccount(page, person)
  await hasNoToken(context)
  const [session] = await sessionsOf(gatehouse, person)
  assert.equal(session?.device.browser, 'Chrome')

  // The token is too old. Several tabs renew it at once.
  await setTimeout(5_000)
  const tabs = await Promise.all([1, 2, 3, 4, 5].map(() => context.newPage()))
  await Promise.all(tabs.map((tab) => tab.goto(url)))
  for (const tab of tabs) await seeAccount(tab, person)
  // The old refresh token would now end the session: the browser must have the new one.
  await setTimeout(13_000)
  await page.reload()
  await seeAccount(page, person)
  await hasNoToken(context)
  assert.equal((await sessionsOf(gatehouse, person)).length, 1)

  await logOut(page)
  await seeLogIn(page)
  await page.goto(url)
  await seeLogIn(page)
  assert.deepEqual(await sessionsOf(gatehouse, person), [])

  await logIn(page, person)
  await endSessions(gatehouse, person)
  await page.goto(url)
  await seeLogIn(page)
  await context.close()
}

/** No script of a page can find a token: in its HTML, in cookies, or in a storage. */
async function hasNoToken(context: BrowserContext) {
  for (const page of context.pages()) {
    const readable = await page.evaluate(() => {
      const { document, localStorage, sessionStorage } = globalThis as unknown as {
        document: { cookie: string; documentElement: { outerHTML: string } }
        localStorage: object
        sessionStorage: object
      }
      const storages = [localStorage, sessionStorage].map((storage) => JSON.stringify(storage))
      return [document.cookie, document.documentElement.outerHTML, ...storages].join('\n')
    })
    assert.doesNotMatch(readable, /\beyJ[\w-]{20}/)
  }
  for (const { name, httpOnly, sameSite } of await context.cookies()) {
    assert.deepEqual([name, httpOnly, sameSite], [name, true, 'Lax'])
  }
}
