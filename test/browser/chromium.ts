// Chromium for the tests of pages: docs/decisions/061.

import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const program = process.env.CHROMIUM ?? '/usr/bin/chromium'

export function launchChromium(): Promise<Browser> {
  if (!existsSync(program)) {
    throw new Error(`There is no ${program}. Install Debian's chromium, or name yours in CHROMIUM.`)
  }
  // Chromium refuses to run as root with its sandbox, as in a container of CI.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return chromium.launch({ executablePath: program, args })
}
