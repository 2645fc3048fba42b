// Two thousand random requests: every response must have a body that a client of Django knows. A failure prints its seed and
// the smallest request that fails.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { appWith } from '../../../src/app.ts'
import { arbitraries, authorization, headers, type Kind } from './arbitraries.ts'
import { type Endpoint, endpoints } from './endpoints.ts'
import { type Configuration, configurations, type Setup, setUp } from './setup.ts'
import { isDocumented } from './shapes.ts'

const requests = 2000

/** All routes but the mailbox, which grows with these requests. */
const routes = new Set(
  appWith()
    .routes.filter(({ method, path }) => method !== 'ALL' && path !== '/dev/mailbox/')
    .map(({ method, path }) => `${method} ${path}`),
)

test('the table has every route', () => {
  expect(Object.keys(endpoints).sort()).toEqual([...routes].sort())
})

/** Values for all fields, mostly; sometimes some are missing, or there are others. */
const valuesOf = (fields: Record<string, Kind> = {}) => {
  const all = Object.fromEntries(
    Object.entries(fields).map(([name, kind]) => [name, arbitraries[kind]]),
  )
  return fc.oneof(
    { weight: 6, arbitrary: fc.record(all) },
    { weight: 1, arbitrary: fc.record(all, { requiredKeys: [] }) },
    {
      weight: 1,
      arbitrary: fc.record({ ...all, id: arbitraries.primaryKey, is_staff: arbitraries.text }),
    },
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
    id: arbitraries[id ?? 'primaryKey'],
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

test('two thousand random requests get no 5xx and no undocumented body', async () => {
  const setups = new Map<Configuration, Setup>()
  let succeeded = 0

  async function check(request: Generated) {
    const setup = setups.get(request.configuration) ?? (await setUp(request.configuration))
    setups.set(request.configuration, setup)
    const endpoint = endpoints[request.route]
    if (!endpoint) throw new Error(`${request.route} is no endpoint`)
    const [usual = '', path] = request.route.split(' ')
    const method = request.method ?? usual
    const { answer } = endpoints[`${method} ${path}`] ?? endpoint

    const { status, body } = await send(setup, method, request)

    if (status < 300) succeeded++
    if (status < 300 && (endpoint.spends || method === 'PUT')) setups.delete(request.configuration)
    const response = `${status} ${JSON.stringify(body).slice(0, 400)}`
    expect(isDocumented(method, status, body, answer), response).toBe(true)
  }

  const request = fc.oneof(
    ...Object.entries(endpoints).map((entry) => ({
      weight: fieldCount(entry[1]),
      arbitrary: requestTo(entry),
    })),
  )
  await fc.assert(fc.asyncProperty(request, check), { numRuns: requests })
  // Otherwise the requests are so hostile that they test nothing.
  expect(succeeded / requests).toBeGreaterThan(0.15)
}, 120_000)

/** The weight of an endpoint: more fields, more requests. */
const fieldCount = ({ body = {}, query = {} }: Endpoint) =>
  1 + Object.keys(body).length + Object.keys(query).length

function send(setup: Setup, method: string, request: Generated) {
  const fill = (text: string) => fillIn(text, setup)
  const id = encodeURIComponent(fill(asText(request.id)).replace(/\p{Surrogate}/gu, '?'))
  const path = (request.route.split(' ')[1] ?? '').replace(':id', id)
  const query = new URLSearchParams(texts(request.query).map(([name, text]) => [name, fill(text)]))
  const { body, type } = encode(request, fill)
  return setup.api.send(method, query.size > 0 ? `${path}?${query}` : path, {
    ...(method === 'GET' || method === 'HEAD' ? {} : { body }),
    headers: {
      ...Object.fromEntries(texts(request.headers).map(([name, text]) => [name, fill(text)])),
      ...(type && { 'content-type': type }),
      ...(request.authorization && { authorization: fill(request.authorization) }),
    },
  })
}

function encode({ body, as }: Generated, fill: (text: string) => string) {
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
  // workerd's FormData takes no name that ends with a backslash.
  for (const [name, text] of pairs) form.append(name.replace(/\\+$/, ''), text)
  return { body: form }
}

const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value ?? ''))

const texts = (values: object) =>
  Object.entries(values).map(([name, value]): [string, string] => [name, asText(value)])

/** Replaces `<name>` with the caller's own value; numbers lose their quotes. */
const fillIn = (text: string, { own }: Setup) =>
  text
    .replace(/"<(-?1e400)>"/g, '$1')
    .replace(/"<(id|other)>"/g, (_, name) => own[name] ?? '')
    .replace(/<(\w+)>/g, (all, name) => own[name] ?? all)
