// Two thousand requests that nobody thought of: whatever is sent wherever, the answer has a form that a
// client of Django knows. A failure prints its seed and the smallest request that fails.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { app } from '../../src/app.ts'
import { client } from '../api.ts'
import { loggedIn, newEmail, password } from '../people.ts'

const requests = 2000
const open = { THROTTLE_ENABLED: false, MAIL_INTERVAL: 1, CHECK_SESSION: false }

/** Every route there is, but for the mailbox, which grows with each of these requests. */
const routes = [
  ...new Set(
    app.routes
      .filter(({ method, path }) => method !== 'ALL' && path !== '/dev/mailbox/')
      .map(({ method, path }) => `${method} ${path}`),
  ),
]

const names = [
  ...['email', 'username', 'password', 're_password', 'current_password', 'new_password'],
  ...['re_new_password', 'first_name', 'last_name', 'role', 'uid', 'token', 'refresh', 'id'],
]

test('no request of two thousand gives a 5xx or a body of a form that is not documented', async () => {
  const { email, access, refresh, id } = await loggedIn(open)
  const values = fc.oneof(
    fc.constantFrom(email, password, access, refresh, id, btoa(String(id)), newEmail(), ''),
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.emailAddress(),
    fc.base64String(),
    fc.jsonValue({ maxDepth: 3 }),
    fc.double(),
    fc.bigInt().map(String),
  )
  // All that some route asks for, with at most one value that is odd.
  const sound = fc.emailAddress().map((address) => ({
    ...{
      email: address,
      username: email,
      first_name: 'Ada',
      last_name: 'L',
      token: refresh,
      refresh,
    },
    ...{ password, re_password: password, new_password: password, current_password: password },
  }))
  const odd = fc.dictionary(fc.constantFrom(...names), values, { maxKeys: 1 })
  const request = fc.record({
    route: fc.constantFrom(...routes),
    path: fc.oneof(fc.constant(String(id)), fc.webSegment(), fc.nat().map(String)),
    body: fc.oneof(
      { weight: 4, arbitrary: fc.dictionary(fc.constantFrom(...names), values) },
      { weight: 4, arbitrary: fc.tuple(sound, odd).map(([all, some]) => ({ ...all, ...some })) },
      { weight: 1, arbitrary: fc.jsonValue() },
    ),
    type: fc.constantFrom('application/json', 'application/x-www-form-urlencoded'),
    authorization: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(`Bearer ${access}`, `JWT ${access}`, '') },
      { weight: 2, arbitrary: fc.stringMatching(/^(Bearer|JWT|Token)( [\w.-]{0,40}){0,2}$/) },
    ),
    accept: fc.constantFrom('*/*', 'application/json', 'text/csv;q=0.5, */*'),
  })

  await fc.assert(
    fc.asyncProperty(request, async ({ route, path, body, type, authorization, accept }) => {
      const [method = '', pattern = ''] = route.split(' ')
      // The account that the requests share must outlive them.
      if (method === 'DELETE') return
      const answer = await client(open).send(
        method,
        pattern.replace(':id', encodeURIComponent(path)),
        {
          ...(method === 'GET' ? {} : { body: encode(body, type) }),
          headers: { 'content-type': type, accept, ...(authorization && { authorization }) },
        },
      )
      expect(answer.status).toBeLessThan(500)
      expect(formOf(answer), `${route} ${answer.status} ${JSON.stringify(answer.body)}`).not.toBe(
        '',
      )
    }),
    { numRuns: requests },
  )
}, 120_000)

function encode(body: unknown, type: string): string {
  if (type === 'application/json' || typeof body !== 'object' || body === null) {
    return JSON.stringify(body)
  }
  const texts = Object.entries(body).map(([name, value]): [string, string] => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ])
  return new URLSearchParams(texts).toString()
}

/** What a client of Django would call this answer; blank if it has no name. */
function formOf({ status, body }: { status: number; body: unknown }): string {
  if (typeof body === 'string' && body.startsWith('<!doctype html>')) return 'a page'
  if (status === 204) return body === '' ? 'nothing' : ''
  if (status < 300) return typeof body === 'object' && body !== null ? 'what was asked for' : ''
  if (hasDetail(body)) return 'detail'
  return status === 400 && (body === '' || isComplaints(body)) ? 'complaints' : ''
}

const hasDetail = (body: unknown) =>
  typeof body === 'object' && body !== null && 'detail' in body && typeof body.detail === 'string'

const isComplaints = (body: unknown) =>
  typeof body === 'object' &&
  body !== null &&
  Object.values(body).every(
    (said) => Array.isArray(said) && said.every((sentence) => typeof sentence === 'string'),
  )
