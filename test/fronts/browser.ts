// The browser of the tests of front ends.

import { after } from 'node:test'
import type { BrowserContextOptions } from 'playwright-core'
import { launchChromium } from '../browser/chromium.ts'

const browser = await launchChromium()
after(() => browser.close())

/** A browser without cookies and storage. */
export async function newBrowser(options: BrowserContextOptions = {}) {
  const context = await browser.newContext(options)
  context.setDefaultTimeout(30_000) // a busy machine must not fail a test
  return context
}
