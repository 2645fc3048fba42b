// DISABLED_ROUTES: a disabled route answers like a path that does not exist.

import { describe, expect, test } from 'vitest'
import { appWith } from '../../src/app.ts'
import { client } from '../support/api.ts'
import { loggedIn } from '../support/people.ts'

const groups: [group: string, ...paths: string[]][] = [
  ['users', '/auth/users/me/', '/auth/users/1/'],
  ['activation', '/auth/users/activation/', '/auth/users/resend_activation/'],
  [
    'password',
    '/auth/users/set_password/',
    '/auth/users/reset_password/',
    '/auth/users/reset_password_confirm/',
  ],
  ['jwt', '/auth/jwt/create/', '/auth/jwt/refresh/', '/auth/jwt/verify/'],
  ['token', '/api/token/', '/api/token/refresh/', '/api/token/verify/', '/api/token/blacklist/'],
  [
    'username',
    '/auth/users/set_email/',
    '/auth/users/set_email_confirm/',
    '/auth/users/reset_email/',
    '/auth/users/reset_email_confirm/',
  ],
  ['sliding', '/api/token/sliding/', '/api/token/sliding/refresh/'],
  ['authtoken', '/auth/token/login/', '/auth/token/logout/'],
  [
    'drf_jwt',
    '/api-token-auth/',
    '/api-token-verify/',
    '/api-token-refresh/',
    '/auth/impersonate/',
    '/auth/logout/',
  ],
  ['jwks', '/.well-known/jwks.json'],
  ['openapi', '/openapi.json', '/docs/', '/docs/reference.js'],
  [
    'pages',
    '/activate/',
    '/reset-password/',
    '/reset-username/',
    '/change-email/',
    '/activate/again/',
    '/reset-password/again/',
  ],
  ['protected', '/api/protected-endpoint/'],
  ['register', '/register/'],
  ['sessions', '/auth/sessions/', '/auth/sessions/1/', '/auth/jwt/logout/'],
  ['events', '/auth/users/me/events/', '/auth/users/1/events/'],
  ['export', '/auth/users/me/export/'],
  ['status', '/auth/users/1/disable/', '/auth/users/1/enable/'],
  ['users_list,user_create', '/auth/users/'],
]
const links = {
  ACTIVATION_URL: 'activate/{uid}/{token}',
  PASSWORD_RESET_CONFIRM_URL: 'reset/{uid}/{token}',
}
const drfJwtPackage = { DRF_JWT: true, DRF_JWT_PACKAGE: 'drf-jwt' }
const everything = { REGISTER: true, EMAIL_CHANGE_CONFIRMATION: true, ...drfJwtPackage }
const without = (names: string) => ({ ...links, ...everything, DISABLED_ROUTES: names })
const missing = { detail: 'Not found.' }
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PURGE']

describe.each(groups)('without %s', (group, ...paths) => {
  test('its routes look like unknown paths', async () => {
    const { access } = await loggedIn()
    const api = client(without(group))
    const calls = [{}, { token: access }, { headers: { accept: 'text/html' } }]
    const slashless = paths.filter((path) => path.endsWith('/')).map((path) => path.slice(0, -1))
    const requests = calls.flatMap((call) => methods.map((method) => ({ method, call })))
    for (const { method, call } of requests) {
      const unknown = await api.send(method, '/nowhere/', call)
      for (const path of [...paths, ...slashless]) {
        const answer = await api.send(method, path, call)
        expect([answer.status, answer.body], `${method} ${path}`).toEqual([404, unknown.body])
        expect(unknown.body).toEqual(method === 'HEAD' ? '' : missing)
        expect(answer.headers.has('allow'), path).toBe(false)
        const isBeforeCors = ['pages', 'jwks'].includes(group) || path === '/openapi.json'
        expect(answer.headers.get('vary'), path).toBe(isBeforeCors ? null : 'Origin')
      }
    }
  })

  test('the other routes answer', async () => {
    const others = groups.filter(([name]) => name !== group).flatMap(([, ...rest]) => rest)
    for (const path of others) {
      const { status } = await client(without(group)).send('OPTIONS', path)
      const page = await client(without(group)).get(path)
      expect(
        [status, page.status].every((each) => each === 404),
        path,
      ).toBe(false)
    }
  })
})

test('every route but the root and the health checks belongs to a group', () => {
  const known = groups.flatMap(([, ...paths]) => paths)
  const ungrouped = ['/', '/auth/', '/healthz/', '/readyz/', '/dev/mailbox/', '/*']
  const paths = appWith().routes.map(({ path }) =>
    path.replace(':id', '1').replace('docs/*', 'docs/'),
  )
  // The routes that change the login field are named after it.
  const byEmail = paths.map((path) => path.replace(/(set|reset)_username/, '$1_email'))
  const missingPaths = byEmail.filter((path) => ![...known, ...ungrouped].includes(path))
  expect([...new Set(missingPaths)]).toEqual([])
})

test('the list and the sign-up of /auth/users/ can be disabled separately', async () => {
  const { access } = await loggedIn()
  const call = { token: access }
  const withoutList = client(without('users_list'))
  const withoutSignUp = client(without('user_create'))

  for (const method of ['GET', 'HEAD']) {
    expect((await withoutList.send(method, '/auth/users/', call)).status).toBe(404)
  }
  const signUp = await withoutList.post('/auth/users/', {})
  expect([signUp.status, signUp.headers.get('allow')]).toEqual([400, 'POST, OPTIONS'])
  expect((await withoutSignUp.post('/auth/users/', {})).body).toEqual(missing)
  const list = await withoutSignUp.get('/auth/users/', call)
  expect([list.status, list.headers.get('allow')]).toEqual([200, 'GET, HEAD, OPTIONS'])
  const put = await withoutSignUp.put('/auth/users/', {}, call)
  expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS'])
})

test('the root does not name a disabled route', async () => {
  const api = client(
    without('users_list,user_create,jwt,token,authtoken,protected,register,sessions,openapi'),
  )

  expect(Object.keys((await api.get('/')).body)).toEqual([
    'name',
    'description',
    'health',
    'mailbox',
  ])
  expect((await api.get('/auth/')).body).toEqual({})
  const { users } = (await client(without('users_list')).get('/')).body
  expect(users).toBe('https://auth.test/auth/users/')
})
