// What can go wrong with a call to D1, and a binding at which it does. Timers are vitest's, so that waiting
// takes no time.

import { env } from 'cloudflare:workers'
import { vi } from 'vitest'
import { through } from '../support/trips.ts'

type Run = () => Promise<unknown>
/** One for each time that the call is made. */
type Ways = ((run: Run) => Promise<unknown>)[]

const soon = setTimeout
const nothing = () => new Promise<never>(() => {})

/** Lets a pause pass, or all the time that an answer is waited for and then the pause. */
function pass(...seconds: number[]) {
  const [next, ...rest] = seconds
  if (next === undefined) return
  soon(() => {
    if (!vi.isFakeTimers()) return
    vi.advanceTimersByTime(next * 1000)
    pass(...rest)
  }, 0)
}

function lost(message = 'Network connection lost.'): never {
  pass(0.2)
  throw new Error(`D1_ERROR: ${message}`)
}

function stalled() {
  pass(5, 0.2)
  return nothing()
}

const before: Ways[0] = async () => lost()
const after: Ways[0] = async (run) => {
  await run()
  return lost()
}
const stalls: Ways[0] = async () => stalled()
const stallsAfter: Ways[0] = async (run) => {
  await run()
  return stalled()
}

/** What is over once it is sent again: nobody is to notice. */
export const passing: Record<string, () => Ways> = {
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

/** What lasts: 503. */
export const lasting: Record<string, () => Ways> = {
  'lost twice': () => [before, before],
  'answer lost twice': () => [after, after],
  'stalled twice': () => [stalls, stalls],
  overloaded: () => [async () => lost('D1 DB is overloaded. Requests queued for too long.')],
}

/** One call among those of a request, whatever goes on beside it. */
export interface Call {
  text: string
  /** Of the calls with this text. */
  number: number
}

/** Counts calls. */
export function calling() {
  const numbers = new Map<string, number>()
  return (statements: string[]): Call => {
    const text = statements.join(';')
    const number = (numbers.get(text) ?? 0) + 1
    numbers.set(text, number)
    return { text, number }
  }
}

/** A binding at which a call goes wrong, and the same call when it is sent again. */
export function faulty(struck: Call, ways: Ways): { DB: D1Database; times: () => number } {
  const callOf = calling()
  const left = [...ways]
  let times = 0
  const DB = through(env.DB, async (statements, run) => {
    const { text, number } = callOf(statements)
    if (text !== struck.text || number < struck.number) return run()
    times++
    const way = left.shift()
    return way ? way(run) : run()
  })
  return { DB, times: () => times }
}
