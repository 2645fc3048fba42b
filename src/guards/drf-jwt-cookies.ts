// drf-jwt's two cookies.

import type { Call } from '../context.ts'
import { checkOrigin, cookieValue, readCookie, setCookie } from '../http/cookies.ts'
import type { Settings } from '../settings/parse.ts'

/** The token in a cookie of ours, the impersonated one's first. @throws ApiError 403 for foreign requests */
export const readTokenCookie = (c: Call) => readCookie(c, ...cookieNames(c.var.settings))

/** Keeps a token for the browser, where the cookie is on. */
export function setTokenCookie(c: Call, name: string, token: string) {
  const { drfJwt } = c.var.settings
  if (name !== '') setCookie(c, name, token, { seconds: drfJwt.lifetime, ...attributesOf(drfJwt) })
}

/** Takes a token out of the browser that brought it. */
export function clearCookiesHolding(c: Call, token: string) {
  for (const name of cookieNames(c.var.settings)) {
    const gone = { seconds: 0, ...attributesOf(c.var.settings.drfJwt) }
    if (cookieValue(c, name) === token) setCookie(c, name, '', gone)
  }
}

/** @throws ApiError 403 where cookies are on and another site's page sent the request */
export function checkOriginWithCookies(c: Call) {
  if (cookieNames(c.var.settings).length > 0) checkOrigin(c)
}

const attributesOf = ({ cookieDomain, ...drfJwt }: Settings['drfJwt']) => ({
  path: drfJwt.cookiePath,
  secure: drfJwt.cookieSecure,
  sameSite: drfJwt.cookieSameSite,
  ...(cookieDomain !== '' && { domain: cookieDomain }),
})

const cookieNames = ({ drfJwt: { cookie, impersonationCookie } }: Settings) =>
  [impersonationCookie, cookie].filter((name) => name !== '')
