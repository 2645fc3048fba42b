// The OpenAPI document and the reference page. Both are static assets, which the suite replaces by its own.

import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { openApiDocument } from '../../src/openapi/document.ts'
import { secretNames } from '../../src/settings/secrets.ts'
import { settingsOf } from '../../src/settings.ts'
import { client } from '../support/api.ts'
import { inProduction } from '../support/production.ts'

const document = JSON.stringify({ openapi: '3.1.0', paths: {} })
const etag = '"2f6a"'

/** Assets with these files, by path; with `etag` as the entity tag of each. */
function assets(files: Record<string, string>) {
  const requested: string[] = []
  async function fetch(url: string, { headers = {} }: RequestInit = {}) {
    const { pathname } = new URL(url)
    requested.push(pathname)
    const text = files[pathname]
    if (text === undefined) return new Response(null, { status: 404 })
    const isCached = new Headers(headers).get('if-none-match') === etag
    return new Response(isCached ? null : text, {
      status: isCached ? 304 : 200,
      headers: { etag, 'content-type': 'text/html', 'cache-control': 'public, max-age=0' },
    })
  }
  return { ASSETS: { fetch }, requested }
}

const { ASSETS } = assets({
  '/openapi.json': document,
  '/reference/': '<!doctype html>',
  '/reference/reference.js': 'export {}',
})

describe('GET /openapi.json', () => {
  const path = '/openapi.json'

  test('is the document that dev and deploy wrote', async () => {
    const { status, headers, body } = await client({ ASSETS }).get(path)
    expect([status, body]).toEqual([200, JSON.parse(document)])
    expect(headers.get('content-type')).toBe('application/json')
    expect(headers.get('cache-control')).toBe('no-cache')
    expect(headers.get('vary')).toBeNull()
  })

  test('is not sent again to a client that has it', async () => {
    const headers = { 'if-none-match': `W/${etag}`, origin: 'https://a.test' }
    const again = await client({ ASSETS }).get(path, { headers })
    expect([again.status, again.body, again.headers.get('etag')]).toEqual([304, '', etag])
    expect(again.headers.get('access-control-allow-origin')).toBe('*')

    const other = { 'if-none-match': '"other"' }
    expect((await client({ ASSETS }).get(path, { headers: other })).status).toBe(200)
  })

  test('may be read by any origin, whatever the CORS settings say', async () => {
    const api = client({ ASSETS, CORS_ALLOW_ALL_ORIGINS: false, CORS_ALLOW_CREDENTIALS: true })
    const origin = 'https://anyone.example.com'
    const asks = { origin, 'access-control-request-method': 'GET' }
    const answers = [
      await api.get(path, { headers: { origin } }),
      await api.send('OPTIONS', path, { headers: asks }),
    ]
    for (const { headers } of answers) {
      expect(headers.get('access-control-allow-origin')).toBe('*')
      expect(headers.get('access-control-allow-credentials')).toBeNull()
    }
  })

  test('is read-only', async () => {
    const api = client({ ASSETS })
    expect(await api.send('HEAD', path)).toMatchObject({ status: 200, body: '' })
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const { status, body, headers } = await api.send(method, path)
      expect([status, body]).toEqual([405, { detail: `Method "${method}" not allowed.` }])
      expect(headers.get('allow')).toBe('GET, HEAD, OPTIONS')
    }
  })

  test('is below URL_PREFIX only', async () => {
    const api = client({ ASSETS, URL_PREFIX: '/api/v1' })
    expect((await api.get(`/api/v1${path}`)).status).toBe(200)
    expect((await api.get(path)).status).toBe(404)
  })

  test('has none of the secrets, whatever they are for', () => {
    const secretOf = (name: string) =>
      `${name === 'RESEND_API_KEY' ? 're_' : ''}secret-${name}-0123456789-0123456789`
    const names = secretNames.filter((name) => name !== 'SIGNING_KEYS')
    const secrets = Object.fromEntries(names.map((name) => [name, secretOf(name)]))
    const text = JSON.stringify(openApiDocument(settingsOf({ ...env, ...secrets })))
    expect(text.length).toBeGreaterThan(10_000)
    for (const secret of Object.values(secrets)) expect(text).not.toContain(secret)
  })

  test('says what writes it if it is missing, as after a deploy by wrangler alone', async () => {
    const { status, body } = await client(assets({})).get(path)
    const detail = 'There is no openapi.json. It is written by: gatehouse dev, gatehouse deploy'
    expect([status, body]).toEqual([404, { detail }])
  })

  test('is not in assets/ itself, so that it is never another deployment’s', async () => {
    expect((await client().get(path)).status).toBe(404)
  })
})

describe('GET /docs/', () => {
  const path = '/docs/'

  test('is the page, whose policy allows nothing of another host', async () => {
    const { status, headers, body } = await client({ ASSETS }).get(path)
    expect([status, body]).toEqual([200, '<!doctype html>'])
    const policy = String(headers.get('content-security-policy'))
    expect(policy).toContain("default-src 'none'; script-src 'self';")
    expect(policy).toContain("connect-src 'self'; ")
    expect(policy).toContain("frame-ancestors 'none'; ")
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval|script-src[^;]*unsafe/)
    expect(headers.get('x-robots-tag')).toBe('noindex')
  })

  test('has its script beside it, with the same policy', async () => {
    const { status, headers, body } = await client({ ASSETS }).get(`${path}reference.js`)
    expect([status, body]).toEqual([200, 'export {}'])
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
  })

  test('is not sent again to a client that has it', async () => {
    const answer = await client({ ASSETS }).get(path, { headers: { 'if-none-match': etag } })
    expect([answer.status, answer.body]).toEqual([304, ''])
  })

  test('serves no other asset of the Worker', async () => {
    const { requested, ...vars } = assets({ '/common-passwords/00.txt': 'password' })
    const paths = ['common-passwords/00.txt', '../common-passwords/00.txt', '%2e%2e/openapi.json']
    for (const each of paths) {
      const { body } = await client(vars).get(`${path}${each}`)
      expect(body).not.toContain('password')
    }
    expect(requested.filter((each) => !/^\/(reference\/|openapi)/.test(each))).toEqual([])
  })

  test('without its final slash leads there, below URL_PREFIX too', async () => {
    for (const URL_PREFIX of ['', '/api/v1']) {
      const url = `${URL_PREFIX}/docs`
      const { status, headers } = await client({ ASSETS, URL_PREFIX }).get(url)
      const location = new URL(String(headers.get('location')), `https://auth.test${url}`)
      expect([status, location.pathname]).toEqual([301, `${URL_PREFIX}/docs/`])
    }
  })

  test('is off in production, unless API_REFERENCE is on', async () => {
    const production = { ASSETS, ...inProduction }
    const paths = [path, '/docs', `${path}reference.js`]
    for (const each of paths) {
      const { status, body } = await client(production).get(each)
      expect([status, body], each).toEqual([404, { detail: 'Not found.' }])
    }
    expect((await client({ ...production, API_REFERENCE: true }).get(path)).status).toBe(200)
    expect((await client({ ASSETS, API_REFERENCE: false }).get(path)).status).toBe(404)
  })
})

describe('GET /', () => {
  test('names the document and the page if they are on', async () => {
    const named = async (vars: Record<string, unknown>) => {
      const { body } = await client(vars).get('/')
      return [body.openapi, body.reference]
    }
    const openapi = 'https://auth.test/openapi.json'
    expect(await named({})).toEqual([openapi, 'https://auth.test/docs/'])
    expect(await named({ API_REFERENCE: false })).toEqual([openapi, undefined])
    expect(await named({ DISABLED_ROUTES: 'openapi' })).toEqual([undefined, undefined])
  })
})
