// Chromium, as the tests of front ends use it.

import { after } from 'node:test'
import { chromium } from 'playwright-core'

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox'],
})
after(() => browser.close())

/** A browser without cookies and storage. */
export async function newBrowser(options: Parameters<typeof browser.newContext>[0] = {}) {
  const context = await browser.newContext(options)
  context.setDefaultTimeout(30_000) // a busy machine must not fail a test
  return context
}
