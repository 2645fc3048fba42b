// The lane of an isolate, in which slow hashes go one at a time.

import { expect, test } from 'vitest'
import { BusyError, maxWaiting, newQueue, type Pause } from '../../src/passwords/hash-queue.ts'

const gone = () => new Promise<never>(() => {})

async function slices(pause: Pause, count: number) {
  for (let slice = 0; slice < count; slice++) await pause()
}

test('one goes after another, in the order in which they came', async () => {
  const { inTurn } = newQueue()
  const log: string[] = []
  const work = (name: string) =>
    inTurn(async (pause) => {
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

test('one that fails lets the next one in', async () => {
  const { inTurn } = newQueue()
  const failing = inTurn(() => Promise.reject(new Error('a broken hash')))
  const next = inTurn(() => 'done')
  await expect(failing).rejects.toThrow('a broken hash')
  expect(await next).toBe('done')
})

test('no more than are allowed wait, and the others are refused without any work', async () => {
  const { inTurn, isFull } = newQueue()
  let begun = 0
  const all = Array.from({ length: 1 + maxWaiting + 5 }, () =>
    inTurn(async (pause) => {
      begun++
      await slices(pause, 20)
    }),
  )
  expect(isFull()).toBe(true)
  const refused = (await Promise.allSettled(all)).filter(({ status }) => status === 'rejected')
  expect(refused).toHaveLength(5)
  for (const refusal of refused) expect(refusal).toMatchObject({ reason: expect.any(BusyError) })
  expect(begun).toBe(1 + maxWaiting)
  expect(isFull()).toBe(false)
})

test('others run between two slices', async () => {
  const { inTurn } = newQueue()
  let tasks = 0
  const count = () => {
    tasks++
    if (isRunning) setTimeout(count, 0)
  }
  let isRunning = true
  setTimeout(count, 0)
  await inTurn((pause) => slices(pause, 20))
  isRunning = false
  expect(tasks).toBeGreaterThan(10)
})

test('a request that is gone in the middle of its work is passed by', async () => {
  const { inTurn } = newQueue()
  void inTurn(gone)
  expect(await inTurn(() => 'done')).toBe('done')
})

test('requests that are gone while they wait are passed by', async () => {
  const { inTurn } = newQueue()
  const { setTimeout: real } = globalThis
  const first = inTurn((pause) => slices(pause, 20))
  // Their timers never fire, as those of a request that has ended.
  globalThis.setTimeout = (() => 0) as unknown as typeof setTimeout
  for (let i = 0; i < 3; i++) void inTurn(gone)
  globalThis.setTimeout = real
  expect(await inTurn(() => 'done')).toBe('done')
  await first
})

test('where all are gone, the lane is not full for ever', async () => {
  const { inTurn, isFull, demandPlace } = newQueue()
  const { setTimeout: real } = globalThis
  globalThis.setTimeout = (() => 0) as unknown as typeof setTimeout
  for (let i = 0; i <= maxWaiting; i++) void inTurn(gone)
  globalThis.setTimeout = real
  expect(isFull()).toBe(true)

  await demandPlace()
  expect(await inTurn(() => 'done')).toBe('done')
})

test('one that was passed by and comes back ends at its next pause', async () => {
  const { inTurn } = newQueue()
  let back = () => {}
  const late = inTurn(async (pause) => {
    await new Promise<void>((resolve) => (back = resolve))
    await pause()
  })
  const refused = expect(late).rejects.toThrow(BusyError)
  await inTurn(async (pause) => {
    back()
    await slices(pause, 5)
  })
  await refused
})
