// Interleaved rounds: each measures every case once, in a new random order.

import type { Case } from './cases.ts'
import { measure } from './load.ts'
import { type Samples, sampleOf } from './report.ts'

export interface Amount {
  rounds: number
  /** Of each case in each round. */
  seconds: number
}

/** The first round warms up the isolates, and does not count. */
export async function measureAll(cases: Case[], { rounds, seconds }: Amount): Promise<Samples> {
  const samples: Samples = new Map()
  for (let round = 0; round <= rounds; round++) {
    for (const each of shuffled(cases)) {
      const measured = await measure(each.server, await each.prepare(), seconds)
      if (round > 0) sampleOf(samples, each).push(measured)
    }
    console.log(round === 0 ? 'warmed up' : `round ${round} of ${rounds}`)
  }
  return samples
}

/** A new order each round, so that no case always follows the same other. */
function shuffled<T>(all: T[]): T[] {
  const rest = [...all]
  return all.map(() => rest.splice(Math.floor(Math.random() * rest.length), 1)[0] as T)
}
