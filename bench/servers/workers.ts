// All Workers of a run, in one workerd, which Miniflare starts. Each has a socket of its own: under `wrangler dev` a request
// passes a proxy and an entry Worker first, which cost more than a small Worker itself, and vary from run to run.
// bare, floor and Gatehouse share one D1, so that they read and write the same rows.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'
import { readConfiguration } from '../../cli/configuration.ts'
import { bundle } from './bundle.ts'
import type { Server } from './server.ts'
import { childrenOf } from './server.ts'

/** Settings of the load: no limits by address, no mail, and refresh tokens that rotate. */
export const settings = {
  THROTTLE_ENABLED: false,
  MAIL_HOURLY_LIMIT: 0,
  SEND_ACTIVATION_EMAIL: false,
  ROTATE_REFRESH_TOKENS: true,
  BLACKLIST_AFTER_ROTATION: true,
}

const secrets = {
  SECRET_KEY: 'a-secret-key-of-the-bench-0123456789-0123456789',
  SIGNING_KEY: 'a-signing-key-of-the-bench-0123456789-0123456789',
  RESEND_API_KEY: 're_bench',
  PUBLIC_URL: 'https://auth.example.com',
  DEFAULT_FROM_EMAIL: 'accounts@example.com',
}

const common = { compatibilityDate: '2026-10-20', stripCfConnectingIp: false }

const nodejs = { compatibilityFlags: ['nodejs_compat'] }

/** better-auth as it is by default, and as two of its settings change it. They share one D1. */
const betterAuths = {
  'better-auth': { UPDATE_AGE: 86_400, COOKIE_CACHE: false },
  'better-auth-written': { UPDATE_AGE: 0, COOKIE_CACHE: false },
  'better-auth-cached': { UPDATE_AGE: 86_400, COOKIE_CACHE: true },
}

export type Workers = Awaited<ReturnType<typeof startWorkers>>

export async function startWorkers(folder: string) {
  const [betterAuth, bare, floor, gatehouse] = await Promise.all([
    bundle(folder, 'better-auth', 'bench/workers/better-auth.ts'),
    bundle(folder, 'bare', 'bench/workers/bare.ts'),
    bundle(folder, 'floor', 'bench/workers/floor/index.ts'),
    bundle(folder, 'gatehouse'),
  ])
  const d1Databases = { DB: 'gatehouse' }
  const bindings = { ...readConfiguration().vars, ...settings, ...secrets }
  const assets = { disk: { path: join(process.cwd(), 'assets') } }
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      log: new Log(LogLevel.NONE),
      handleStructuredLogs: () => undefined,
      cf: false,
      resourcePersistencePath: join(folder, 'd1'),
      workers: [
        { ...common, name: 'bare', ...bare, d1Databases, ...socket },
        {
          ...common,
          ...nodejs,
          name: 'floor',
          ...floor,
          d1Databases,
          bindings: secrets,
          ...socket,
        },
        ...Object.entries(betterAuths).map(([name, own]) => ({
          ...{ ...common, ...nodejs, name, ...betterAuth, ...socket },
          d1Databases: { DB: 'better-auth' },
          bindings: { SECRET: secrets.SECRET_KEY, ...own },
        })),
        {
          ...common,
          name: 'gatehouse',
          ...gatehouse,
          d1Databases,
          bindings: Object.fromEntries(
            Object.entries(bindings).map(([name, value]) => [name, value as string]),
          ),
          serviceBindings: { ASSETS: assets },
          ...socket,
        },
      ],
    }),
  )
  await miniflare.ready
  const database = await miniflare.getD1Database('DB', 'gatehouse')
  const migration = readFileSync('migrations/0000_initial.sql', 'utf8')
  const statements = migration.split('--> statement-breakpoint')
  await database.batch(statements.map((statement) => database.prepare(statement)))

  const [workerd] = childrenOf(process.pid, 'workerd')
  const server = async (name: string): Promise<Server> => ({
    origin: (await miniflare.unsafeGetDirectURL(name)).origin,
    pid: workerd,
  })
  return {
    database,
    bare: await server('bare'),
    floor: await server('floor'),
    gatehouse: await server('gatehouse'),
    betterAuth: await server('better-auth'),
    betterAuthWritten: await server('better-auth-written'),
    betterAuthCached: await server('better-auth-cached'),
    stop: () => miniflare.dispose(),
  }
}

const socket = { unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }] }
