// The hash queue of an isolate, which runs slow hashes one at a time.

import { expect, test } from 'vitest'
import { BusyError, maxWaiting, newHashQueue, type Pause } from '../../src/passwords/hash-queue.ts'

/** The work of a request that has ended. It never continues. */
const hang = () => new Promise<never>(() => {})

async function slices(pause: Pause, count: number) {
  for (let slice = 0; slice < count; slice++) await pause()
}

test('runs hashes one at a time, in the order of arrival', async () => {
  const { run } = newHashQueue()
  const log: string[] = []
  const work = (name: string) =>
    run(async (pause) => {
      log.push(`${name} begins`)
      await slices(pause, 5)
      log.push(`${name} ends`)
      return name
    })

  expect(await Promise.all(['first', 'second', 'third'].map(work))).toEqual([
    'first',
    'second',
    'third',
  ])
  expect(log).toEqual([
    ...['first begins', 'first ends', 'second begins', 'second ends', 'third begins', 'third ends'],
  ])
})

test('runs the next hash after one fails', async () => {
  const { run } = newHashQueue()
  const failing = run(() => Promise.reject(new Error('a broken hash')))
  const next = run(() => 'done')
  await expect(failing).rejects.toThrow('a broken hash')
  expect(await next).toBe('done')
})

test('lets at most maxWaiting hashes wait, and refuses more before they start', async () => {
  const { run, isFull } = newHashQueue()
  let begun = 0
  const all = Array.from({ length: 1 + maxWaiting + 5 }, () =>
    run(async (pause) => {
      begun++
      await slices(pause, 20)
    }),
  )
  expect(isFull()).toBe(true)
  const refused = (await Promise.allSettled(all)).filter(({ status }) => status === 'rejected')
  expect(refused).toHaveLength(5)
  for (const result of refused) expect(result).toMatchObject({ reason: expect.any(BusyError) })
  expect(begun).toBe(1 + maxWaiting)
  expect(isFull()).toBe(false)
})

test('lets other tasks run between two slices', async () => {
  const { run } = newHashQueue()
  let tasks = 0
  const count = () => {
    tasks++
    if (isRunning) setTimeout(count, 0)
  }
  let isRunning = true
  setTimeout(count, 0)
  await run((pause) => slices(pause, 20))
  isRunning = false
  expect(tasks).toBeGreaterThan(10)
})

test('skips a request that ends in the middle of its work', async () => {
  const { run } = newHashQueue()
  void run(hang)
  expect(await run(() => 'done')).toBe('done')
})

test('skips requests that end while they wait', async () => {
  const { run } = newHashQueue()
  const { setTimeout: real } = globalThis
  const first = run((pause) => slices(pause, 20))
  // The timers of these requests never fire, like those of a request that has ended.
  globalThis.setTimeout = (() => 0) as unknown as typeof setTimeout
  for (let i = 0; i < 3; i++) void run(hang)
  globalThis.setTimeout = real
  expect(await run(() => 'done')).toBe('done')
  await first
})

test('empties a full queue when all of its requests have ended', async () => {
  const { run, isFull, waitForRoom } = newHashQueue()
  const { setTimeout: real } = globalThis
  globalThis.setTimeout = (() => 0) as unknown as typeof setTimeout
  for (let i = 0; i <= maxWaiting; i++) void run(hang)
  globalThis.setTimeout = real
  expect(isFull()).toBe(true)

  await waitForRoom()
  expect(await run(() => 'done')).toBe('done')
})

test('stops a skipped request that still runs, at its next pause', async () => {
  const { run } = newHashQueue()
  let resume = () => {}
  const late = run(async (pause) => {
    await new Promise<void>((resolve) => (resume = resolve))
    await pause()
  })
  const refused = expect(late).rejects.toThrow(BusyError)
  await run(async (pause) => {
    resume()
    await slices(pause, 5)
  })
  await refused
})
