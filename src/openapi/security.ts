// The credentials that a deployment accepts, as security schemes.

import type { Settings } from '../settings/parse.ts'
import type { Operation, RequiredCaller } from './operations.ts'

type SecurityScheme = Record<string, string>

/** By name. */
export function securitySchemes(settings: Settings): Record<string, SecurityScheme> {
  const { authHeaderName, authHeaderTypes, drfJwt, authCookies, disabledRoutes } = settings
  const inHeader = (scheme: string, what: string): SecurityScheme =>
    scheme === 'Bearer' && authHeaderName === 'authorization'
      ? { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: what }
      : {
          type: 'apiKey',
          in: 'header',
          name: authHeaderName === 'authorization' ? 'Authorization' : authHeaderName,
          description: `\`${scheme} \` and ${what[0]?.toLowerCase()}${what.slice(1)}`,
        }
  const cookie = (name: string, what: string): SecurityScheme => ({
    type: 'apiKey',
    in: 'cookie',
    name,
    description: what,
  })
  return {
    ...Object.fromEntries(
      authHeaderTypes.map((scheme) => [scheme, inHeader(scheme, 'An access token of Simple JWT.')]),
    ),
    ...(drfJwt.enabled &&
      !authHeaderTypes.includes(drfJwt.prefix) && {
        [drfJwt.prefix]: inHeader(drfJwt.prefix, 'A token of drf-jwt.'),
      }),
    ...(!disabledRoutes.includes('authtoken') && {
      Token: {
        type: 'apiKey',
        in: 'header',
        name: 'Authorization',
        description: '`Token ` and a key of authtoken.',
      },
    }),
    ...(authCookies.access !== '' && {
      accessCookie: cookie(authCookies.access, 'The access token, as a login sets it.'),
      refreshCookie: cookie(authCookies.refresh, 'The refresh token, as a login sets it.'),
    }),
    ...(drfJwt.enabled &&
      drfJwt.cookie !== '' && { drfJwtCookie: cookie(drfJwt.cookie, 'A token of drf-jwt.') }),
  }
}

/** The alternatives of credentials; an empty one means that none is required. */
export function securityOf(settings: Settings, { caller, body, cookies }: Operation) {
  const names = Object.keys(securitySchemes(settings))
  const ofUsers = names.filter((name) => name !== 'refreshCookie').map(alternative)
  const byCookie = cookies && body && 'refresh' in body && names.includes('refreshCookie')
  const byCaller: Record<RequiredCaller, object[]> = {
    anyone: byCookie ? [{}, alternative('refreshCookie')] : [],
    'anyone, checked': [{}, ...ofUsers],
    user: ofUsers,
    staff: ofUsers,
  }
  return byCaller[caller]
}

const alternative = (name: string) => ({ [name]: [] })
