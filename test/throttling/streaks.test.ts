// How long THROTTLE_LOGIN keeps a streak of wrong passwords: three hours before its back-off, a day afterwards. An unknown
// login name behaves as a known one.

import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { stopClock, wait } from '../support/clock.ts'
import { cron } from '../support/cron.ts'
import { newEmail, person } from '../support/people.ts'
import { guess, guesses, tenTimes } from '../support/throttling.ts'
import { turnstile } from '../support/turnstile.ts'

const hours = (count: number) => count * 60 * 60

beforeEach(async () => {
  stopClock()
  await env.DB.prepare('delete from throttles').run()
})
afterEach(() => void vi.useRealTimers())

const rows = async () =>
  Number(await env.DB.prepare('select count(*) as count from throttles').first('count'))

test('nine attempts are kept for three hours, for a known and an unknown login name', async () => {
  for (const email of [(await person()).email, newEmail()]) {
    await guesses(9, email)
    wait(hours(3) - 1)
    expect(await guesses(2, email)).toEqual([401, 429])
    wait(hours(24) + 60)
  }
})

test('nine attempts are reset after three hours, for a known and an unknown login name', async () => {
  for (const email of [(await person()).email, newEmail()]) {
    await guesses(9, email)
    wait(hours(3))
    expect(await guesses(10, email)).toEqual(tenTimes(401))
    expect((await guess(email)).status).toBe(429)
  }
})

test('the cron deletes a streak exactly when it counts for nothing', async () => {
  const email = newEmail()
  await guesses(9, email)
  wait(hours(3) - 1)
  await cron(Date.now())
  expect(await rows()).toBe(1)
  wait(1)
  await cron(Date.now())
  expect(await rows()).toBe(0)
})

test('a patient attacker gets at most 96 guesses a day, however they are spread', async () => {
  const [patient, steady] = [newEmail(), newEmail()]
  let compared = 0
  for (let past = 0; past < 24; past += 3) {
    compared += (await guesses(9, patient)).filter((status) => status === 401).length
    wait(hours(3))
  }
  expect(compared).toBe(72)

  await guesses(16, steady)
  for (let past = 0; past < 4; past++) {
    wait(hours(0.25))
    await guess(steady)
  }
  let aDay = 0
  for (let past = 0; past < 96; past++) {
    wait(hours(0.25))
    if ((await guess(steady)).status === 401) aDay++
  }
  expect(aDay).toBe(96)
})

test('with Turnstile a streak that requires its token is kept for a day', async () => {
  const vars = { ...turnstile, TURNSTILE_REQUIRED_FOR: 'login' }
  const email = newEmail()
  expect(await guesses(4, email, { vars })).toEqual([401, 401, 401, 400])
  wait(hours(24) - 1)
  expect(await guesses(1, email, { vars })).toEqual([400])
  wait(1)
  expect(await guesses(1, email, { vars })).toEqual([401])
})
