// Slow hashes, one at a time in an isolate, in the order in which they came. A request may end in the middle of an
// await, as its client goes away, and then no `finally` of it runs. So each that waits or works shows again and again
// that it is there, and one that does not is passed by. That is counted and not timed: the clock stands still while
// code runs. Each waits on a timer of its own, since one request must not wake another.

/** More may not wait in an isolate (docs/decisions/026). */
export const maxWaiting = 6

const between = 20 // milliseconds from one look to the next
const maxSilence = 60 // looks of others
const looksAtFull = 3

/** Lets others run. @throws BusyError if another took the lane meanwhile */
export type Pause = () => Promise<void>

/** Too many slow hashes wait in this isolate. */
export class BusyError extends Error {
  override name = 'BusyError'
}

interface Place {
  /** How often others looked since this one last showed that it is there. */
  silence: number
}

export function newQueue() {
  /** The first has the lane. */
  let places: Place[] = []
  let signs = 0

  /** Does slow work when its turn comes. @throws BusyError */
  async function inTurn<T>(work: (pause: Pause) => T | Promise<T>): Promise<T> {
    while (isFull()) await demandPlace()
    const place = { silence: 0 }
    places.push(place)
    try {
      while (places[0] !== place) {
        await passing(between)
        showSign(place)
        passBySilent()
      }
      const pause = async () => {
        await passing(0)
        showSign(place)
      }
      await pause()
      return await work(pause)
    } finally {
      places = places.filter((other) => other !== place)
    }
  }

  function showSign(place: Place) {
    if (!places.includes(place)) throw new BusyError('passed by')
    place.silence = 0
    signs++
  }

  function passBySilent() {
    for (const place of places) place.silence++
    places = places.filter(({ silence }) => silence <= maxSilence)
  }

  const isFull = () => places.length > maxWaiting

  /** @throws BusyError where no other hash may wait */
  async function demandPlace() {
    for (let look = 1; isFull(); look++) {
      const before = signs
      await passing(between)
      if (signs !== before && isFull()) throw new BusyError('too many wait')
      // All of them are gone.
      if (signs === before && look === looksAtFull) places = []
    }
  }

  return { inTurn, isFull, demandPlace }
}

/** A task of its own, so that other requests run meanwhile. */
const passing = (milliseconds: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, milliseconds))
