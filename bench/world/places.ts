// Six cities, how far they are from each other, and what else takes time on the way.

/**
 * Milliseconds of a round trip between Azure's regions in these cities: the median of 30 days to 21 July 2023, as Microsoft
 * published it ("Azure network latency statistics",
 * https://learn.microsoft.com/azure/networking/azure-network-latency).
 */
const roundTrips = {
  Frankfurt: {
    Washington: 87,
    'San Francisco': 147,
    'São Paulo': 189,
    Singapore: 155,
    Sydney: 237,
  },
  Washington: { 'San Francisco': 64, 'São Paulo': 115, Singapore: 222, Sydney: 204 },
  'San Francisco': { 'São Paulo': 180, Singapore: 169, Sydney: 148 },
  'São Paulo': { Singapore: 341, Sydney: 319 },
  Singapore: { Sydney: 89 },
  Sydney: {},
} as const

export type City = keyof typeof roundTrips
export const cities = Object.keys(roundTrips) as City[]

/** Cloudflare lists six regions of replicas, and South America is none. So São Paulo's nearest replica is in Washington. */
const replicaCities: City[] = ['Frankfurt', 'Washington', 'San Francisco', 'Singapore', 'Sydney']

/** Milliseconds that no table has: assumptions, the same for each system. */
export const assumed = {
  /** From a client to a server in its own city and back, on an open connection. */
  lastMile: 10,
  /** A call to D1 in the same city: Cloudflare's network within a region, and the query. */
  d1: 15,
  /** A query of a Django to the database beside it. */
  query: 1,
}

export function distance(from: City, to: City): number {
  if (from === to) return 0
  const { [from]: one, [to]: other } = roundTrips as Record<City, Partial<Record<City, number>>>
  return one[to] ?? other[from] ?? Number.NaN
}

/** From a Worker in this city, to D1 and back. */
export const d1From = (city: City, primary: City) => ({
  primary: distance(city, primary) + assumed.d1,
  replica: Math.min(...replicaCities.map((at) => distance(city, at))) + assumed.d1,
})
