// Wraps bare digests in argon2id (src/passwords/wrapped.ts) on all cores, so that no bare digest is stored.

import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Cost } from '../../src/passwords/argon2.ts'
import { parseDigest } from '../../src/passwords/digests.ts'
import { fail } from '../fail.ts'
import { entryFile } from '../package.ts'

export const isBareDigest = (encoded: unknown) => parseDigest(String(encoded)) !== undefined

/**
 * Whether `hash` may be this digest, wrapped: algorithm and salt are equal. The digests are not compared, because that
 * would take as long as a login.
 */
export function isWrapping(hash: unknown, encoded: unknown): boolean {
  const digest = parseDigest(String(encoded))
  return digest !== undefined && String(hash).startsWith(`argon2_${digest.name}$${digest.salt}$`)
}

export type Wrapping = ReturnType<typeof openWrapping>

/** Threads start when they are needed. Hashes that are not bare digests are returned unchanged. */
export function openWrapping(cost: Cost) {
  const cores = availableParallelism()
  const threads: ReturnType<typeof startThread>[] = []
  let [done, working, seconds, since] = [0, 0, 0, 0]

  async function wrap(encoded: string): Promise<string> {
    if (!isBareDigest(encoded)) return encoded
    if (working === 0) since = performance.now()
    const index = (done + working++) % cores
    const thread = threads[index] ?? startThread(cost)
    threads[index] = thread
    const wrapped = await thread.wrap(encoded)
    done++
    if (--working === 0) seconds += (performance.now() - since) / 1000
    return wrapped
  }

  return {
    wrap,
    /** The most digests to give to the threads at the same time. */
    maxConcurrent: cores * 4,
    cores,
    /** The number of passwords that were wrapped, and the seconds that it took. */
    figures: () => ({ done, seconds }),
    async close() {
      await Promise.all(threads.map(({ end }) => end()))
    },
  }
}

/** A thread answers in the order of its messages. */
function startThread(cost: Cost) {
  const thread = new Worker(entryFile('import/wrapping-worker'), { workerData: cost })
  const waiting: ((wrapped: string) => void)[] = []
  thread.on('message', (wrapped: string) => waiting.shift()?.(wrapped))
  thread.on('error', (error) => fail(`A password could not be wrapped: ${error.message}`))
  return {
    end: () => thread.terminate(),
    wrap: (encoded: string) =>
      new Promise<string>((resolve) => {
        waiting.push(resolve)
        thread.postMessage(encoded)
      }),
  }
}

/** Estimates the seconds that wrapping `count` digests takes, by wrapping a few. */
export async function secondsFor(count: number, cost: Cost): Promise<number> {
  const trial = openWrapping(cost)
  const digest = '0'.repeat(32)
  const several = () =>
    Promise.all(Array.from({ length: trial.maxConcurrent }, () => trial.wrap(digest)))
  await several() // starts the threads
  const before = trial.figures()
  await several()
  const after = trial.figures()
  await trial.close()
  return (count * (after.seconds - before.seconds)) / (after.done - before.done)
}

/** Maps items, at most `maxConcurrent` at the same time, and yields the results in the order of the items. */
export async function* mapInOrder<Item, Mapped>(
  items: Iterable<Item> | AsyncIterable<Item>,
  maxConcurrent: number,
  map: (item: Item) => Promise<Mapped>,
): AsyncGenerator<Mapped> {
  const waiting: Promise<Mapped>[] = []
  for await (const item of items) {
    waiting.push(map(item))
    const [first] = waiting
    if (first === undefined || waiting.length < maxConcurrent) continue
    yield await first
    waiting.shift()
  }
  for (const each of waiting) yield await each
}
