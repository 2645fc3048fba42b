// The faults of a call to D1, and a binding where one call has a fault. Vitest fakes the timers, so that waiting takes no
// time.

import { env } from 'cloudflare:workers'
import { vi } from 'vitest'
import { interceptD1, type Place } from '../support/trips.ts'

type Run = () => Promise<unknown>
/** What D1 does each time that the call is sent, in this order. */
type Reactions = ((run: Run) => Promise<unknown>)[]

const soon = setTimeout
const nothing = () => new Promise<never>(() => {})

/** Advances the fake clock step by step: by the pause, or by the timeout and then the pause. */
function advance(...seconds: number[]) {
  const [next, ...rest] = seconds
  if (next === undefined) return
  soon(() => {
    if (!vi.isFakeTimers()) return
    vi.advanceTimersByTime(next * 1000)
    advance(...rest)
  }, 0)
}

function lost(message = 'Network connection lost.'): never {
  advance(0.2)
  throw new Error(`D1_ERROR: ${message}`)
}

function stalled() {
  advance(5, 0.2)
  return nothing()
}

const before: Reactions[0] = async () => lost()
const after: Reactions[0] = async (run) => {
  await run()
  return lost()
}
const stalls: Reactions[0] = async () => stalled()
const stallsAfter: Reactions[0] = async (run) => {
  await run()
  return stalled()
}

/** Faults that end when the call is sent again: the client must not notice them. */
export const passing: Record<string, () => Reactions> = {
  lost: () => [before],
  'answer lost': () => [after],
  stalled: () => [stalls],
  'answer stalled': () => [stallsAfter],
  doubled: () => [
    async (run) => {
      await run()
      return run()
    },
  ],
  late: () => {
    let first: Run
    return [
      (run) => {
        first = run
        return stalled()
      },
      async (run) => {
        const answer = await run()
        await first()
        return answer
      },
    ]
  },
}

/** Faults that last: the response is 503. */
export const lasting: Record<string, () => Reactions> = {
  'lost twice': () => [before, before],
  'answer lost twice': () => [after, after],
  'stalled twice': () => [stalls, stalls],
  overloaded: () => [async () => lost('D1 DB is overloaded. Requests queued for too long.')],
}

/** One call of a request, distinct from parallel calls. */
export interface Call {
  text: string
  place: Place
  /** The number of this call among the calls with this text at this place, from 1. */
  number: number
}

/** Returns a function that numbers the calls of each text. */
export function callCounter() {
  const numbers = new Map<string, number>()
  return (statements: string[], place: Place): Call => {
    const text = statements.join(';')
    const key = `${place} ${text}`
    const number = (numbers.get(key) ?? 0) + 1
    numbers.set(key, number)
    return { text, place, number }
  }
}

/** Returns a binding where one call fails once for each of the `reactions`, and how often that call was sent. */
export function faulty(
  target: Call,
  reactions: Reactions,
): { DB: D1Database; timesSent: () => number } {
  const callOf = callCounter()
  const left = [...reactions]
  let timesSent = 0
  const DB = interceptD1(env.DB, async (statements, run, at) => {
    const { text, place, number } = callOf(statements, at)
    if (text !== target.text || place !== target.place || number < target.number) return run()
    timesSent++
    const reaction = left.shift()
    return reaction ? reaction(run) : run()
  })
  return { DB, timesSent: () => timesSent }
}
