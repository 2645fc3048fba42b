import { env } from 'cloudflare:workers'
import { client } from '../support/api.ts'
import { beforeRoundTrip, isDelivery } from '../support/trips.ts'

/** An API client without replicas that counts its round trips to D1. */
export function counting(vars: Record<string, unknown> = {}) {
  const { DB, trips } = countTrips()
  return {
    api: client({ DB, D1_READ_REPLICATION: false, ...vars }),
    roundTrips: () => trips.far,
  }
}

/** D1 that counts round trips to the replica and to the primary, except those after the answer. */
export function countTrips() {
  const trips = { near: 0, far: 0 }
  const DB = beforeRoundTrip(env.DB, (statements, place) => {
    if (!isDelivery(statements) && !isRefund(statements)) trips[place]++
  })
  return { DB, trips }
}

const isRefund = (statements: string[]) =>
  statements.length === 1 && /^update "throttles"/.test(statements[0] ?? '')
