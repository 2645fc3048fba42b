import { createRequire } from 'node:module'
import { join } from 'node:path'
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'

const gatehouse = createRequire(import.meta.url).resolve('gatehouse-auth/package.json')

export default defineConfig(async () => ({
  plugins: [
    cloudflareTest({
      wrangler: { configPath: './wrangler.toml' },
      miniflare: {
        bindings: {
          TEST_MIGRATIONS: await readD1Migrations('migrations'),
          ENVIRONMENT: 'development',
          PUBLIC_URL: 'https://auth.test',
          SECRET_KEY: 'secret-key-of-the-tests-0123456789-0123456789',
          SIGNING_KEY: 'signing-key-of-the-tests-0123456789-0123456789',
          RESEND_API_KEY: '', // no email is sent
          SEND_ACTIVATION_EMAIL: false,
        },
        // Gatehouse's own assets. A test that needs those of public/ names .gatehouse/assets, after `npm run dev`.
        assets: { directory: join(gatehouse, '../assets'), binding: 'ASSETS' },
        outboundService: () => new Response('no network in tests', { status: 599 }),
      },
    }),
  ],
  test: { setupFiles: ['./test/setup.ts'] },
}))
