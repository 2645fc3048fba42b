// Two thousand random requests: whatever is sent to whichever route, the answer has a form that a client of Django
// knows. A failure prints its seed and the smallest request that fails.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { app } from '../../../src/app.ts'
import { authorization, headers, type Kind, kinds } from './arbitraries.ts'
import { type Endpoint, endpoints } from './endpoints.ts'
import { type Configuration, configurations, newWorld, type World } from './setup.ts'
import { isDocumented } from './shapes.ts'

const requests = 2000

/** The mailbox grows with each of these requests. */
const routes = new Set(
  app.routes
    .filter(({ method, path }) => method !== 'ALL' && path !== '/dev/mailbox/')
    .map(({ method, path }) => `${method} ${path}`),
)

test('every route has its fields in the table', () => {
  expect(Object.keys(endpoints).sort()).toEqual([...routes].sort())
})

/** Mostly every field of the endpoint; now and then some are missing, or there is another one. */
const valuesOf = (fields: Record<string, Kind> = {}) => {
  const all = Object.fromEntries(Object.entries(fields).map(([name, kind]) => [name, kinds[kind]]))
  return fc.oneof(
    { weight: 6, arbitrary: fc.record(all) },
    { weight: 1, arbitrary: fc.record(all, { requiredKeys: [] }) },
    { weight: 1, arbitrary: fc.record({ ...all, id: kinds.primaryKey, is_staff: kinds.text }) },
  )
}

const requestTo = ([route, { body, query, id, configuration }]: [string, Endpoint]) =>
  fc.record({
    route: fc.constant(route),
    configuration: configuration
      ? fc.constant(configuration)
      : fc.constantFrom(...(Object.keys(configurations) as Configuration[])),
    method: fc.oneof(
      { weight: 15, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.constantFrom('OPTIONS', 'HEAD', 'PUT') },
    ),
    id: kinds[id ?? 'primaryKey'],
    query: valuesOf(query),
    body: fc.oneof(
      { weight: 15, arbitrary: valuesOf(body) },
      { weight: 1, arbitrary: fc.jsonValue() },
    ),
    as: fc.constantFrom('json', 'json', 'json', 'form', 'multipart', 'text'),
    authorization,
    headers: fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: headers }),
  })

type Generated = ReturnType<typeof requestTo> extends fc.Arbitrary<infer T> ? T : never

test('no request of two thousand gives a 5xx or a body of a form that is not documented', async () => {
  const worlds = new Map<Configuration, World>()
  let well = 0

  async function holds(request: Generated) {
    const world = worlds.get(request.configuration) ?? (await newWorld(request.configuration))
    worlds.set(request.configuration, world)
    const endpoint = endpoints[request.route]
    if (!endpoint) throw new Error(`${request.route} is no endpoint`)
    const [sound = '', path] = request.route.split(' ')
    const method = request.method ?? sound
    const { answer } = endpoints[`${method} ${path}`] ?? endpoint

    const { status, body } = await send(world, method, request)

    if (status < 300) well++
    if (status < 300 && (endpoint.spends || method === 'PUT')) worlds.delete(request.configuration)
    const summary = `${status} ${JSON.stringify(body).slice(0, 400)}`
    expect(isDocumented(method, status, body, answer), summary).toBe(true)
  }

  const request = fc.oneof(
    ...Object.entries(endpoints).map((entry) => ({
      weight: fieldsOf(entry[1]),
      arbitrary: requestTo(entry),
    })),
  )
  await fc.assert(fc.asyncProperty(request, holds), { numRuns: requests })
  // Otherwise the requests are so unusual that they test nothing.
  expect(well / requests).toBeGreaterThan(0.15)
}, 120_000)

/** An endpoint gets as many requests as there are things to send. */
const fieldsOf = ({ body = {}, query = {} }: Endpoint) =>
  1 + Object.keys(body).length + Object.keys(query).length

function send(world: World, method: string, request: Generated) {
  const fill = (text: string) => filled(text, world)
  const id = encodeURIComponent(fill(asText(request.id)).replace(/\p{Surrogate}/gu, '?'))
  const path = (request.route.split(' ')[1] ?? '').replace(':id', id)
  const query = new URLSearchParams(texts(request.query).map(([name, text]) => [name, fill(text)]))
  const { body, type } = encoded(request, fill)
  return world.api.send(method, query.size > 0 ? `${path}?${query}` : path, {
    ...(method === 'GET' || method === 'HEAD' ? {} : { body }),
    headers: {
      ...Object.fromEntries(texts(request.headers).map(([name, text]) => [name, fill(text)])),
      ...(type && { 'content-type': type }),
      ...(request.authorization && { authorization: fill(request.authorization) }),
    },
  })
}

function encoded({ body, as }: Generated, fill: (text: string) => string) {
  if (as === 'json' || as === 'text' || typeof body !== 'object' || body === null) {
    return {
      body: fill(JSON.stringify(body)),
      type: as === 'text' ? 'text/plain' : 'application/json',
    }
  }
  const pairs = texts(body).map(([name, text]): [string, string] => [name, fill(text)])
  if (as === 'form') {
    const type = 'application/x-www-form-urlencoded'
    return { body: new URLSearchParams(pairs).toString(), type }
  }
  const form = new FormData()
  // workerd's FormData rejects a name that ends with a backslash.
  for (const [name, text] of pairs) form.append(name.replace(/\\+$/, ''), text)
  return { body: form }
}

const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value ?? ''))

const texts = (values: object) =>
  Object.entries(values).map(([name, value]): [string, string] => [name, asText(value)])

/** With the caller's values in place of `<name>`; numbers lose their quotes. */
const filled = (text: string, { own }: World) =>
  text
    .replace(/"<(-?1e400)>"/g, '$1')
    .replace(/"<(id|other)>"/g, (_, name) => own[name] ?? '')
    .replace(/<(\w+)>/g, (all, name) => own[name] ?? all)
