// Cross-origin requests are answered as django-cors-headers answers them.

import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { newEmail } from '../support/people.ts'
import { beforeRoundTrip } from '../support/trips.ts'

const app = 'https://app.example.com'
const closed = {
  CORS_ALLOW_ALL_ORIGINS: 'false',
  CORS_ALLOWED_ORIGINS: `https://www.example.com, ${app}`,
}
const from = (origin: string, more: object = {}) => ({ headers: { origin, ...more } })
const asks = { 'access-control-request-method': 'POST' }
const allowed = (answer: { headers: Headers }) => answer.headers.get('access-control-allow-origin')
const credentials = (answer: { headers: Headers }) =>
  answer.headers.get('access-control-allow-credentials')
const vary = (answer: { headers: Headers }) => answer.headers.get('vary')?.split(', ')

describe('in development, without settings', () => {
  test('any origin may read a response, without credentials', async () => {
    for (const origin of [app, 'http://localhost:5173', 'null', 'capacitor://localhost']) {
      const answer = await client().get('/healthz/', from(origin))
      expect(allowed(answer)).toBe('*')
      expect(credentials(answer)).toBeNull()
      expect(vary(answer)).toContain('Origin')
    }
  })

  test('a request without an origin gets only Vary', async () => {
    const answer = await client().get('/healthz/')
    expect(allowed(answer)).toBeNull()
    expect(vary(answer)).toContain('Origin')
  })
})

describe('in production, without settings', () => {
  test('no other origin may read a response', async () => {
    const argon2 = { ARGON2_MEMORY_COST: '19456', ARGON2_TIME_COST: '2' }
    const api = client({ ENVIRONMENT: 'production', RESEND_API_KEY: 're_key', ...argon2 })
    expect(allowed(await api.get('/healthz/', from(app)))).toBeNull()
    expect(allowed(await api.send('OPTIONS', '/auth/users/', from(app, asks)))).toBeNull()
  })
})

describe('CORS_ALLOWED_ORIGINS', () => {
  test('lists the allowed origins: each gets its own back', async () => {
    for (const origin of ['https://www.example.com', app]) {
      const answer = await client(closed).get('/healthz/', from(origin))
      expect(allowed(answer)).toBe(origin)
      expect(credentials(answer)).toBeNull()
      expect(vary(answer)).toContain('Origin')
    }
  })

  test('does not allow a similar origin, which is answered without the headers', async () => {
    const others = [
      'http://app.example.com',
      `${app}:8443`,
      `${app}.evil.test`,
      'https://example.com',
    ]
    for (const origin of [
      ...others,
      'https://evil.test',
      'null',
      '',
      `${app}/`,
      `${app}, ${app}`,
    ]) {
      const answer = await client(closed).get('/healthz/', from(origin))
      expect(allowed(answer)).toBeNull()
      expect(answer.body).toEqual({ status: 'ok' })
      expect(vary(answer)).toContain('Origin')
    }
  })

  test('rejects an origin without a scheme or with a path, and names it', async () => {
    for (const origin of ['app.example.com', 'localhost:5173', `${app}/`, `${app}/login`, '*']) {
      const answer = await client({ CORS_ALLOWED_ORIGINS: origin }).get('/healthz/')
      expect(answer.status).toBe(500)
      expect(answer.body).toEqual({
        detail: `CORS_ALLOWED_ORIGINS is "${origin}"; it must be an origin, such as "https://app.example.com".`,
      })
    }
  })
})

describe('CORS_ALLOWED_ORIGIN_REGEXES', () => {
  const regexes = {
    CORS_ALLOW_ALL_ORIGINS: 'false',
    CORS_ALLOWED_ORIGIN_REGEXES: '^https://\\w+\\.example\\.com$,http://localhost:',
  }

  test('match from the start, as Python’s re.match does', async () => {
    for (const origin of [app, 'https://x.example.com', 'http://localhost:3000']) {
      expect(allowed(await client(regexes).get('/healthz/', from(origin)))).toBe(origin)
    }
    const others = ['https://a.b.example.com', `${app}.evil.test`, 'https://xexample.com']
    for (const origin of [...others, 'https://evil.test/?http://localhost:3000']) {
      expect(allowed(await client(regexes).get('/healthz/', from(origin)))).toBeNull()
    }
  })
})

describe('CORS_ALLOW_CREDENTIALS', () => {
  test('sends the header to an allowed origin, with its own name and never with *', async () => {
    for (const vars of [{ CORS_ALLOW_ALL_ORIGINS: 'true' }, closed]) {
      const api = client({ ...vars, CORS_ALLOW_CREDENTIALS: 'true' })
      const answers = [
        await api.get('/healthz/', from(app)),
        await api.send('OPTIONS', '/auth/users/', from(app, asks)),
        await api.send('OPTIONS', '/auth/jwt/create/', from(app)),
      ]
      for (const answer of answers) {
        expect(allowed(answer)).toBe(app)
        expect(credentials(answer)).toBe('true')
        expect(vary(answer)).toContain('Origin')
      }
    }
  })

  test('does not send the header to other origins', async () => {
    const api = client({ ...closed, CORS_ALLOW_CREDENTIALS: 'true' })
    for (const headers of [{}, asks]) {
      const answer = await api.send('OPTIONS', '/auth/users/', from('https://evil.test', headers))
      expect([allowed(answer), credentials(answer)]).toEqual([null, null])
    }
  })
})

describe('a response that is no success can be read too', () => {
  test('401, 404, 405, 406, 413 and 415', async () => {
    const api = client({ ...closed, DATA_UPLOAD_MAX_MEMORY_SIZE: '1024' })
    const json = { 'content-type': 'application/json' }
    const answers = [
      await api.get('/auth/users/me/', from(app)),
      await api.get('/nowhere/', from(app)),
      await api.get('/auth/jwt/create/', from(app)),
      await api.get('/', from(app, { accept: 'text/csv' })),
      await api.send('POST', '/auth/users/', { ...from(app, json), body: ' '.repeat(1025) }),
      await api.send('POST', '/auth/users/', {
        ...from(app, { 'content-type': 'x/y' }),
        body: 'x',
      }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([401, 404, 405, 406, 413, 415])
    expect(answers.map(allowed)).toEqual(Array(6).fill(app))
  })

  test('429', async () => {
    const full = { limit: async () => ({ success: false }) }
    const api = client({ ...closed, RATE_LIMITER: full, CORS_EXPOSE_HEADERS: 'Retry-After' })
    const answer = await api.post('/auth/jwt/create/', {}, from(app))
    expect(answer.status).toBe(429)
    expect(allowed(answer)).toBe(app)
    expect(answer.headers.get('access-control-expose-headers')).toBe('Retry-After')
  })

  test('500 and 503', async () => {
    for (const [message, status] of [
      ['D1_ERROR: disk', 500],
      ['D1_ERROR: no such table: x', 503],
    ] as const) {
      const broken = beforeRoundTrip(env.DB, () => {
        throw new Error(message)
      })
      const api = client({ ...closed, DB: broken })
      const answer = await api.post('/auth/users/reset_password/', { email: newEmail() }, from(app))
      expect(answer.status).toBe(status)
      expect(allowed(answer)).toBe(app)
    }
  })
})

describe('a preflight', () => {
  test('is answered at once with the allowed methods and headers, on any path', async () => {
    for (const path of ['/auth/users/me/', '/auth/jwt/create/', '/nowhere/']) {
      const answer = await client(closed).send('OPTIONS', path, from(app, asks))
      const { headers } = answer
      expect([answer.status, answer.body]).toEqual([200, ''])
      expect(allowed(answer)).toBe(app)
      expect(headers.get('access-control-allow-methods')?.split(/, ?/)).toEqual([
        'DELETE',
        'GET',
        'OPTIONS',
        'PATCH',
        'POST',
        'PUT',
      ])
      expect(headers.get('access-control-allow-headers')?.split(/, ?/)).toEqual([
        'accept',
        'authorization',
        'content-type',
        'user-agent',
        'x-csrftoken',
        'x-requested-with',
      ])
      expect(headers.get('access-control-max-age')).toBe('86400')
      expect(headers.get('allow')).toBeNull()
    }
  })

  test('from another origin is answered without a permission', async () => {
    const answer = await client(closed).send(
      'OPTIONS',
      '/auth/users/',
      from('https://evil.test', asks),
    )
    expect([answer.status, answer.body]).toEqual([200, ''])
    const corsHeaders = [...answer.headers.keys()].filter((name) =>
      name.startsWith('access-control'),
    )
    expect(corsHeaders).toEqual([])
  })

  test('is an OPTIONS that requests a method; the view answers any other', async () => {
    const answer = await client(closed).send('OPTIONS', '/auth/jwt/create/', from(app))
    expect(answer.body.name).toBe('Token Obtain Pair')
    expect(answer.headers.get('allow')).toBe('POST, OPTIONS')
    expect(allowed(answer)).toBe(app)
    const guarded = await client(closed).send('OPTIONS', '/auth/users/me/', from(app))
    expect(guarded.status).toBe(401)
    const post = await client(closed).post('/auth/jwt/create/', {}, from(app, asks))
    expect(post.status).toBe(400)
  })

  test('follows CORS_ALLOW_METHODS, CORS_ALLOW_HEADERS and CORS_PREFLIGHT_MAX_AGE', async () => {
    const own = {
      CORS_ALLOW_METHODS: 'GET,POST',
      CORS_ALLOW_HEADERS: 'x-own',
      CORS_PREFLIGHT_MAX_AGE: '60',
    }
    const { headers } = await client({ ...closed, ...own }).send('OPTIONS', '/', from(app, asks))
    expect(headers.get('access-control-allow-methods')).toMatch(/^GET, ?POST$/)
    expect(headers.get('access-control-allow-headers')).toBe('x-own')
    expect(headers.get('access-control-max-age')).toBe('60')
  })
})
