// What reading a body costs. It is measured against the parser itself, which a loaded machine slows alike.

import { expect, test } from 'vitest'
import wrangler from '../../wrangler.toml?raw'
import { client } from '../api.ts'

const zeros = `[${Array(500_000).fill('0').join(',')}]`
const vars = { DATA_UPLOAD_MAX_MEMORY_SIZE: '1048576', THROTTLE_ENABLED: 'false' }
const headers = { 'content-type': 'application/json' }

/** The shortest of several, in milliseconds. */
async function timeOf(act: () => unknown): Promise<number> {
  const times: number[] = []
  for (let time = 0; time < 5; time++) {
    const start = performance.now()
    await act()
    times.push(performance.now() - start)
  }
  return Math.min(...times)
}

test('a body of a megabyte is read at the parser’s own speed where no number is long', async () => {
  const plain = await timeOf(() => JSON.parse(zeros))
  const revived = await timeOf(() => JSON.parse(zeros, (_, value) => value))
  const api = client(vars)
  const send = () => api.send('POST', '/auth/jwt/verify/', { body: zeros, headers })
  expect((await send()).status).toBe(400)
  const request = await timeOf(send)
  console.log({ plain, revived, request })
  expect(request).toBeLessThan(plain + (revived - plain) / 2)
})

test('a long number keeps its digits, wherever it is', async () => {
  const api = client({ ...vars, LOGIN_FIELD: 'username', SEND_ACTIVATION_EMAIL: 'false' })
  for (const number of ['12345678901234567890', '9007199254740993', '-9007199254740993']) {
    const body = `{"username": ${number}, "password": "a pond of herons"}`
    const answer = await api.send('POST', '/auth/users/', { body, headers })
    expect([answer.status, answer.body.username]).toEqual([201, number])
  }
})

test('as shipped a body has 64 KiB at most', async () => {
  expect(wrangler).toContain('DATA_UPLOAD_MAX_MEMORY_SIZE = 65536')
  const send = (length: number) =>
    client().send('POST', '/auth/jwt/verify/', { body: `"${'a'.repeat(length - 2)}"`, headers })
  expect((await send(65_536)).status).toBe(400)
  expect((await send(65_537)).status).toBe(413)
})
