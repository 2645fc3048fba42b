// drf-jwt's two cookies: JWT_AUTH_COOKIE and JWT_IMPERSONATION_COOKIE.

import type { Call } from '../context.ts'
import { checkOrigin, cookieValue, readCookie, setCookie } from '../http/cookies.ts'
import type { Settings } from '../settings/parse.ts'

/** The token in a cookie, the impersonation cookie first. @throws ApiError 403 if another site's page sent it */
export const readDrfJwtCookie = (c: Call) => readCookie(c, ...cookieNames(c.var.settings))

/** Sets the cookie of this name; an empty name is a cookie that is off. */
export function setDrfJwtCookie(c: Call, name: string, token: string) {
  const { drfJwt } = c.var.settings
  if (name !== '')
    setCookie(c, name, token, { seconds: drfJwt.lifetime, ...cookieAttributes(drfJwt) })
}

/** Clears each cookie of the request that holds this token. */
export function clearDrfJwtCookies(c: Call, token: string) {
  for (const name of cookieNames(c.var.settings)) {
    const expired = { seconds: 0, ...cookieAttributes(c.var.settings.drfJwt) }
    if (cookieValue(c, name) === token) setCookie(c, name, '', expired)
  }
}

/** @throws ApiError 403 if one of the cookies is on, and another site's page sent the request */
export function checkDrfJwtOrigin(c: Call) {
  if (cookieNames(c.var.settings).length > 0) checkOrigin(c)
}

const cookieAttributes = ({ cookieDomain, ...drfJwt }: Settings['drfJwt']) => ({
  path: drfJwt.cookiePath,
  secure: drfJwt.cookieSecure,
  sameSite: drfJwt.cookieSameSite,
  ...(cookieDomain !== '' && { domain: cookieDomain }),
})

const cookieNames = ({ drfJwt: { cookie, impersonationCookie } }: Settings) =>
  [impersonationCookie, cookie].filter((name) => name !== '')
