// The Workers of `npm run bench -- --world`: Gatehouse and better-auth, each with a D1 that has a place (workers/placed.ts).

import { basename, join } from 'node:path'
import { type Bundle, bundle } from './bundle.ts'
import {
  betterAuths,
  common,
  gatehouseWorker,
  migrated,
  nodejs,
  secrets,
  start,
} from './workers.ts'

/** As shipped, with the limits by account that the other runs turn off, and with pages of the list of users. */
export const shipped = {
  THROTTLE_ENABLED: true,
  MAIL_HOURLY_LIMIT: 400,
  SEND_ACTIVATION_EMAIL: true,
  DEFAULT_PAGINATION_CLASS: 'PageNumberPagination',
  PAGE_SIZE: 50,
  DEFAULT_FILTER_BACKENDS: 'SearchFilter,OrderingFilter',
}

/** Cloudflare's rate limits count outside D1. These never refuse. */
const ratelimits = Object.fromEntries(
  ['RATE_LIMITER', 'MAIL_RATE_LIMITER', 'CALLER_RATE_LIMITER', 'TOKEN_RATE_LIMITER'].map(
    (name, at) => [
      name,
      { namespace_id: `${at}`, simple: { limit: 1_000_000, period: 60 as const } },
    ],
  ),
)

export type PlacedWorkers = Awaited<ReturnType<typeof startPlaced>>

export async function startPlaced(folder: string) {
  const [gatehouse, betterAuth, placed] = await Promise.all([
    bundle(folder, 'gatehouse'),
    bundle(folder, 'better-auth', 'bench/workers/better-auth.ts'),
    bundle(folder, 'placed', 'bench/workers/placed.ts'),
  ])
  const mails: string[] = []
  const gatehouseAt = (name: string, replicas: boolean) => ({
    ...gatehouseWorker(name, inPlace(folder, gatehouse, placed), {
      ...shipped,
      D1_READ_REPLICATION: replicas,
    }),
    ratelimits,
    // Resend, which accepts each email.
    outboundService: async (request: { text(): Promise<string> }) => {
      mails.push(await request.text())
      return Response.json({ id: 'sent' })
    },
  })
  const { miniflare, server } = await start(folder, [
    gatehouseAt('gatehouse', false),
    gatehouseAt('gatehouse-replicas', true),
    ...Object.entries(betterAuths).map(([name, own]) => ({
      ...{ ...common, ...nodejs, name, ...inPlace(folder, betterAuth, placed) },
      d1Databases: { DB: 'better-auth' },
      // A session is read without the signing key, for the fewest calls that better-auth can make.
      bindings: { SECRET: secrets.SECRET_KEY, ...own, JWT_HEADER: false },
    })),
  ])
  const worker = async (name: string) => ({ origin: (await server(name)).origin })
  const withDatabase = async (name: string) => ({
    ...(await worker(name)),
    database: await migrated(miniflare, name),
  })
  return {
    gatehouse: await withDatabase('gatehouse'),
    gatehouseReplicas: await withDatabase('gatehouse-replicas'),
    betterAuth: await worker('better-auth'),
    betterAuthWritten: await worker('better-auth-written'),
    betterAuthCached: await worker('better-auth-cached'),
    /** The bodies of all emails, as Resend got them. */
    mails,
    stop: () => miniflare.dispose(),
  }
}

/** A bundle whose entry gives a Worker to the stand-in. */
function inPlace(folder: string, app: Bundle, placed: Bundle): Bundle {
  const pathOf = ({ modulesRoot, modules }: Bundle) =>
    `./${basename(modulesRoot)}/${basename(modules[0]?.path ?? '')}`
  const contents = `import app from '${pathOf(app)}'
import placed from '${pathOf(placed)}'
export default placed(app)`
  const entry = { type: 'ESModule' as const, path: join(folder, 'entry.js'), contents }
  return { modulesRoot: folder, modules: [entry, ...app.modules, ...placed.modules] }
}
