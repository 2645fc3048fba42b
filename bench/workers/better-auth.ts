// better-auth on D1, as its documentation sets it up: email and password, and the plugin that publishes keys. Its own limits by
// address are off, as Gatehouse's are. The types are in bench/node_modules, so `tsc -p cli` leaves this file out.

import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { jwt } from 'better-auth/plugins'

interface Env {
  DB: D1Database
  SECRET: string
  /** Seconds after which a used session is written again; better-auth's default is a day. */
  UPDATE_AGE: number
  /** Whether a signed cookie holds the session for five minutes, so that most reads need no D1. */
  COOKIE_CACHE: boolean
  /** Whether `get-session` also answers a JWT, the plugin's default. It reads the signing key from D1 each time. */
  JWT_HEADER: boolean
}

const newAuth = ({ DB, SECRET, UPDATE_AGE, COOKIE_CACHE, JWT_HEADER }: Env) =>
  betterAuth({
    database: DB,
    secret: SECRET,
    baseURL: 'https://auth.example.com',
    emailAndPassword: { enabled: true, autoSignIn: false },
    session: { updateAge: UPDATE_AGE, cookieCache: { enabled: COOKIE_CACHE, maxAge: 300 } },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
    plugins: [jwt({ disableSettingJwtHeader: !JWT_HEADER })],
  })

let auth: ReturnType<typeof newAuth> | undefined

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    auth ??= newAuth(env)
    if (!request.url.endsWith('/migrate')) return auth.handler(request)
    const { runMigrations } = await getMigrations(auth.options)
    await runMigrations()
    return new Response('migrated')
  },
}
