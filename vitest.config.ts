import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'
import { mutated } from './test/replicas/mutations.ts'

const newSeed = `${Date.now() % 2 ** 31}`

// Every secret is set here, so that a developer's .dev.vars never reaches a test.
const bindings = {
  ENVIRONMENT: 'development',
  PUBLIC_URL: 'https://auth.test',
  SECRET_KEY: 'c2VjcmV0LWtleS1vZi10aGUtdGVzdHMtMDEyMzQ1Njc4OQ',
  SIGNING_KEY: 'signing-key-of-the-tests-0123456789-0123456789',
  RESEND_API_KEY: '',
  MAIL_HOURLY_LIMIT: '0', // all tests share a database
  ARGON2_MEMORY_COST: '64',
  ARGON2_TIME_COST: '1',
  // Every test on a replica. REPLICATED=never: it has a write only if a bookmark asks for it, or if it would be too old to be
  // believed. REPLICATED=random: it has some of the newest writes, drawn from REPLICATED_SEED.
  REPLICATED: process.env.REPLICATED ?? '',
  REPLICATED_SEED: process.env.REPLICATED_SEED ?? newSeed,
  ...(process.env.REPLICATED && { D1_READ_REPLICATION: 'true' }),
  // Writes the examples of the OpenAPI document (test/fakes/answers.ts).
  RECORD_EXAMPLES: process.env.RECORD_EXAMPLES ?? '',
  MODEL_RUNS: process.env.MODEL_RUNS ?? '200',
  MODEL_SEED: process.env.MODEL_SEED ?? newSeed,
}

console.log(`test/model: MODEL_RUNS=${bindings.MODEL_RUNS} MODEL_SEED=${bindings.MODEL_SEED}`)
if (bindings.REPLICATED === 'random') {
  console.log(`REPLICATED=random REPLICATED_SEED=${bindings.REPLICATED_SEED}`)
}

/** By host: the fakes of test/fakes, each on a port of this machine. */
const fakes: Record<string, () => string | undefined> = {
  'resend.test': () => process.env.RESEND_STAND_IN,
  'issuer.test': () => process.env.ISSUER_STAND_IN,
  'pwned.test': () => process.env.PWNED_STAND_IN,
  'turnstile.test': () => process.env.TURNSTILE_STAND_IN,
  'answers.test': () => process.env.ANSWERS_STAND_IN,
}

async function callFake(request: Request): Promise<Response> {
  const { hostname, pathname, search } = new URL(request.url)
  const origin = fakes[hostname]?.()
  // Every other host is refused, with or without a network.
  if (!origin) return new Response('no network in tests', { status: 599 })
  const body = request.method === 'GET' ? undefined : await request.text()
  const headers = Object.fromEntries(request.headers)
  return fetch(`${origin}${pathname}${search}`, {
    method: request.method,
    headers,
    body,
    redirect: 'manual',
    signal: request.signal,
  })
}

/** `src` with a fault that tests must find: test/replicas/mutate.ts sets MUTATION. */
const mutation = (name: string) => ({
  name: 'mutation',
  enforce: 'pre' as const,
  transform: (code: string, path: string) => mutated(name, path, code),
})

export default defineConfig(async () => ({
  // Tests read these files as text. To compile them, Vite would need what npm installs for them.
  oxc: { exclude: [/\.js$/, /\/examples\//] },
  plugins: [
    ...(process.env.MUTATION ? [mutation(process.env.MUTATION)] : []),
    cloudflareTest({
      wrangler: { configPath: './test/support/wrangler.toml' },
      miniflare: {
        bindings: { ...bindings, TEST_MIGRATIONS: await readD1Migrations('migrations') },
        outboundService: callFake,
        // Of test/support/replicated.ts: one for a test's own stand-in, and one for the stand-in of a whole run.
        d1Databases: { REPLICA: 'replica', SUITE_REPLICA: 'suite-replica' },
      },
    }),
  ],
  test: {
    // The template's own tests run in a project, with its own configuration (test/package.node.ts).
    dir: 'test',
    globalSetup: ['resend', 'issuer', 'pwned', 'turnstile', 'answers'].map(
      (name) => `./test/fakes/${name}.ts`,
    ),
    setupFiles: ['./test/support/setup.ts'],
    isolate: false,
    fsModuleCache: !process.env.MUTATION, // its keys do not name the mutation
    maxWorkers: '100%', // vitest would leave a core idle
    silent: 'passed-only',
    slowTestThreshold: 10_000,
    testTimeout: 30_000, // a busy machine must not fail a test
  },
}))
