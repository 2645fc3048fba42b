import { env } from 'cloudflare:workers'
import { client } from '../support/api.ts'
import { beforeRoundTrip, isDelivery } from '../support/trips.ts'

/** An API client that counts round trips to D1, except those after the answer: the delivery of mail, and refunds. */
export function counting(vars: Record<string, unknown> = {}) {
  let roundTrips = 0
  const DB = beforeRoundTrip(env.DB, (statements) => {
    if (!isDelivery(statements) && !isRefund(statements)) roundTrips++
  })
  return { api: client({ DB, ...vars }), roundTrips: () => roundTrips }
}

const isRefund = (statements: string[]) =>
  statements.length === 1 && /^update "throttles"/.test(statements[0] ?? '')
