// drf-jwt's two cookies. A browser sends them unasked: so a request that reads or sets one is refused when
// `Origin` or `Sec-Fetch-Site` says that another site sent it, which the originals never ask.

import type { Context } from 'hono'
import { generateCookie } from 'hono/cookie'
import { parse } from 'hono/utils/cookie'
import type { Call } from '../context.ts'
import type { Settings } from '../settings.ts'
import { forbidden } from './errors.ts'

type Answering = Call & Pick<Context, 'header'>

/** The token in a cookie of ours, the impersonated one's first. @throws ApiError 403 for foreign requests */
export function tokenInCookie(c: Call): string | undefined {
  const name = names(c.var.settings).find((name) => cookieIn(c, name))
  if (name === undefined) return undefined
  refuseForeign(c)
  return cookieIn(c, name)
}

/** Keeps a token for the browser, where the cookie is on. */
export function keepInCookie(c: Answering, name: string, token: string) {
  const { settings, now } = c.var
  if (name === '') return
  const maxAge = Math.floor(Math.min(settings.drfJwt.lifetime, longest))
  const expires = new Date(now.getTime() + maxAge * 1000)
  put(c, name, token, { maxAge, expires })
}

/** Takes a token out of the browser that brought it. */
export function dropCookiesWith(c: Answering, token: string) {
  const { settings } = c.var
  for (const name of names(settings)) {
    if (cookieIn(c, name) === token) put(c, name, '', { maxAge: 0, expires: new Date(0) })
  }
}

/** @throws ApiError 403 where cookies are on and another site's page sent the request */
export function refuseForeignWhereCookiesAre(c: Call) {
  if (names(c.var.settings).length > 0) refuseForeign(c)
}

function refuseForeign(c: Call) {
  const { settings } = c.var
  const origin = c.req.header('origin')
  if (origin !== undefined && isTrusted(settings, origin)) return
  if (origin !== undefined && origin !== new URL(settings.publicUrl).origin) {
    const reason = `Origin checking failed - ${origin} does not match any trusted origins.`
    throw forbidden(`CSRF Failed: ${reason}`)
  }
  const site = c.req.header('sec-fetch-site') ?? 'none'
  if (site !== 'same-origin' && site !== 'none') {
    throw forbidden(`CSRF Failed: Sec-Fetch-Site is ${site}.`)
  }
}

// Who may send credentials by name; "all origins" and the origin `null`, which anybody can have, are no names.
const isTrusted = ({ cors }: Settings, origin: string) =>
  cors.allowCredentials &&
  origin !== 'null' &&
  (cors.allowedOrigins.includes(origin) ||
    cors.allowedOriginRegexes.some((pattern) => pattern.test(origin)))

const names = ({ drfJwt: { cookie, impersonationCookie } }: Settings) =>
  [impersonationCookie, cookie].filter((name) => name !== '')

const cookieIn = (c: Pick<Call, 'req'>, name: string): string | undefined =>
  parse(c.req.header('cookie') ?? '', name)[name]

function put(c: Answering, name: string, token: string, end: { maxAge: number; expires: Date }) {
  const { cookieDomain, cookiePath, cookieSecure, cookieSameSite } = c.var.settings.drfJwt
  const cookie = generateCookie(name, token, {
    ...{ path: cookiePath, httpOnly: true, sameSite: cookieSameSite, secure: cookieSecure },
    ...(cookieDomain !== '' && { domain: cookieDomain }),
    ...end,
  })
  c.header('Set-Cookie', cookie, { append: true })
}

const longest = 400 * 24 * 60 * 60 // draft-ietf-httpbis-rfc6265bis §5.5
