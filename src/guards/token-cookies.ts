// AUTH_COOKIES: the tokens of a login in two cookies that no script can read, as well as in the body. A token that a
// request has in its body or in a header comes before its cookies.

import { createMiddleware } from 'hono/factory'
import { refreshFields, verifyFields } from '../bodies/tokens.ts'
import type { App, Call } from '../context.ts'
import { checkOrigin, cookieValue, readCookie, setCookie } from '../http/cookies.ts'
import { invalid } from '../http/errors.ts'
import { fields } from '../http/fields.ts'
import type { IssuedTokens } from '../sessions/session-tokens.ts'
import { epochSeconds } from '../time.ts'

/** Comes before a handler that sets our cookies. If AUTH_COOKIES is on, it refuses a request of another site's page. */
export const csrfProtection = createMiddleware<App>(async function csrfProtection(c, next) {
  if (cookiesEnabled(c)) checkOrigin(c)
  await next()
})

/** Clears our cookies when the response has one of these statuses. For a handler that may revoke a login. */
export const clearTokenCookiesOn = (...statuses: number[]) =>
  createMiddleware<App>(async function clearTokenCookiesOn(c, next) {
    await next()
    if (statuses.includes(c.res.status)) clearTokenCookies(c)
  })

/** Clears those of our cookies that the request has. */
export function clearTokenCookies(c: Call) {
  const { access, refresh, sameSite } = c.var.settings.authCookies
  for (const name of [access, refresh]) {
    if (cookieValue(c, name) !== undefined) setCookie(c, name, '', { seconds: 0, sameSite })
  }
}

/** Sets a cookie for each new token, for as long as the token is valid. */
export function setTokenCookies(c: Call, { tokens, expiry }: IssuedTokens) {
  if (!cookiesEnabled(c)) return
  const { sameSite, ...names } = c.var.settings.authCookies
  for (const type of ['access', 'refresh'] as const) {
    const [token, exp] = [tokens[type], expiry[type]]
    if (token === undefined || exp === undefined) continue
    setCookie(c, names[type], token, { seconds: exp - epochSeconds(c.var.now), sameSite })
  }
}

/** The access token in its cookie, if no header has a credential. @throws ApiError 403 if another site's page sent it */
export function readAccessCookie(c: Call): string | undefined {
  if (!cookiesEnabled(c) || hasAuthorizationHeader(c)) return undefined
  c.header('Vary', 'Cookie', { append: true })
  return readCookie(c, c.var.settings.authCookies.access)
}

/** The refresh token in its cookie. @throws ApiError 403 if another site's page sent it */
export const readRefreshCookie = (c: Call) => readOwnCookie(c, c.var.settings.authCookies.refresh)

/** The refresh token in the body, or else in its cookie. @throws ApiError 400 if there is neither */
export async function readRefreshToken(c: Call): Promise<string> {
  const { refresh = readRefreshCookie(c) } = await fields(c, refreshFields)
  if (refresh === undefined) throw invalid({ refresh: ['This field is required.'] })
  return refresh
}

/**
 * The token in the body, or else the access token in its cookie. No header counts, as in Simple JWT's own views.
 * @throws ApiError 400 if there is neither
 */
export async function readTokenToVerify(c: Call): Promise<string> {
  const { access } = c.var.settings.authCookies
  const { token = readOwnCookie(c, access) } = await fields(c, verifyFields)
  if (token === undefined) throw invalid({ token: ['This field is required.'] })
  return token
}

function readOwnCookie(c: Call, name: string): string | undefined {
  const token = readCookie(c, name)
  if (token !== undefined) c.header('Vary', 'Cookie', { append: true })
  return token
}

/** Whether the request has AUTH_HEADER_NAME or Authorization, in any scheme. */
export const hasAuthorizationHeader = (c: Call) =>
  [c.var.settings.authHeaderName, 'authorization'].some((name) => c.req.header(name) !== undefined)

const cookiesEnabled = (c: Call) => c.var.settings.authCookies.access !== ''
