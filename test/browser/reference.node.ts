// The reference page in a browser: an account from sign-up to its first call, by the page's own requests. A violation of its
// Content-Security-Policy, and a request to another host, fail it.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { startGatehouse } from '../cli/running.ts'
import { launchChromium } from './chromium.ts'

const account = { email: 'ada@example.com', password: 'a pond of herons' } // the document's example

let gatehouse: Awaited<ReturnType<typeof startGatehouse>>
let browser: Browser
let page: Page
const faults: string[] = []
const calls: { call: string; authorization: string }[] = []

before(async () => {
  const [started, launched] = await Promise.all([startGatehouse(), launchChromium()])
  gatehouse = started
  browser = launched
  page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  page.setDefaultTimeout(20_000)
  page.on('pageerror', ({ message }) => faults.push(message))
  page.on('console', (message) => {
    if (/Content.Security.Policy/i.test(message.text())) faults.push(message.text())
  })
  page.on('request', (request) => {
    const { origin, pathname, protocol } = new URL(request.url())
    if (origin !== gatehouse.url && !/^(data|blob):$/.test(protocol)) faults.push(request.url())
    const { authorization = '' } = request.headers()
    calls.push({ call: `${request.method()} ${pathname}`, authorization })
  })
  await page.goto(`${gatehouse.url}/docs`)
})

after(async () => {
  await browser?.close()
  await gatehouse?.stop()
})

test('the page is at /docs/, and names the deployment and this server', async () => {
  await page.getByRole('heading', { level: 1 }).waitFor()
  assert.equal(new URL(page.url()).pathname, '/docs/')
  const document = await (await fetch(`${gatehouse.url}/openapi.json`)).json()
  const { info } = document as { info: { title: string } }
  assert.equal(await page.title(), `${info.title}: API reference`)
  assert.ok(await page.getByText(gatehouse.url, { exact: true }).first().isVisible())
})

test('a reader signs up, activates the account, logs in, and the next call has the token', async () => {
  assert.equal(await send('users', 'POST/auth/users/'), 201)

  const mailbox = await fetch(`${gatehouse.url}/dev/mailbox/`)
  const { results } = (await mailbox.json()) as { results: { uid: string; token: string }[] }
  const activation = await fetch(`${gatehouse.url}/auth/users/activation/`, {
    method: 'POST',
    body: new URLSearchParams({ uid: results[0]?.uid ?? '', token: results[0]?.token ?? '' }),
  })
  assert.equal(activation.status, 204)

  assert.equal(await send('jwt', 'POST/auth/jwt/create/'), 200)
  assert.equal(await send('users', 'GET/auth/users/me/'), 200)
  const me = calls.findLast(({ call }) => call === 'GET /auth/users/me/')
  assert.match(me?.authorization ?? '', /^Bearer [\w-]+\.[\w-]+\.[\w-]+$/)
})

test('a login at another endpoint replaces the token', async () => {
  assert.equal(await send('authtoken', 'POST/auth/token/login/'), 200)
  assert.equal(await send('users', 'GET/auth/users/me/'), 200)
  assert.match(calls.at(-1)?.authorization ?? '', /^Token [0-9a-f]{40}$/)
})

test('nothing outlives the page: no token and no password is in the storage', async () => {
  const stored = await page.evaluate(() => JSON.stringify([localStorage, sessionStorage]))
  const secrets = calls.map(({ authorization }) => authorization.split(' ')[1]).filter(Boolean)
  for (const secret of [...secrets, account.password]) assert.ok(!stored.includes(secret ?? ''))
})

test('the search finds an operation', async () => {
  await page.keyboard.press('Control+k')
  await page.getByRole('dialog').getByRole('combobox').fill('next access token')
  await page
    .getByRole('option', { name: /Get the next access token/ })
    .first()
    .waitFor()
  await page.keyboard.press('Escape')
})

test('the page reached no other host, and broke no policy', () => {
  assert.deepEqual(faults, [])
})

/** Sends the example of an operation from the page. @returns the status of the answer */
async function send(tag: string, operation: string): Promise<number> {
  const id = `tag/${tag}/${operation}`
  const link = page.locator(`a[href="#${id}"]`).first()
  if (!(await link.isVisible())) await page.locator(`a[href="#tag/${tag}"]`).first().click()
  await link.click()
  await page.locator(`section[id$="${id}"]`).getByRole('button', { name: 'Test Request' }).click()
  const client = page.getByRole('dialog')
  const path = operation.slice(operation.indexOf('/'))
  const answered = page.waitForResponse((response) => new URL(response.url()).pathname === path)
  await client.getByRole('button', { name: /^Send/ }).first().click()
  const status = (await answered).status()
  await client.getByText(String(status)).first().waitFor()
  await page.getByRole('button', { name: 'Close Client' }).click()
  await client.waitFor({ state: 'hidden' })
  return status
}
