// For tests of near reads: a user whose last write is forgotten, and a replica that has all rows and is young.

import { wait } from '../support/clock.ts'
import { cron } from '../support/cron.ts'
import { loggedIn } from '../support/people.ts'
import { type Replicated, replicated } from '../support/replicated.ts'

/** The calls of a request. */
export async function callsOf({ calls }: Replicated, request: () => Promise<{ status: number }>) {
  const before = { ...calls }
  const { status } = await request()
  const [primary, near] = [calls.primary - before.primary, calls.near - before.near]
  return { status, primary, near }
}

/** Ada, logged in a while ago, and a replica that has her and is young. */
export async function longAgo(settings: Record<string, unknown> = {}) {
  const d1 = replicated()
  const vars = { DB: d1.DB, D1_READ_REPLICATION: true, ...settings }
  const ada = await loggedIn(vars)
  wait(61)
  await pulse(d1)
  await d1.catchUp()
  const get = (path: string) => callsOf(d1, () => ada.api.get(path, { token: ada.access }))
  return { ...ada, d1, vars, get }
}

/** Waits until all writes are forgotten, and brings the replica up to date. */
export async function settle(d1: Replicated) {
  wait(121)
  await pulse(d1)
  await d1.catchUp()
}

export const pulse = ({ DB }: Replicated) => cron(Date.now(), { DB, D1_READ_REPLICATION: true })
