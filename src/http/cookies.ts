// Reads and sets cookies. Browsers send cookies with any request. So a request that reads or sets one is rejected if `Origin`
// or `Sec-Fetch-Site` says that another site's page sent it. The Django packages do not check this.

import { generateCookie } from 'hono/cookie'
import { parse } from 'hono/utils/cookie'
import type { Call } from '../context.ts'
import type { Settings } from '../settings/parse.ts'
import { addSeconds, secondsPerDay } from '../time.ts'
import { forbidden } from './errors.ts'

/** The first of these cookies that the request has. @throws ApiError 403 if another site's page sent the request */
export function readCookie(c: Call, ...names: string[]): string | undefined {
  const name = names.find((name) => cookieValue(c, name))
  if (name === undefined) return undefined
  checkOrigin(c)
  return cookieValue(c, name)
}

/** The first cookie with the name. There may be two: without `__Host-`, a sibling domain can set another. */
export const cookieValue = (c: Pick<Call, 'req'>, name: string): string | undefined =>
  name === '' ? undefined : parse(c.req.header('cookie') ?? '', name)[name]

interface Attributes {
  /** Seconds until the browser deletes it; 0 deletes it at once. */
  seconds: number
  sameSite: 'Lax' | 'Strict' | 'None'
  secure?: boolean
  path?: string
  domain?: string
}

/** Stores a token in the browser, where no script can read it. */
export function setCookie(
  c: Call,
  name: string,
  token: string,
  { seconds, secure = isHttps(c), path = '/', ...others }: Attributes,
) {
  const maxAge = Math.floor(Math.min(Math.max(seconds, 0), maxCookieAge))
  const expires = maxAge > 0 ? addSeconds(c.var.now, maxAge) : new Date(0)
  const attributes = { path, httpOnly: true, secure, maxAge, expires, ...others }
  c.header('Set-Cookie', generateCookie(name, token, attributes), { append: true })
}

const isHttps = ({ var: { settings } }: Call) => settings.publicUrl.startsWith('https:')

/** @throws ApiError 403 if another site's page sent the request */
export function checkOrigin(c: Call) {
  const { settings } = c.var
  const origin = c.req.header('origin')
  const site = c.req.header('sec-fetch-site')
  if (origin !== undefined && isTrusted(settings, origin)) return
  // Our pages send no referrer, so their origin is `null`. Any other site's page may send `null` too.
  const isOwnPage = origin === 'null' && site === 'same-origin'
  if (origin !== undefined && origin !== new URL(settings.publicUrl).origin && !isOwnPage) {
    const reason = `Origin checking failed - ${origin} does not match any trusted origins.`
    throw forbidden(`CSRF Failed: ${reason}`)
  }
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    throw forbidden(`CSRF Failed: Sec-Fetch-Site is ${site}.`)
  }
}

// Only an origin that the settings name may send credentials: not "all origins", nor `null`, which any page can send.
const isTrusted = ({ cors }: Settings, origin: string) =>
  cors.allowCredentials &&
  origin !== 'null' &&
  (cors.allowedOrigins.includes(origin) ||
    cors.allowedOriginRegexes.some((pattern) => pattern.test(origin)))

const maxCookieAge = 400 * secondsPerDay // draft-ietf-httpbis-rfc6265bis §5.5
