import { env } from 'cloudflare:workers'
import { client } from '../api.ts'
import { gated, isDelivery } from '../trips.ts'

/** An API client whose trips are counted, but for those that deliver mail after the answer. */
export function counting(vars: Record<string, unknown> = {}) {
  let trips = 0
  const DB = gated(env.DB, (statements) => {
    if (!isDelivery(statements)) trips++
  })
  return { api: client({ DB, ...vars }), trips: () => trips }
}
