// D1_READ_REPLICATION: what other Workers read by the service binding.

import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { Gatehouse } from '../../src/rpc.ts'
import { clockAt, wait } from '../support/clock.ts'
import { longAgo, settle } from './setup.ts'

clockAt(new Date('2033-06-01T12:00:00Z'))

/** Ada, and what a method of the service answers, with the calls that it takes. */
async function withService() {
  const ada = await longAgo({ ACCESS_TOKEN_LIFETIME: '1h' })
  const { d1, vars } = ada
  const service = new Gatehouse(createExecutionContext(), { ...env, ...vars } as typeof env)
  async function calling<T>(method: (service: Gatehouse) => Promise<T>) {
    const before = { ...d1.calls }
    const answer = await method(service)
    const [primary, near] = [d1.calls.primary - before.primary, d1.calls.near - before.near]
    return { answer, primary, near }
  }
  return { ...ada, calling }
}

describe('verify', () => {
  test('takes one call of a replica, and with `fresh` one of the primary', async () => {
    const { access, id, calling } = await withService()
    const accepted = { valid: true, user_id: id, claims: expect.anything() }
    const verified = await calling((service) => service.verify(access))
    expect(verified).toEqual({ answer: accepted, primary: 0, near: 1 })
    const fresh = await calling((service) => service.verify(access, { fresh: true }))
    expect(fresh).toEqual({ answer: accepted, primary: 1, near: 0 })
  })

  test('notices what another location revoked with `fresh`, and else after 90 seconds', async () => {
    const { d1, id, access, calling } = await withService()
    wait(60) // the login is forgotten
    await d1.DB.prepare('update sessions set revoked_at = 1 where user_id = ?').bind(id).run()
    const isValid = async (options?: { fresh: boolean }) =>
      (await calling((service) => service.verify(access, options))).answer.valid
    expect([await isValid(), await isValid({ fresh: true })]).toEqual([true, false])
    wait(31)
    expect(await isValid()).toBe(false)
  })

  test('asks the primary right after a write, and about a token that a replica would refuse', async () => {
    const { d1, api, access, calling } = await withService()
    await api.patch('/auth/users/me/', { first_name: 'Augusta' }, { token: access })
    const verify = () => calling((service) => service.verify(access))
    expect(await verify()).toMatchObject({ answer: { valid: true }, primary: 1, near: 0 })
    await api.post('/auth/jwt/logout/', {}, { token: access })
    await settle(d1)
    expect(await verify()).toMatchObject({ answer: { valid: false }, primary: 1, near: 1 })
  })
})

describe('user', () => {
  test('takes one call of a replica', async () => {
    const { id, email, calling } = await withService()
    const called = await calling((service) => service.user(id))
    expect(called).toMatchObject({ answer: { id, email }, primary: 0, near: 1 })
  })

  test('asks the primary for a user that the replica does not have, and right after a write', async () => {
    const { api, id, access, calling } = await withService()
    const unknown = await calling((service) => service.user(8_999_999))
    expect(unknown).toEqual({ answer: null, primary: 1, near: 1 })
    await api.patch('/auth/users/me/', { first_name: 'Augusta' }, { token: access })
    const called = await calling((service) => service.user(id))
    expect(called).toMatchObject({ answer: { first_name: 'Augusta' }, primary: 1, near: 0 })
  })
})
