import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'

// Every secret is set here, so that a developer's .dev.vars never reaches a test.
const bindings = {
  ENVIRONMENT: 'development',
  PUBLIC_URL: 'https://auth.test',
  SECRET_KEY: 'c2VjcmV0LWtleS1vZi10aGUtdGVzdHMtMDEyMzQ1Njc4OQ',
  SIGNING_KEY: 'signing-key-of-the-tests-0123456789-0123456789',
  RESEND_API_KEY: '',
  ARGON2_MEMORY_COST: '64',
  ARGON2_TIME_COST: '1',
}

/** http://resend.test is test/stand-ins/resend.ts, on a port of this machine. */
async function toResend(request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url)
  const body = request.method === 'GET' ? undefined : await request.text()
  const headers = Object.fromEntries(request.headers)
  return fetch(`${process.env.RESEND_STAND_IN}${pathname}${search}`, {
    method: request.method,
    headers,
    body,
    signal: request.signal,
  })
}

export default defineConfig(async () => ({
  plugins: [
    cloudflareTest({
      wrangler: { configPath: './wrangler.toml' },
      miniflare: {
        bindings: { ...bindings, TEST_MIGRATIONS: await readD1Migrations('migrations') },
        // What a test does not stand in for is refused, with or without a network.
        outboundService: (request: Request) =>
          new URL(request.url).hostname === 'resend.test'
            ? toResend(request)
            : new Response('no network in tests', { status: 599 }),
      },
    }),
  ],
  test: {
    globalSetup: ['./test/stand-ins/resend.ts'],
    setupFiles: ['./test/setup.ts'],
    isolate: false,
    silent: 'passed-only',
    slowTestThreshold: 10_000,
  },
}))
