// The queue of slow hashes in an isolate. It runs one at a time, in the order of arrival (docs/decisions/026).
//
// When a client disconnects, the runtime may end its request during an `await`, and no `finally` runs. So each request
// in the queue reports again and again that it still runs, and the others skip a request that does not. They count their
// own looks at the queue, not time, because the clock stops while code runs. Each request waits on its own timer, because
// one request must not wake another.

/** Slow hashes that may wait in an isolate, beside the one that runs. */
export const maxWaiting = 6

/** Milliseconds between two looks at the queue. */
const lookInterval = 20
/** The number of looks by other requests in which a request may fail to report. */
const maxMissedLooks = 60
/** The number of looks at a full queue without any report, after which the queue is emptied. */
const looksUntilEmptied = 3

/** Lets other requests run. @throws BusyError if the queue has skipped this request in the meantime */
export type Pause = () => Promise<void>

/** This isolate cannot make a slow hash now: too many wait, or the queue skipped the request. */
export class BusyError extends Error {
  override name = 'BusyError'
}

interface Entry {
  /** The number of looks by other requests since this one last reported. */
  missedLooks: number
}

export function newHashQueue() {
  /** The first entry may work; the others wait. */
  let entries: Entry[] = []
  /** How often any request has reported. */
  let reports = 0

  /**
   * Waits until the request is the first in the queue, then does its work.
   * @throws BusyError if the queue is full or skips the request
   */
  async function run<T>(work: (pause: Pause) => T | Promise<T>): Promise<T> {
    while (isFull()) await waitForRoom()
    const entry = { missedLooks: 0 }
    entries.push(entry)
    try {
      while (entries[0] !== entry) {
        await timer(lookInterval)
        report(entry)
        skipSilent()
      }
      const pause = async () => {
        await timer(0)
        report(entry)
      }
      await pause()
      return await work(pause)
    } finally {
      entries = entries.filter((other) => other !== entry)
    }
  }

  function report(entry: Entry) {
    if (!entries.includes(entry)) throw new BusyError('skipped by other requests')
    entry.missedLooks = 0
    reports++
  }

  function skipSilent() {
    for (const entry of entries) entry.missedLooks++
    entries = entries.filter(({ missedLooks }) => missedLooks <= maxMissedLooks)
  }

  const isFull = () => entries.length > maxWaiting

  /** Returns when one more hash may wait. @throws BusyError if the queue is full of requests that still run */
  async function waitForRoom() {
    for (let look = 1; isFull(); look++) {
      const before = reports
      await timer(lookInterval)
      if (reports !== before && isFull()) throw new BusyError('too many slow hashes wait')
      // No request reported: all of them have ended.
      if (reports === before && look === looksUntilEmptied) entries = []
    }
  }

  return { run, isFull, waitForRoom }
}

/** Each timer begins a new task, so other requests run before it. */
const timer = (milliseconds: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, milliseconds))
