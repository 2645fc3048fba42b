// For tests of replicas: a user whose last write is forgotten, a replica that has all rows and is young, and logins.

import { wait } from '../support/clock.ts'
import { cron } from '../support/cron.ts'
import { loggedIn, person } from '../support/people.ts'
import { type Replicated, replicated } from '../support/replicated.ts'
import { tryLogin } from '../support/throttling.ts'

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

/** Ada, also at the replica. `attempt` tries to log in as her, and counts the calls until and after the answer. */
export async function atReplica(
  more: Record<string, unknown> = {},
  options: Parameters<typeof person>[1] = {},
) {
  const d1 = replicated()
  const vars = { DB: d1.DB, D1_READ_REPLICATION: true, SECURITY_EMAILS: '', ...more }
  const ada = await person(vars, options)
  await d1.catchUp()
  const attempt = async (how: Parameters<typeof tryLogin>[1] & { email?: string } = {}) => {
    const before = { ...d1.calls }
    const answer = await tryLogin(how.email ?? ada.email, {
      ...how,
      vars: { ...vars, ...how.vars },
    })
    const [near, primary] = [d1.calls.near - before.near, d1.calls.primary - before.primary]
    return { ...answer, calls: { status: answer.status, near, primary } }
  }
  const count = (table: string, where = 'true') =>
    d1.DB.prepare(`select count(*) as n from ${table} where user_id = ? and ${where}`)
      .bind(ada.id)
      .first('n')
  return { ...ada, d1, vars, attempt, count }
}
