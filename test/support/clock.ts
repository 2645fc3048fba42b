// For test files that set the clock: it stops at `start`, and vi.setSystemTime moves it.

import { afterEach, beforeEach, vi } from 'vitest'

export function clockAt(start: Date) {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: start })
  })
  afterEach(() => {
    vi.useRealTimers()
  })
}

/** Hides the errors that the tests of a file log. */
export function quietErrors() {
  beforeEach(() => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
  })
  afterEach(() => {
    vi.restoreAllMocks()
  })
}
