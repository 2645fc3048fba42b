// Bare digests are stored nowhere: they are hashed with argon2id on their way (src/passwords/wrapped.ts), on all
// cores.

import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Cost } from '../../src/passwords/argon2.ts'
import { parseDigest } from '../../src/passwords/digests.ts'
import { fail } from '../fail.ts'

export const isBareDigest = (encoded: unknown) => parseDigest(String(encoded)) !== undefined

/**
 * Whether one may be the other, wrapped: kind and salt are the same. The digest is not compared, which would
 * take as long as a log-in.
 */
export function isWrapping(hash: unknown, encoded: unknown): boolean {
  const digest = parseDigest(String(encoded))
  return digest !== undefined && String(hash).startsWith(`argon2_${digest.name}$${digest.salt}$`)
}

export type Wrapping = ReturnType<typeof openWrapping>

/** A thread starts when it is wanted. Every other kind of hash is answered as it is. */
export function openWrapping(cost: Cost) {
  const cores = availableParallelism()
  const threads: ReturnType<typeof startThread>[] = []
  let [done, working, seconds, since] = [0, 0, 0, 0]

  async function wrap(encoded: string): Promise<string> {
    if (!isBareDigest(encoded)) return encoded
    if (working === 0) since = performance.now()
    const turn = (done + working++) % cores
    const thread = threads[turn] ?? startThread(cost)
    threads[turn] = thread
    const wrapped = await thread.ask(encoded)
    done++
    if (--working === 0) seconds += (performance.now() - since) / 1000
    return wrapped
  }

  return {
    wrap,
    /** How many to have at work. */
    ahead: cores * 4,
    cores,
    /** How many were wrapped, in the seconds that were spent on it. */
    figures: () => ({ done, seconds }),
    async close() {
      await Promise.all(threads.map(({ end }) => end()))
    },
  }
}

/** It answers in the order in which it is asked. */
function startThread(cost: Cost) {
  const thread = new Worker(new URL('wrapping-worker.ts', import.meta.url), { workerData: cost })
  const waiting: ((wrapped: string) => void)[] = []
  thread.on('message', (wrapped: string) => waiting.shift()?.(wrapped))
  thread.on('error', (error) => fail(`A password could not be wrapped: ${error.message}`))
  return {
    end: () => thread.terminate(),
    ask: (encoded: string) =>
      new Promise<string>((resolve) => {
        waiting.push(resolve)
        thread.postMessage(encoded)
      }),
  }
}

/** Seconds that so many digests take, by a few that are wrapped to see. */
export async function secondsFor(count: number, cost: Cost): Promise<number> {
  const trial = openWrapping(cost)
  const digest = '0'.repeat(32)
  const several = () => Promise.all(Array.from({ length: trial.ahead }, () => trial.wrap(digest)))
  await several() // the threads start
  const before = trial.figures()
  await several()
  const after = trial.figures()
  await trial.close()
  return (count * (after.seconds - before.seconds)) / (after.done - before.done)
}

/** Maps with so many at work at once, and answers in order. */
export async function* inOrder<Item, Mapped>(
  items: Iterable<Item> | AsyncIterable<Item>,
  ahead: number,
  map: (item: Item) => Promise<Mapped>,
): AsyncGenerator<Mapped> {
  const waiting: Promise<Mapped>[] = []
  for await (const item of items) {
    waiting.push(map(item))
    const [first] = waiting
    if (first === undefined || waiting.length < ahead) continue
    yield await first
    waiting.shift()
  }
  for (const each of waiting) yield await each
}
