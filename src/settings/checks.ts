// Checks of settings that are valid alone, but not together or not in production.

import { languageCodes, languageFor } from '../i18n/translations.ts'
import { checks } from './check-list.ts'
import { checkAuthCookies, checkDrfJwtCookies } from './cookie-checks.ts'
import { missingOrigin } from './env.ts'
import { checkClaims, checkIssuer, checkKeys } from './key-checks.ts'
import type { Settings } from './parse.ts'
import { reservedNameErrors } from './reserved-names.ts'
import type { RouteGroup } from './route-groups.ts'
import {
  checkPwnedPasswords,
  checkResend,
  checkTrustedServers,
  checkTurnstile,
} from './service-checks.ts'

/** A sentence for each error. */
export const checkSettings = (settings: Settings): string[] => [
  ...checkLinks(settings),
  ...(settings.development ? [] : checkProduction(settings)),
  ...checkResend(settings),
  ...checkTrustedServers(settings),
  ...checkTurnstile(settings),
  ...checkDrfJwt(settings),
  ...checkDrfJwtCookies(settings),
  ...checkAuthCookies(settings),
  ...checkOthers(settings),
  ...checkPwnedPasswords(settings),
  ...checkKeys(settings),
  ...checkClaims(settings),
  ...checkIssuer(settings),
  ...reservedNameErrors(settings),
]

const isOff = ({ disabledRoutes }: Settings, group: RouteGroup) => disabledRoutes.includes(group)

function checkOthers(settings: Settings): string[] {
  const { languageCode, rotateRefreshTokens, refreshTokenReuseInterval, refreshTokenLifetime } =
    settings
  const registersKeys = settings.registerTokens === 'authtoken' && !isOff(settings, 'register')
  return checks([
    [
      settings.useI18n && languageFor(languageCode) === undefined,
      `LANGUAGE_CODE is ${JSON.stringify(languageCode)}; it must be one of ${languageCodes().join(', ')}`,
    ],
    [settings.resendTimeout >= 60, 'RESEND_TIMEOUT must be less than 60s, the delivery lease'],
    [settings.d1Timeout > 30, 'D1_TIMEOUT must be at most 30s, since D1 itself takes no longer'],
    [
      registersKeys && isOff(settings, 'authtoken'),
      'REGISTER_TOKENS must not be authtoken while DISABLED_ROUTES holds it: no key is accepted',
    ],
    [
      rotateRefreshTokens && refreshTokenReuseInterval > refreshTokenLifetime,
      'REFRESH_TOKEN_REUSE_INTERVAL must be at most REFRESH_TOKEN_LIFETIME',
    ],
  ])
}

function checkDrfJwt({ drfJwt, userIdClaim }: Settings): string[] {
  const { enabled, prefix, cookie, impersonationCookie } = drfJwt
  const isWord = (text: string) => !/[^\w!#$%&'*+.^`|~-]/.test(text) // RFC 9110 §5.6.2
  const mustBeWord = (name: string, value: string): [boolean, string] => [
    !isWord(value),
    `${name} is "${value}"; it must be one word`,
  ]
  return checks([
    mustBeWord('JWT_AUTH_HEADER_PREFIX', prefix),
    mustBeWord('JWT_AUTH_COOKIE', cookie),
    mustBeWord('JWT_IMPERSONATION_COOKIE', impersonationCookie),
    [
      cookie !== '' && cookie === impersonationCookie,
      'JWT_IMPERSONATION_COOKIE must not be JWT_AUTH_COOKIE',
    ],
    [
      enabled && userIdClaim === 'username',
      'USER_ID_CLAIM must not be "username" with DRF_JWT, whose own tokens name the user in it',
    ],
  ])
}

function checkProduction(settings: Settings): string[] {
  const { resendApiKey, secretKey, signingKey, publicUrl, appUrl } = settings
  const isInsecure = (key: string) => key.startsWith('django-insecure-')
  const insecure = 'is one of Django’s insecure defaults; it must be 32 random bytes'
  return checks([
    [
      resendApiKey === '',
      'RESEND_API_KEY is missing; it must be a key that you made at resend.com',
    ],
    [isInsecure(secretKey), `SECRET_KEY ${insecure}`],
    [isInsecure(signingKey), `SIGNING_KEY ${insecure}`],
    [
      publicUrl.startsWith('http:') && publicUrl !== missingOrigin,
      `PUBLIC_URL is "${publicUrl}"; it must be https`,
    ],
    [appUrl.startsWith('http:'), `APP_URL is "${appUrl}"; it must be https`],
  ])
}

/** Every link in mail must lead to a page: ours, or the deployer's. */
function checkLinks(settings: Settings): string[] {
  if (!isOff(settings, 'pages')) return []
  const { sendActivationEmail, activationUrl, passwordResetConfirmUrl } = settings
  const must = 'is missing; it must be a page of yours, since DISABLED_ROUTES holds pages'
  return checks([
    [sendActivationEmail && activationUrl === '', `ACTIVATION_URL ${must}`],
    [
      !isOff(settings, 'password') && passwordResetConfirmUrl === '',
      `PASSWORD_RESET_CONFIRM_URL ${must}`,
    ],
  ])
}
