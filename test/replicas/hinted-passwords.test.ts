// Requests with the current password and D1_READ_REPLICATION: the password is compared with a replica's row, and one batch at
// the primary counts the attempt and writes, if row and token are the same there.

import { describe, expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { clockAt, wait } from '../support/clock.ts'
import { loggedIn, logIn, newEmail, password } from '../support/people.ts'
import { noLimits, rowsOf } from '../support/throttling.ts'
import { interceptD1 } from '../support/trips.ts'
import { callsOf, longAgo } from './setup.ts'

clockAt(new Date('2031-06-01T12:00:00Z'))

const settings = { ...noLimits, SECURITY_EMAILS: '', ACCESS_TOKEN_LIFETIME: '1d' }
/** Mail is delivered by a call after the answer. */
const delivery = 1
const new_password = 'a skein of geese'

/** Ada, long logged in. `setPassword` and `remove` send her current password, and count the calls. */
async function atReplica(more: Record<string, unknown> = {}) {
  const ada = await longAgo({ ...settings, ...more })
  const { d1, api, access, id } = ada
  const as = { token: access }
  const setPassword = (sent: Record<string, unknown> = {}, through = api) => {
    const body = { current_password: password, new_password, ...sent }
    return callsOf(d1, () => through.post('/auth/users/set_password/', body, as))
  }
  const remove = (current_password = password) =>
    callsOf(d1, () => api.delete('/auth/users/me/', { current_password }, as))
  const row = () =>
    d1.DB.prepare('select password, email, token_version from users where id = ?').bind(id).first()
  const change = (columns: string) =>
    d1.DB.prepare(`update users set ${columns} where id = ?`).bind(id).run()
  return { ...ada, as, setPassword, remove, row, change }
}

describe('the replica is asked once and the primary once', () => {
  test('to set a password, which resets the streak', async () => {
    const { setPassword, api, email, id } = await atReplica()
    await setPassword({ current_password: 'a wrong one' })
    expect(await rowsOf(id)).toHaveLength(2)
    wait(6)
    expect(await setPassword()).toEqual({ status: 204, near: 1, primary: 1 + delivery })
    expect(await rowsOf(id)).toMatchObject([{ key: `login:${id}`, count: 1 }])
    expect((await logIn(api, { email, password: new_password })).status).toBe(200)
    expect((await logIn(api, { email })).status).toBe(401)
  })

  test('to change the address', async () => {
    const { d1, api, as, row } = await atReplica({ EMAIL_CHANGE_CONFIRMATION: false })
    const sent = { new_email: newEmail(), current_password: password }
    const calls = await callsOf(d1, () => api.post('/auth/users/set_email/', sent, as))
    expect(calls).toMatchObject({ status: 204, near: 1 })
    expect(await row()).toMatchObject({ email: sent.new_email })
  })
})

describe('nothing changes', () => {
  test('for a session that was revoked at the primary alone', async () => {
    const { d1, setPassword, remove, row } = await atReplica()
    await d1.DB.prepare('update sessions set revoked_at = ?').bind(Date.now()).run()
    const before = await row()
    expect(await setPassword()).toEqual({ status: 401, near: 1, primary: 2 })
    expect((await remove()).status).toBe(401)
    expect(await row()).toEqual(before)
  })

  test.each([
    ["password = 'another'", 400],
    ["status = 'disabled', disabled_from = 'active'", 401],
  ])('after set %s at the primary alone', async (columns, status) => {
    const { setPassword, remove, row, change } = await atReplica()
    await change(columns)
    const before = await row()
    expect((await setPassword()).status).toBe(status)
    expect((await remove()).status).toBe(status)
    expect(await row()).toEqual(before)
  })

  test('with a new password that resembles a name which the replica does not have', async () => {
    const { setPassword, row, change, id } = await atReplica()
    await change("first_name = 'Wigeonsabound'")
    const before = await row()
    expect((await setPassword({ new_password: 'wigeonsabound' })).status).toBe(400)
    expect(await row()).toEqual(before)
    expect(await rowsOf(id)).toMatchObject([{ count: 0 }, { count: 0 }]) // refunded
  })

  test('with the right password while attempts must wait, and a wrong one gets the same answer', async () => {
    const { setPassword, remove, row, id, d1 } = await atReplica({ THROTTLE_LOGIN: '2/minute' })
    for (const _ of [1, 2]) {
      wait(6)
      const calls = await setPassword({ current_password: 'a wrong one' })
      expect(calls).toEqual({ status: 400, near: 1, primary: 1 })
    }
    const [before, counters] = [await row(), await rowsOf(id)]
    expect((await setPassword({ current_password: 'a wrong one' })).status).toBe(429)
    expect((await setPassword()).status).toBe(429)
    expect((await remove()).status).toBe(429)
    await d1.catchUp()
    expect((await setPassword()).status).toBe(429)
    expect([await row(), await rowsOf(id)]).toEqual([before, counters])
    wait(61)
    expect((await setPassword()).status).toBe(204)
  })
})

test('a right password must wait if the primary alone knows of the attempts', async () => {
  const { setPassword, row, d1, id } = await atReplica({ THROTTLE_LOGIN: '2/minute' })
  await setPassword({ current_password: 'a wrong one' })
  wait(6)
  await d1.catchUp()
  const spend = 'update throttles set count = 2, blocked_until = ? where user_id = ?'
  await d1.DB.prepare(spend)
    .bind(Date.now() + 60_000, id)
    .run()
  const before = [await row(), await rowsOf(id)]
  expect(await setPassword()).toEqual({ status: 429, near: 1, primary: 2 })
  expect([await row(), await rowsOf(id)]).toEqual(before)
})

describe('a password is set once', () => {
  test('by two requests at once', async () => {
    const { setPassword } = await atReplica()
    const answers = await Promise.all([
      setPassword(),
      setPassword({ new_password: 'a covey of quails' }),
    ])
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 400])
  })

  test('if D1’s answer is lost and the batch is sent again', async () => {
    const { d1, vars, as, id } = await atReplica()
    let isLost = false
    const DB = interceptD1(d1.DB, async (statements, run) => {
      const answer = await run()
      if (isLost || !statements.some((text) => text.startsWith('update "users"'))) return answer
      isLost = true
      throw new Error('Network connection lost.')
    })
    const body = { current_password: password, new_password }
    const { status } = await client({ ...vars, DB }).post('/auth/users/set_password/', body, as)
    expect([isLost, status]).toEqual([true, 204])
    const events =
      "select count(*) as n from security_events where type = 'password_changed' and user_id = ?"
    expect(await d1.DB.prepare(events).bind(id).first('n')).toBe(1)
    expect(await rowsOf(id)).toMatchObject([{ key: `login:${id}`, count: 0 }])
  })
})

describe('a replica refuses no caller', () => {
  test('whose password it does not have, or that it does not have at all', async () => {
    const { setPassword, change, d1, vars } = await atReplica()
    await setPassword()
    wait(6)
    expect(
      (await setPassword({ current_password: new_password, new_password: password })).status,
    ).toBe(204)
    await change("last_name = 'King'")
    expect((await setPassword()).status).toBe(204)

    const eve = await loggedIn(vars)
    wait(6)
    d1.breakWith('D1_ERROR: no such table: users')
    const sent = { current_password: password, new_password }
    const own = { token: eve.access }
    expect((await eve.api.post('/auth/users/set_password/', sent, own)).status).toBe(204)
  })

  test('and a request counts once for the limit of emails, also if it is asked twice', async () => {
    const counted: string[] = []
    const limiter = {
      limit: async ({ key }: { key: string }) => ({ success: counted.push(key) > 0 }),
    }
    const taken = await loggedIn()
    const { api, as } = await atReplica({ MAIL_RATE_LIMITER: limiter })
    counted.length = 0
    const sent = { new_email: taken.email, current_password: password }
    expect((await api.post('/auth/users/set_email/', sent, as)).status).toBe(400)
    expect(counted).toHaveLength(1)
  })
})

test('an account is deleted by one call of the replica and one of the primary', async () => {
  const { remove, row } = await atReplica()
  expect(await remove()).toEqual({ status: 204, near: 1, primary: 1 })
  expect(await row()).toBeNull()
})
