// ACCESS_LOG and the binding ANALYTICS: one line and one data point for each request, without ids, addresses or tokens.

import { beforeEach, describe, expect, test } from 'vitest'
import { appWith } from '../../src/app.ts'
import { client } from '../support/api.ts'
import { captureLogs } from '../support/logs.ts'
import { loggedIn, makeStaff, newestLink, password } from '../support/people.ts'
import { inProduction } from '../support/production.ts'

const logged = captureLogs()
const written: AnalyticsEngineDataPoint[] = []
const ANALYTICS = { writeDataPoint: (point: AnalyticsEngineDataPoint) => void written.push(point) }
const ray = '8f00b4c1d2e3f4a5-AMS'
const headers = { 'cf-ray': ray }

beforeEach(() => {
  written.length = 0
})

const lines = () =>
  logged
    .map((line) => JSON.parse(line)[0])
    .filter(({ message }) => message === 'request')
    .map(({ message, ...facts }) => facts)

const logging = (vars: object = {}) =>
  client({ ...inProduction, ACCESS_LOG: true, ANALYTICS, ...vars })

describe('a request', () => {
  test('has one line and one data point with the same facts', async () => {
    const { access } = await loggedIn()
    const api = logging()
    await api.get('/auth/users/me/', { token: access, headers })

    const ms = expect.any(Number)
    const facts = { method: 'GET', route: '/auth/users/me/', status: 200, near: 0, far: 1, ms }
    expect(lines()).toEqual([{ ...facts, request_id: ray }])
    expect(written).toEqual([
      {
        indexes: ['/auth/users/me/'],
        blobs: ['GET', '/auth/users/me/', ray],
        doubles: [200, 0, 1, lines()[0].ms],
      },
    ])
  })

  test.each([
    ['GET', '/healthz', '/healthz/', 200, 0],
    ['GET', '/auth/users/me', '/auth/users/me/', 401, 0],
    ['GET', '/auth/users/me/events/', '/auth/users/me/events/', 401, 0],
    ['GET', '/auth/users/7/events/', '/auth/users/:id/events/', 401, 0],
    ['GET', '/auth/users/7.json', '/auth/users/:id/', 401, 0],
    ['POST', '/auth/jwt/create/?a=b', '/auth/jwt/create/', 400, 0],
    ['OPTIONS', '/auth/jwt/create/', '/auth/jwt/create/', 200, 0],
    ['GET', '/ada@example.com/secret', '/*', 404, 0],
    ['DELETE', '/auth/jwt/create/', '/auth/jwt/create/', 405, 0],
  ])('%s %s is logged as %s with its status %i', async (method, path, route, status, far) => {
    await logging().send(method, path)

    expect(lines()).toEqual([expect.objectContaining({ method, route, status, far })])
  })

  test('is logged with the 500 of an unhandled error, and each call to D1', async () => {
    const { access } = await loggedIn()
    const DB = {
      prepare: () => {
        throw new Error('broken')
      },
    }
    await logging({ DB }).get('/auth/users/me/', { token: access })

    expect(lines()).toEqual([expect.objectContaining({ route: '/auth/users/me/', status: 500 })])
  })

  test('is logged with the milliseconds and calls that its client waited for', async () => {
    const { email } = await loggedIn()
    const api = logging({ D1_READ_REPLICATION: false })
    await api.post('/auth/jwt/create/', { email, password })

    const [{ far, ms, near }] = lines()
    expect([near, far]).toEqual([0, 2])
    expect(ms).toBeGreaterThanOrEqual(0)
    expect(ms).toBeLessThan(60_000)
  })

  test('reveals no id, address, name or token, from sign-up to deletion', async () => {
    const { email, id, access, refresh, api: before } = await loggedIn()
    const staff = await loggedIn()
    await makeStaff(staff.id, { superuser: true })
    const [{ id: sessionId }] = (await before.get('/auth/sessions/', { token: access })).body
    await before.post('/auth/users/reset_password/', { email })
    const { uid, token } = await newestLink(before, email)
    const vars = { PUBLIC_URL: 'https://auth.test', URL_PREFIX: '/secret-prefix' }
    const api = logging(vars)
    const as = { token: access }
    const ofStaff = { token: staff.access }

    const path = (rest: string) => `${vars.URL_PREFIX}${rest}`
    await api.get(path(`/reset-password/?uid=${uid}&token=${token}`))
    await api.get(path(`/auth/users/${id}/`), as)
    await api.get(path(`/auth/users/?search=${email}`), ofStaff)
    await api.get(path(`/auth/sessions/?user=${id}`), ofStaff)
    await api.get(path(`/auth/users/${id}/events/`), ofStaff)
    await api.post(path('/auth/jwt/refresh/'), { refresh })
    await api.get(path(`/${encodeURIComponent(email)}/${refresh}/`))
    await api.delete(path(`/auth/sessions/${sessionId}/`), undefined, as)
    await api.delete(path(`/auth/users/${id}/`), { current_password: password }, ofStaff)

    expect(lines()).toHaveLength(9)
    expect(written).toHaveLength(9)
    const texts = JSON.stringify([lines(), written])
    const secrets = [email, encodeURIComponent(email), access, refresh, sessionId, uid, token]
    const found = [...secrets, password, 'secret-prefix', '2001:db8'].filter((secret) =>
      texts.includes(secret),
    )
    expect(found).toEqual([])
    const paths = lines().map(({ route }) => route)
    expect(paths.filter((route) => /\d/.test(route))).toEqual([])
  })
})

describe('ACCESS_LOG', () => {
  test('is off as shipped, and without the binding nothing is written', async () => {
    await client(inProduction).get('/healthz/')

    expect(lines()).toEqual([])
    expect(written).toEqual([])
  })

  test('writes no line in development, where wrangler prints one', async () => {
    await client({ ACCESS_LOG: true }).get('/healthz/')

    expect(lines()).toEqual([])
  })

  test('is independent of the binding', async () => {
    await logging({ ANALYTICS: undefined }).get('/healthz/')
    expect([lines().length, written.length]).toEqual([1, 0])

    await logging({ ACCESS_LOG: false }).get('/healthz/')
    expect([lines().length, written.length]).toEqual([1, 1])
  })
})

test('no route is longer than the index of a data point may be', () => {
  expect(Math.max(...appWith().routes.map(({ path }) => path.length))).toBeLessThan(96)
})
