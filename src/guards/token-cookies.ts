// AUTH_COOKIES: the pair of a log-in in two cookies that no script can read, beside the body's. What a request
// says itself, in its body or in a header, goes before them.

import { createMiddleware } from 'hono/factory'
import * as v from 'valibot'
import type { App, Call } from '../context.ts'
import { checkOrigin, cookieValue, readCookie, setCookie } from '../http/cookies.ts'
import { invalid } from '../http/errors.ts'
import { fields, text } from '../http/fields.ts'
import type { IssuedTokens } from '../sessions/session-tokens.ts'
import { epochSeconds } from '../time.ts'

/** Stands before what sets our cookies: where they are on, another site's page is refused. */
export const csrfProtection = createMiddleware<App>(async function ownPage(c, next) {
  if (cookiesEnabled(c)) checkOrigin(c)
  await next()
})

/** Stands before what may end a log-in: with these answers, the browser that brought our cookies loses them. */
export const clearTokenCookiesOn = (...statuses: number[]) =>
  createMiddleware<App>(async function dropCookiesAfter(c, next) {
    await next()
    if (statuses.includes(c.res.status)) clearTokenCookies(c)
  })

export function clearTokenCookies(c: Call) {
  const { access, refresh, sameSite } = c.var.settings.authCookies
  for (const name of [access, refresh]) {
    if (cookieValue(c, name) !== undefined) setCookie(c, name, '', { seconds: 0, sameSite })
  }
}

/** Keeps tokens for the browser, each for as long as it lives; a refresh token where there is a new one. */
export function setTokenCookies(c: Call, { tokens, expiry }: IssuedTokens) {
  if (!cookiesEnabled(c)) return
  const { sameSite, ...names } = c.var.settings.authCookies
  for (const type of ['access', 'refresh'] as const) {
    const [token, exp] = [tokens[type], expiry[type]]
    if (token === undefined || exp === undefined) continue
    setCookie(c, names[type], token, { seconds: exp - epochSeconds(c.var.now), sameSite })
  }
}

/** The access token in its cookie, where no header says who calls. @throws ApiError 403 for foreign requests */
export function readAccessCookie(c: Call): string | undefined {
  if (!cookiesEnabled(c) || hasAuthorizationHeader(c)) return undefined
  c.header('Vary', 'Cookie', { append: true })
  return readCookie(c, c.var.settings.authCookies.access)
}

/** The refresh token in its cookie. @throws ApiError 403 for foreign requests */
export function readRefreshCookie(c: Call): string | undefined {
  const token = readCookie(c, c.var.settings.authCookies.refresh)
  if (token !== undefined) c.header('Vary', 'Cookie', { append: true })
  return token
}

/** The refresh token in the body, or without one that in the cookie. @throws ApiError 400 for neither */
export async function readRefreshToken(c: Call): Promise<string> {
  const { refresh = readRefreshCookie(c) } = await fields(c, { refresh: v.optional(text()) })
  if (refresh === undefined) throw invalid({ refresh: ['This field is required.'] })
  return refresh
}

/** The token in the body, or without one the access token in its cookie. @throws ApiError 400 for neither */
export async function readTokenSent(c: Call): Promise<string> {
  const { token = accessBesideHeaders(c) } = await fields(c, { token: v.optional(text()) })
  if (token === undefined) throw invalid({ token: ['This field is required.'] })
  return token
}

/** As Simple JWT's own views look at no header, this one does not either. @throws ApiError 403 for foreign requests */
function accessBesideHeaders(c: Call): string | undefined {
  const token = readCookie(c, c.var.settings.authCookies.access)
  if (token !== undefined) c.header('Vary', 'Cookie', { append: true })
  return token
}

/** Whether a header says who calls, in whatever scheme. */
export const hasAuthorizationHeader = (c: Call) =>
  [c.var.settings.authHeaderName, 'authorization'].some((name) => c.req.header(name) !== undefined)

const cookiesEnabled = (c: Call) => c.var.settings.authCookies.access !== ''
