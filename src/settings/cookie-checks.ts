// What is wrong with the settings of cookies.

import { missingOrigin } from './env.ts'
import type { Settings } from './parse.ts'

/** What browsers would not keep, or would send in the clear. */
export function checkDrfJwtCookies({ drfJwt, publicUrl, development }: Settings): string[] {
  const { cookie, impersonationCookie, cookieDomain, cookiePath, cookieSecure } = drfJwt
  const { hostname, protocol } = new URL(publicUrl)
  const domain = cookieDomain.replace(/^\./, '').toLowerCase()
  const isOurs =
    domain === '' ||
    publicUrl === missingOrigin ||
    hostname === domain ||
    hostname.endsWith(`.${domain}`)
  const isWhole = cookieSecure && cookiePath === '/' && domain === ''
  const prefixed = [
    ['JWT_AUTH_COOKIE', cookie],
    ['JWT_IMPERSONATION_COOKIE', impersonationCookie],
  ] as const
  return [
    ...(isOurs
      ? []
      : [`JWT_AUTH_COOKIE_DOMAIN is "${cookieDomain}"; it wants PUBLIC_URL’s host or above`]),
    ...(/^\/[\x21-\x3a\x3c-\x7e]*$/.test(cookiePath)
      ? []
      : [`JWT_AUTH_COOKIE_PATH is "${cookiePath}"; it wants a path, as "/"`]),
    ...(!cookieSecure && protocol === 'https:' && !development
      ? ['JWT_AUTH_COOKIE_SECURE is false; it wants to be true where PUBLIC_URL is https']
      : []),
    ...(!cookieSecure && drfJwt.cookieSameSite === 'None'
      ? ['JWT_AUTH_COOKIE_SAMESITE is None; it wants JWT_AUTH_COOKIE_SECURE']
      : []),
    // RFC 6265bis §4.1.3
    ...prefixed
      .filter(([, name]) => /^__host-/i.test(name) && !isWhole)
      .map(([name]) => `${name} begins with __Host-; it wants https, the path "/" and no domain`),
    ...prefixed
      .filter(([, name]) => /^__secure-/i.test(name) && !cookieSecure)
      .map(([name]) => `${name} begins with __Secure-; it wants https`),
  ]
}

/** Whom the pair of cookies would be shown to, and what else would be kept under their names. */
export function checkAuthCookies({ authCookies, drfJwt, cors, publicUrl }: Settings): string[] {
  if (authCookies.access === '') return []
  const own = [authCookies.access, authCookies.refresh]
  const named = [
    ['JWT_AUTH_COOKIE', drfJwt.cookie],
    ['JWT_IMPERSONATION_COOKIE', drfJwt.impersonationCookie],
  ] as const
  return [
    ...(cors.allowAllOrigins && cors.allowCredentials
      ? [
          'AUTH_COOKIES and CORS_ALLOW_CREDENTIALS are true; they want CORS_ALLOW_ALL_ORIGINS false, and origins by name',
        ]
      : []),
    ...(authCookies.sameSite === 'None' && publicUrl.startsWith('http:')
      ? ['AUTH_COOKIE_SAMESITE is None; it wants PUBLIC_URL to be https']
      : []),
    ...named
      .filter(([, name]) => own.includes(name))
      .map(([name, value]) => `${name} is "${value}", which AUTH_COOKIES sets; it wants another`),
  ]
}
