// Makes the Worker forget which users wrote lately, as it does after two minutes.

import { lastWrites } from '../../src/replicas.ts'

/** As in another isolate of the same location. */
export const forgetInIsolate = () => lastWrites.clear()

export async function forgetWrites() {
  const cache = await caches.open('gatehouse-last-writes')
  const names = [...lastWrites.keys()]
  await Promise.all(names.map((name) => cache.delete(`https://last-writes.invalid/${name}`)))
  forgetInIsolate()
}
