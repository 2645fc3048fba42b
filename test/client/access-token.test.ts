// The access token that a caller asks for, with a client that talks to this Worker.

import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { createClient } from '../../src/client/index.ts'
import worker from '../../src/worker.ts'
import { password, person } from '../support/people.ts'

test('accessToken() renews a token that is not valid for as long as asked, and no other', async () => {
  const asked: string[] = []
  const auth = createClient({
    url: 'https://auth.test',
    async fetch(input, init) {
      const request = new Request(input, init)
      asked.push(new URL(request.url).pathname)
      return worker.fetch(request, env, createExecutionContext())
    },
  })
  expect(await auth.accessToken()).toEqual({ data: undefined, response: undefined })

  const { email } = await person()
  const { data } = await auth.login({ email, password })
  expect((await auth.accessToken({ validFor: 60 })).data).toBe(data?.access)
  expect(asked).toEqual(['/auth/jwt/create/'])

  const renewed = await auth.accessToken({ validFor: 600 })
  expect(renewed.data).toMatch(/^eyJ/)
  expect(renewed.data).not.toBe(data?.access)
  expect(asked).toEqual(['/auth/jwt/create/', '/auth/jwt/refresh/'])
})

test('accessToken() answers why a token could not be renewed, and keeps the session', async () => {
  const { email } = await person()
  let isDown = false
  const auth = createClient({
    url: 'https://auth.test',
    async fetch(input, init) {
      if (isDown) return Response.json({ detail: 'Not allowed here.' }, { status: 403 })
      return worker.fetch(new Request(input, init), env, createExecutionContext())
    },
  })
  await auth.login({ email, password })
  isDown = true
  const { data, error } = await auth.accessToken({ validFor: 600 })
  expect([data, error?.status, error?.message]).toEqual([undefined, 403, 'Not allowed here.'])
  expect(auth.session()).toBeDefined()
})
