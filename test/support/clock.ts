// For test files that set the clock: it stands at `start` until a test moves it. vi.setSystemTime moves it.

import { afterEach, beforeEach, vi } from 'vitest'

export function clockAt(start: Date) {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: start })
  })
  afterEach(() => {
    vi.useRealTimers()
  })
}

/** What is logged of failures that a file's tests bring about is not shown. */
export function quietErrors() {
  beforeEach(() => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
  })
  afterEach(() => {
    vi.restoreAllMocks()
  })
}
