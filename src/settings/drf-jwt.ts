// Settings of djangorestframework-jwt and drf-jwt. Keys and algorithm are Simple JWT's.

import { secondsPerDay } from '../time.ts'
import type { Reader } from './env.ts'

/** What the settings of drf-jwt take from others. */
interface Others {
  publicUrl: string
  urlPrefix: string
  leeway: number
  audience: string[]
  issuer: string
}

export function drfJwtSettings(read: Reader, others: Others) {
  /** Whether the endpoints of djangorestframework-jwt and drf-jwt exist, and their tokens are accepted. @django ours */
  const enabled = read.boolean('DRF_JWT', false)
  /** The package whose answers Gatehouse gives: djangorestframework-jwt 1.11, or drf-jwt 1.17. @django ours */
  const packageName = read.choice(
    'DRF_JWT_PACKAGE',
    ['djangorestframework-jwt', 'drf-jwt'],
    'djangorestframework-jwt',
  )
  const isFork = packageName === 'drf-jwt'
  return {
    enabled,
    packageName,
    /** How long a token is valid. @django same */
    lifetime: read.duration('JWT_EXPIRATION_DELTA', 5 * 60),
    /** Whether a token can be exchanged for another one. @django same */
    allowRefresh: read.boolean('JWT_ALLOW_REFRESH', isFork),
    /** How long after the login a token can be exchanged. @django same */
    refreshLifetime: read.duration('JWT_REFRESH_EXPIRATION_DELTA', 7 * secondsPerDay),
    /** The scheme of the header. @django same */
    prefix: read.text('JWT_AUTH_HEADER_PREFIX', isFork ? 'Bearer' : 'JWT'),
    ...cookies(read, isFork, others),
    /** As `LEEWAY`, for these tokens. @django same */
    leeway: read.duration('JWT_LEEWAY', others.leeway, { allowZero: true }),
    /** As `AUDIENCE`, for these tokens. @django same */
    audience: read.list('JWT_AUDIENCE', others.audience),
    /** As `ISSUER`, for these tokens. @django same */
    issuer: read.text('JWT_ISSUER', others.issuer),
    /** Whether a token names the user by `user_id` too. @django same */
    namesById: read.boolean('JWT_PAYLOAD_INCLUDE_USER_ID', true),
  }
}

function cookies(read: Reader, isFork: boolean, { publicUrl, urlPrefix }: Others) {
  /** The cookie that also holds the token. Empty: none. @django same */
  const cookie = read.text('JWT_AUTH_COOKIE', '')
  /** The cookie that also holds an impersonation token. Empty: none. Only drf-jwt has it. @django same */
  const impersonationCookie = isFork ? read.text('JWT_IMPERSONATION_COOKIE', '') : ''
  return {
    cookie,
    impersonationCookie,
    /**
     * The domain of these cookies: the host of `PUBLIC_URL`, or a domain above it. Empty: that host alone. The settings of
     * cookies also apply to djangorestframework-jwt's cookie.
     * @django same
     */
    cookieDomain: read.text('JWT_AUTH_COOKIE_DOMAIN', ''),
    /** The path of these cookies. `/` for a name with `__Host-`. @django same */
    cookiePath: read.text(
      'JWT_AUTH_COOKIE_PATH',
      cookiePath(urlPrefix, [cookie, impersonationCookie]),
    ),
    /** Whether these cookies go over https alone. With an https `PUBLIC_URL` production requires it. @django same */
    cookieSecure: read.boolean('JWT_AUTH_COOKIE_SECURE', publicUrl.startsWith('https:')),
    /** `SameSite` of these cookies. @django same */
    cookieSameSite: read.choice('JWT_AUTH_COOKIE_SAMESITE', ['Lax', 'Strict', 'None'], 'Lax'),
  }
}

/** Below URL_PREFIX, unless a name begins with `__Host-`: then browsers accept no other path than "/". */
const cookiePath = (urlPrefix: string, names: string[]): string =>
  urlPrefix === '' || names.some((name) => /^__host-/i.test(name)) ? '/' : urlPrefix
