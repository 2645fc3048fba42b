// Where a request comes from, as far as it tells who sends it: an IPv6 user has a /64 of his own.

import { type SQL, sql } from 'drizzle-orm'
import { sessions } from '../schema.ts'

/** Of an address: itself, or the first four groups. */
export function networkOf(ip = ''): string {
  if (!ip.includes(':')) return ip
  const [head = '', tail] = ip.split('::')
  const front = head.split(':')
  const back = tail?.split(':') ?? []
  const zeros = tail === undefined ? 0 : 8 - front.length - back.length
  return [...front, ...Array(Math.max(zeros, 0)).fill('0'), ...back].slice(0, 4).join(':')
}

/** SQL: the session was opened from this network. */
export function isIn(network: string): SQL {
  if (!network.includes(':')) return sql`${sessions.ip} = ${network}`
  const colons = sql`(length(sessions.ip) - length(replace(sessions.ip, ':', '')))`
  const zeros = sql`substr(':0:0:0:0:0:0:0:', 1, 1 + 2 * (8 - ${colons}))`
  const whole = sql`replace(sessions.ip, '::', ${zeros})`
  return sql`substr(${whole}, 1, ${network.length + 1}) = ${`${network}:`}`
}
