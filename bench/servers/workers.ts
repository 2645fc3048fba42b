// All Workers of a run, in one workerd, which Miniflare starts. Each has a socket of its own: under `wrangler dev` a request
// passes a proxy and an entry Worker first, which cost more than a small Worker itself, and vary from run to run.
// bare, floor and Gatehouse share one D1, so that they read and write the same rows.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'
import { readConfiguration } from '../../cli/configuration.ts'
import { type Bundle, bundle } from './bundle.ts'
import { childrenOf, type Server } from './server.ts'

/** Settings of the load: no limits by address, no mail, and refresh tokens that rotate. */
export const settings = {
  THROTTLE_ENABLED: false,
  MAIL_HOURLY_LIMIT: 0,
  SEND_ACTIVATION_EMAIL: false,
  ROTATE_REFRESH_TOKENS: true,
  BLACKLIST_AFTER_ROTATION: true,
}

export const secrets = {
  SECRET_KEY: 'a-secret-key-of-the-bench-0123456789-0123456789',
  SIGNING_KEY: 'a-signing-key-of-the-bench-0123456789-0123456789',
  RESEND_API_KEY: 're_bench',
  PUBLIC_URL: 'https://auth.example.com',
  DEFAULT_FROM_EMAIL: 'accounts@example.com',
}

export const common = { compatibilityDate: '2026-10-20', stripCfConnectingIp: false }

export const nodejs = { compatibilityFlags: ['nodejs_compat'] }

/** better-auth as it is by default, and as two of its settings change it. They share one D1. */
export const betterAuths = {
  'better-auth': { UPDATE_AGE: 86_400, COOKIE_CACHE: false, JWT_HEADER: true },
  'better-auth-written': { UPDATE_AGE: 0, COOKIE_CACHE: false, JWT_HEADER: true },
  'better-auth-cached': { UPDATE_AGE: 86_400, COOKIE_CACHE: true, JWT_HEADER: true },
}

export type Workers = Awaited<ReturnType<typeof startWorkers>>

/** Starts each system of the comparison. */
export async function startWorkers(folder: string) {
  const [betterAuth, bare, floor, gatehouse] = await Promise.all([
    bundle(folder, 'better-auth', 'bench/workers/better-auth.ts'),
    bundle(folder, 'bare', 'bench/workers/bare.ts'),
    bundle(folder, 'floor', 'bench/workers/floor/index.ts'),
    bundle(folder, 'gatehouse'),
  ])
  const d1Databases = { DB: 'gatehouse' }
  const { miniflare, server } = await start(folder, [
    { ...common, name: 'bare', ...bare, d1Databases },
    { ...common, ...nodejs, name: 'floor', ...floor, d1Databases, bindings: secrets },
    ...Object.entries(betterAuths).map(([name, own]) => ({
      ...{ ...common, ...nodejs, name, ...betterAuth },
      d1Databases: { DB: 'better-auth' },
      bindings: { SECRET: secrets.SECRET_KEY, ...own },
    })),
    gatehouseWorker('gatehouse', gatehouse),
  ])
  return {
    database: await migrated(miniflare, 'gatehouse'),
    bare: await server('bare'),
    floor: await server('floor'),
    gatehouse: await server('gatehouse'),
    betterAuth: await server('better-auth'),
    betterAuthWritten: await server('better-auth-written'),
    betterAuthCached: await server('better-auth-cached'),
    stop: () => miniflare.dispose(),
  }
}

/** Starts Gatehouse twice, each with a D1 of its own, for a comparison of a small and a large one. */
export async function startTwo(folder: string, names: [string, string], more: Settings) {
  const gatehouse = await bundle(folder, 'gatehouse')
  const workers = names.map((name) => gatehouseWorker(name, gatehouse, more))
  const { miniflare, server } = await start(folder, workers)
  const sized = async (name: string) => ({
    server: await server(name),
    database: await migrated(miniflare, name),
    runCron: async (at: Date) => {
      const worker = await miniflare.getWorker(name)
      await worker.scheduled({ scheduledTime: at, cron: '* * * * *' })
    },
  })
  return {
    small: await sized(names[0]),
    large: await sized(names[1]),
    stop: () => miniflare.dispose(),
  }
}

type Settings = Record<string, string | number | boolean>
export type MiniflareWorker = Extract<
  Parameters<typeof convertV4MiniflareOptions>[0],
  { workers: unknown }
>['workers'][number]

export async function start(folder: string, workers: MiniflareWorker[]) {
  const socket = { unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }] }
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      log: new Log(LogLevel.NONE),
      handleStructuredLogs: () => undefined,
      cf: false,
      resourcePersistencePath: join(folder, 'd1'),
      workers: workers.map((worker) => ({ ...worker, ...socket })),
    }),
  )
  await miniflare.ready
  const [pid] = childrenOf(process.pid, 'workerd')
  const server = async (name: string): Promise<Server> => {
    const { origin } = await miniflare.unsafeGetDirectURL(name)
    return { origin, pid }
  }
  return { miniflare, server }
}

/** @param name also of its D1 */
export function gatehouseWorker(
  name: string,
  gatehouse: Bundle,
  more: Settings = {},
): MiniflareWorker {
  const { vars } = readConfiguration()
  return {
    ...{ ...common, name, ...gatehouse },
    d1Databases: { DB: name },
    bindings: { ...(vars as Settings), ...settings, ...more, ...secrets },
    serviceBindings: { ASSETS: { disk: { path: join(process.cwd(), 'assets') } } },
  }
}

export async function migrated(miniflare: Miniflare, name: string) {
  const database = await miniflare.getD1Database('DB', name)
  const files = readdirSync('migrations').filter((file) => file.endsWith('.sql'))
  for (const file of files.sort()) {
    const statements = readFileSync(join('migrations', file), 'utf8')
      .split('--> statement-breakpoint')
      .map((statement) => database.prepare(statement))
    await database.batch(statements)
  }
  return database
}
