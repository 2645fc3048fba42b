// For test files that set the clock: it stops at `start`, and `pass` or vi.setSystemTime moves it.

import { afterEach, beforeEach, vi } from 'vitest'

export function clockAt(start: Date) {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: start })
  })
  afterEach(() => {
    vi.useRealTimers()
  })
}

const units = { seconds: 1000, minutes: 60_000, hours: 3_600_000 }

/** Moves the stopped clock. */
export function pass(time: Partial<Record<keyof typeof units, number>>) {
  for (const [unit, amount] of Object.entries(time)) {
    vi.setSystemTime(Date.now() + amount * units[unit as keyof typeof units])
  }
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
