// What all our cookies share. A browser sends them unasked: so a request that reads or sets one is refused when
// `Origin` or `Sec-Fetch-Site` says that another site's page sent it, which the originals never ask.

import { generateCookie } from 'hono/cookie'
import { parse } from 'hono/utils/cookie'
import type { Call } from '../context.ts'
import type { Settings } from '../settings/parse.ts'
import { addSeconds } from '../time.ts'
import { forbidden } from './errors.ts'

/** What is in the first of these cookies that is there. @throws ApiError 403 for foreign requests */
export function readCookie(c: Call, ...names: string[]): string | undefined {
  const name = names.find((name) => cookieIn(c, name))
  if (name === undefined) return undefined
  checkOrigin(c)
  return cookieIn(c, name)
}

/** Of two with one name the first; without `__Host-` a neighbouring site may have set either. */
export const cookieIn = (c: Pick<Call, 'req'>, name: string): string | undefined =>
  name === '' ? undefined : parse(c.req.header('cookie') ?? '', name)[name]

interface Attributes {
  /** How long it is kept; 0 takes it away. */
  seconds: number
  sameSite: 'Lax' | 'Strict' | 'None'
  secure?: boolean
  path?: string
  domain?: string
}

/** Keeps a token for the browser, where no script reads it. */
export function setCookie(
  c: Call,
  name: string,
  token: string,
  { seconds, secure = isHttps(c), path = '/', ...more }: Attributes,
) {
  const maxAge = Math.floor(Math.min(Math.max(seconds, 0), maxCookieAge))
  const expires = maxAge > 0 ? addSeconds(c.var.now, maxAge) : new Date(0)
  const attributes = { path, httpOnly: true, secure, maxAge, expires, ...more }
  c.header('Set-Cookie', generateCookie(name, token, attributes), { append: true })
}

const isHttps = ({ var: { settings } }: Call) => settings.publicUrl.startsWith('https:')

/** @throws ApiError 403 where another site's page sent the request */
export function checkOrigin(c: Call) {
  const { settings } = c.var
  const origin = c.req.header('origin')
  const site = c.req.header('sec-fetch-site')
  if (origin !== undefined && isTrusted(settings, origin)) return
  // Pages that send no referrer, as ours do, have the origin `null`, and so may anybody's.
  const isOwnPages = origin === 'null' && site === 'same-origin'
  if (origin !== undefined && origin !== new URL(settings.publicUrl).origin && !isOwnPages) {
    const reason = `Origin checking failed - ${origin} does not match any trusted origins.`
    throw forbidden(`CSRF Failed: ${reason}`)
  }
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    throw forbidden(`CSRF Failed: Sec-Fetch-Site is ${site}.`)
  }
}

// Who may send credentials by name; "all origins" and the origin `null`, which anybody can have, are no names.
const isTrusted = ({ cors }: Settings, origin: string) =>
  cors.allowCredentials &&
  origin !== 'null' &&
  (cors.allowedOrigins.includes(origin) ||
    cors.allowedOriginRegexes.some((pattern) => pattern.test(origin)))

const maxCookieAge = 400 * 24 * 60 * 60 // draft-ietf-httpbis-rfc6265bis §5.5
