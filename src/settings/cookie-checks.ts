// Checks of the settings of cookies.

import { checks } from './check-list.ts'
import { missingOrigin } from './env.ts'
import type { Settings } from './parse.ts'

const named = ({ cookie, impersonationCookie }: Settings['drfJwt']) =>
  [
    ['JWT_AUTH_COOKIE', cookie],
    ['JWT_IMPERSONATION_COOKIE', impersonationCookie],
  ] as const

/** Browsers must accept the cookies, and must not send them in the clear. */
export function checkDrfJwtCookies({ drfJwt, publicUrl, development }: Settings): string[] {
  const { cookieDomain, cookiePath, cookieSecure, cookieSameSite } = drfJwt
  const { hostname, protocol } = new URL(publicUrl)
  const domain = cookieDomain.replace(/^\./, '').toLowerCase()
  const isOwnDomain =
    domain === '' ||
    publicUrl === missingOrigin ||
    hostname === domain ||
    hostname.endsWith(`.${domain}`)
  const isForHost = cookieSecure && cookiePath === '/' && domain === ''
  return checks([
    [
      !isOwnDomain,
      `JWT_AUTH_COOKIE_DOMAIN is "${cookieDomain}"; it must be PUBLIC_URL’s host or a domain above it`,
    ],
    [
      !/^\/[\x21-\x3a\x3c-\x7e]*$/.test(cookiePath),
      `JWT_AUTH_COOKIE_PATH is "${cookiePath}"; it must be a path, such as "/"`,
    ],
    [
      !cookieSecure && protocol === 'https:' && !development,
      'JWT_AUTH_COOKIE_SECURE must be true where PUBLIC_URL is https',
    ],
    [
      !cookieSecure && cookieSameSite === 'None',
      'JWT_AUTH_COOKIE_SAMESITE is None; it requires JWT_AUTH_COOKIE_SECURE',
    ],
    // RFC 6265bis §4.1.3
    ...named(drfJwt).flatMap(([name, cookie]): [boolean, string][] => [
      [
        /^__host-/i.test(cookie) && !isForHost,
        `${name} begins with __Host-; it requires https, the path "/" and no domain`,
      ],
      [
        /^__secure-/i.test(cookie) && !cookieSecure,
        `${name} begins with __Secure-; it requires https`,
      ],
    ]),
  ])
}

/** No other site may read the pair of cookies, and nothing else may have their names. */
export function checkAuthCookies({ authCookies, drfJwt, cors, publicUrl }: Settings): string[] {
  const { access, refresh, sameSite } = authCookies
  if (access === '') return []
  return checks([
    [
      cors.allowAllOrigins && cors.allowCredentials,
      'AUTH_COOKIES with CORS_ALLOW_CREDENTIALS requires CORS_ALLOW_ALL_ORIGINS to be false, and origins by name',
    ],
    [
      sameSite === 'None' && publicUrl.startsWith('http:'),
      'AUTH_COOKIE_SAMESITE is None; it requires PUBLIC_URL to be https',
    ],
    ...named(drfJwt).map(([name, cookie]): [boolean, string] => [
      [access, refresh].includes(cookie),
      `${name} is "${cookie}", which AUTH_COOKIES sets; it must be another`,
    ]),
  ])
}
