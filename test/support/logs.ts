// What the Worker logs during tests: recorded instead of printed.

import { afterEach, beforeEach, expect, vi } from 'vitest'

/** The id of a request, unless Cloudflare gave it one. */
export const anyUuid = expect.stringMatching(
  /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
)

/** Records the errors that are logged, and prints none. */
export const spyOnErrors = () => vi.spyOn(console, 'error').mockImplementation(() => {})

/** Hides the errors that the tests of a file log. */
export function quietErrors() {
  beforeEach(() => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
  })
  afterEach(() => {
    vi.restoreAllMocks()
  })
}

/** The lines that a file's tests log. They are not printed. */
export function captureLogs(): string[] {
  const lines: string[] = []
  beforeEach(() => {
    lines.length = 0
    for (const method of ['log', 'info', 'warn', 'error'] as const) {
      vi.spyOn(console, method).mockImplementation((...values) => {
        lines.push(JSON.stringify(values))
      })
    }
  })
  afterEach(() => vi.restoreAllMocks())
  return lines
}
