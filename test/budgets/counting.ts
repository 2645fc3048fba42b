import { env } from 'cloudflare:workers'
import { client } from '../support/api.ts'
import { gated, isDelivery } from '../support/trips.ts'

/** An API client whose trips are counted, but for those after the answer: mail, and what is given back. */
export function counting(vars: Record<string, unknown> = {}) {
  let trips = 0
  const DB = gated(env.DB, (statements) => {
    if (!isDelivery(statements) && !isGivingBack(statements)) trips++
  })
  return { api: client({ DB, ...vars }), trips: () => trips }
}

const isGivingBack = (statements: string[]) =>
  statements.length === 1 && /^update "throttles"/.test(statements[0] ?? '')
