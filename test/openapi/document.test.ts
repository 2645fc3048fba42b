// The OpenAPI document against the routes, and against itself. test/support/document.ts checks the answers of all other tests.

import { env } from 'cloudflare:workers'
import { Validator } from '@cfworker/json-schema'
import { afterEach, describe, expect, test } from 'vitest'
import { appWith } from '../../src/app.ts'
import { useHooks } from '../../src/hooks.ts'
import {
  type OpenApiDocument,
  type OpenApiOperation,
  openApiDocument,
} from '../../src/openapi/document.ts'
import { settingsOf } from '../../src/settings.ts'
import { client } from '../support/api.ts'
import { checkAnswer } from '../support/document.ts'

afterEach(() => useHooks({}))

const documentOf = (vars: Record<string, unknown> = {}) =>
  openApiDocument(settingsOf({ ...env, ...vars }))

/** Deployments that together have every route. */
const deployments: Record<string, Record<string, unknown>> = {
  'by default': {},
  'with register': { REGISTER: true },
  'with usernames': { LOGIN_FIELD: 'username', EMAIL_CHANGE_CONFIRMATION: true },
  'with drf-jwt': { DRF_JWT: true, DRF_JWT_PACKAGE: 'drf-jwt' },
  'with UUIDs and pages': {
    USER_PK: 'uuid',
    DEFAULT_PAGINATION_CLASS: 'PageNumberPagination',
    PAGE_SIZE: 10,
  },
  'with cookies': { AUTH_COOKIES: true, TRUSTED_SERVER_SECRET: 'x'.repeat(32) },
  'with a captcha': { TURNSTILE_SECRET_KEY: 'secret' },
}

const operationsOf = ({ paths }: OpenApiDocument) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path,
      operation,
    })),
  )

test('each route has an operation, and each operation has a route', () => {
  const routes = appWith()
    .routes.filter(({ method, path }) => method !== 'ALL' && !path.includes('*'))
    .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`)
  const operations = Object.values(deployments).flatMap((vars) =>
    operationsOf(documentOf(vars)).map(({ name }) => name),
  )
  expect([...new Set(operations)].sort()).toEqual([...new Set(routes)].sort())
})

test('a route that DISABLED_ROUTES removes is not in the document', () => {
  const { paths, tags } = documentOf({ DISABLED_ROUTES: 'authtoken,sessions,users_list' })
  expect(paths).not.toHaveProperty(['/auth/token/login/'])
  expect(paths).not.toHaveProperty(['/auth/sessions/'])
  expect(Object.keys(paths['/auth/users/'] ?? {})).toEqual(['post'])
  expect(tags.map(({ name }) => name)).not.toContain('Authtoken')
})

test('the server has the prefix of URL_PREFIX, and the paths do not', () => {
  const { servers, paths } = documentOf({ URL_PREFIX: '/api/v1' })
  expect(servers).toEqual([{ url: 'https://auth.test/api/v1' }])
  expect(paths).toHaveProperty(['/auth/users/me/'])
})

test('the results of hooks are in the document, with their own schemas', () => {
  useHooks({
    claims: { company: () => 'ACME' },
    loginResponse: { expires_in: ({ expiresIn }) => expiresIn },
    extraUserFields: { initials: () => 'AL' },
    schemas: { loginResponse: { expires_in: { type: 'integer' } } },
  })
  const { components, paths } = documentOf()
  expect(components.schemas.AccessTokenClaims?.properties).toHaveProperty('company', {})
  expect(components.schemas.User?.properties).toHaveProperty('initials', {})
  expect(JSON.stringify(paths['/auth/jwt/create/'])).toContain('"expires_in":{"type":"integer"}')
})

describe.each(Object.entries(deployments))('%s', (_, vars) => {
  const document = documentOf(vars)

  test('no two operations have the same id', () => {
    const ids = operationsOf(document).map(({ operation }) => operation.operationId)
    expect(ids).toEqual([...new Set(ids)])
  })

  test('each example is as its schema has it', () => {
    const examples = operationsOf(document).flatMap(({ name, operation }) =>
      mediaOf(operation).map((media) => ({ name, ...media })),
    )
    const wrong = examples.filter(({ schema, example }) => !isValid(document, schema, example))
    expect(wrong).toEqual([])
    expect(examples.length).toBeGreaterThan(50)
  })

  test('it holds no secret', () => {
    const text = JSON.stringify(document)
    const secrets = [env.SECRET_KEY, env.SIGNING_KEY, vars.TRUSTED_SERVER_SECRET]
    for (const secret of secrets) if (secret) expect(text).not.toContain(secret)
  })

  test('an operation requires a credential exactly if the document says so', async () => {
    const api = client(vars)
    for (const { name, method, path, operation } of operationsOf(document)) {
      // It takes a refresh token in the body, too.
      if (operation.operationId === 'jwtLogout') continue
      const security = operation.security as object[]
      const isOpen =
        security.length === 0 || security.some((each) => Object.keys(each).length === 0)
      const { status } = await api.send(method, path.replace('{id}', '1'))
      expect(`${name}: ${status === 401}`).toBe(`${name}: ${!isOpen}`)
    }
  })
})

test('an answer with a field, a status or a media type that the document does not have is found', () => {
  const check = (
    status: number,
    text: string,
    type = 'application/json',
    path = '/auth/jwt/refresh/',
  ) => {
    const request = new Request(`https://auth.test${path}`, { method: 'POST' })
    const headers = new Headers({ 'content-type': type })
    return () => checkAnswer(env, request, { status, headers, text })
  }
  expect(check(200, '{"access":"a"}')).not.toThrow()
  expect(check(200, '{"access":"a","planted":1}')).toThrow('planted')
  expect(check(200, '{}')).toThrow('access')
  expect(check(201, '{"access":"a"}')).toThrow('no such status')
  expect(check(200, '{"access":"a"}', 'text/html')).toThrow('media type')
  expect(check(401, '{"detail":"no"}')).toThrow('WWW-Authenticate')
  expect(check(429, '{"detail":"no"}')).toThrow('Retry-After')
  expect(check(200, '{}', 'application/json', '/planted/')).toThrow('not in the OpenAPI document')
})

interface Media {
  schema: object
  example?: unknown
}

/** The bodies of an operation with an example. */
function mediaOf({ requestBody, responses }: OpenApiOperation): Media[] {
  const bodies = [requestBody, ...Object.values(responses)] as { content?: Record<string, Media> }[]
  return bodies
    .flatMap((body) => Object.values(body?.content ?? {}))
    .filter(({ example }) => example !== undefined)
}

function isValid({ components: { schemas } }: OpenApiDocument, schema: object, example: unknown) {
  return new Validator({ ...schema, components: { schemas } }, '2020-12').validate(example).valid
}
