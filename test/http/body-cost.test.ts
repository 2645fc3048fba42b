// The cost of parsing a body: how often it is parsed, which bodies need a reviver, and how large a body may be.

import { expect, test, vi } from 'vitest'
import { client } from '../support/api.ts'
import { newPerson } from '../support/people.ts'
import { turnstile, withToken } from '../support/turnstile.ts'
import wrangler from '../support/wrangler.toml?raw'

const signUp = '/auth/users/'

const zeros = `[${Array(500_000).fill('0').join(',')}]`
const vars = { DATA_UPLOAD_MAX_MEMORY_SIZE: '1048576', THROTTLE_ENABLED: 'false' }
const headers = { 'content-type': 'application/json' }

/** For each time that the text was parsed: whether a reviver was used, which takes twenty times as long. */
async function revivedWhile(act: () => Promise<unknown>, sent: string): Promise<boolean[]> {
  const parse = vi.spyOn(JSON, 'parse')
  await act()
  const calls = parse.mock.calls.filter(([text]) => text === sent)
  parse.mockRestore()
  return calls.map(([, reviver]) => reviver !== undefined)
}

test('a body of a megabyte is parsed without a reviver unless it has a long number', async () => {
  const api = client(vars)
  const send = (body: string) => () => api.send('POST', '/auth/jwt/verify/', { body, headers })
  const long = '[12345678901234567890]'

  const plain = await revivedWhile(send(zeros), zeros)
  const revived = await revivedWhile(send(long), long)

  expect(plain.length).toBeGreaterThan(0)
  expect(new Set(plain)).toEqual(new Set([false]))
  expect(new Set(revived)).toEqual(new Set([true]))
  expect((await send(zeros)()).status).toBe(400)
})

test('a long number keeps all its digits', async () => {
  const api = client({ ...vars, LOGIN_FIELD: 'username', SEND_ACTIVATION_EMAIL: 'false' })
  for (const number of ['12345678901234567890', '9007199254740993', '-9007199254740993']) {
    const body = `{"username": ${number}, "password": "a pond of herons"}`
    const answer = await api.send('POST', '/auth/users/', { body, headers })
    expect([answer.status, answer.body.username]).toEqual([201, number])
  }
})

test('a body is parsed once a request, however many checks read it', async () => {
  const api = client(turnstile)
  const text = JSON.stringify({ ...newPerson(), ...withToken() })
  const parse = vi.spyOn(JSON, 'parse')

  const { status } = await api.send('POST', signUp, { body: text, headers })
  const times = parse.mock.calls.filter(([parsed]) => parsed === text).length
  parse.mockRestore()

  expect([status, times]).toEqual([201, 1])
})

test('a body may have 64 KiB as shipped', async () => {
  expect(wrangler).toContain('DATA_UPLOAD_MAX_MEMORY_SIZE = 65536')
  const send = (length: number) =>
    client().send('POST', '/auth/jwt/verify/', { body: `"${'a'.repeat(length - 2)}"`, headers })
  expect((await send(65_536)).status).toBe(400)
  expect((await send(65_537)).status).toBe(413)
})
