// A device without DOM, storage, locks and channels, as React Native is: the bundled client, in a context that has nothing but
// `fetch` and timers, and with a clock of its own.

import { createContext, runInContext } from 'node:vm'
import { Rolldown } from 'tsdown'
import type { createClient } from '../../src/client/index.ts'

/** The client as one script, which sets `Gatehouse`. */
export async function bundleClient(): Promise<string> {
  const bundle = await Rolldown.rolldown({ input: 'src/client/index.ts' })
  const { output } = await bundle.generate({ format: 'iife', name: 'Gatehouse', minify: true })
  return output[0].code
}

const script = await bundleClient()

interface Device {
  createClient: typeof createClient
  /** Sets its clock forward or back, by milliseconds. */
  moveClock(by: number): void
}

/** @param skew milliseconds by which its clock is fast */
export function newDevice(skew = 0): Device {
  let offset = skew
  const clock = { now: () => Date.now() + offset }
  const context = createContext({
    ...{ fetch, Headers, Response, AbortController, setTimeout, clearTimeout, atob },
    Date: clock,
  })
  const { createClient: create } = runInContext(`${script}; Gatehouse`, context)
  return {
    createClient: create,
    moveClock(by) {
      offset += by
    },
  }
}
