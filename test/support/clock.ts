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

/** Stops the clock at the present time. */
export const stopClock = () => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })

/** Moves the stopped clock by seconds. */
export const wait = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000)

const units = { seconds: 1000, minutes: 60_000, hours: 3_600_000 }

/** Moves the stopped clock. */
export function pass(time: Partial<Record<keyof typeof units, number>>) {
  for (const [unit, amount] of Object.entries(time)) {
    vi.setSystemTime(Date.now() + amount * units[unit as keyof typeof units])
  }
}
