// What is wrong with settings that are sound each by itself.

import { languageFor, languages } from '../i18n/translations.ts'
import { checkAuthCookies, checkDrfJwtCookies } from './cookie-checks.ts'
import { isTrustworthy, missingOrigin } from './env.ts'
import type { Settings } from './parse.ts'
import { checkResend } from './resend.ts'
import { reservedNameErrors } from './reserved-names.ts'
import type { RouteGroup } from './route-groups.ts'
import { secretHeader } from './trusted-servers.ts'
import { checkUserModel } from './user-model.ts'

export function checkSettings(settings: Settings): string[] {
  const { resendTimeout, refreshTokenReuseInterval, refreshTokenLifetime } = settings
  const isOff = (family: RouteGroup) => settings.disabledRoutes.includes(family)
  return [
    ...checkLinks(settings),
    ...(settings.development ? [] : checkProduction(settings)),
    ...checkResend(settings),
    ...checkTrustedServers(settings),
    ...checkTurnstile(settings),
    ...checkDrfJwt(settings),
    ...checkDrfJwtCookies(settings),
    ...checkAuthCookies(settings),
    ...(settings.useI18n && languageFor(settings.languageCode) === undefined
      ? [
          `LANGUAGE_CODE is ${JSON.stringify(settings.languageCode)}; it wants one of ${languages.join(', ')}`,
        ]
      : []),
    ...(resendTimeout >= 60
      ? ['RESEND_TIMEOUT is a minute or more; it wants less than the minute a mail is taken for']
      : []),
    ...(settings.d1Timeout > 30
      ? ['D1_TIMEOUT is longer than 30 seconds; it wants less, since D1 itself takes no longer']
      : []),
    ...checkPwnedPasswords(settings),
    ...(settings.registerTokens === 'authtoken' && !isOff('register') && isOff('authtoken')
      ? ['REGISTER_TOKENS must not be authtoken while DISABLED_ROUTES holds it: no key is accepted']
      : []),
    ...(settings.rotateRefreshTokens && refreshTokenReuseInterval > refreshTokenLifetime
      ? ['REFRESH_TOKEN_REUSE_INTERVAL is longer than REFRESH_TOKEN_LIFETIME; it wants seconds']
      : []),
    ...checkKeys(settings),
    ...checkClaims(settings),
    ...checkIssuer(settings),
    ...reservedNameErrors(settings),
    ...checkUserModel(),
  ]
}

const pem = /-----BEGIN [A-Z0-9 ]+-----/

/** What can be told of keys without importing them; tokens/signing.ts tells the rest. */
function checkKeys({ algorithm, signingKey, verifyingKey, signingKeys }: Settings): string[] {
  if (signingKey === '' && signingKeys !== '') return []
  const isPem = pem.test(signingKey)
  if (algorithm.startsWith('HS')) {
    return isPem
      ? [`SIGNING_KEY is PEM; ALGORITHM ${algorithm} wants a secret of random bytes`]
      : []
  }
  return [
    ...(isPem ? [] : [`SIGNING_KEY is no PEM; ALGORITHM ${algorithm} wants a private key in PEM`]),
    ...(pem.test(verifyingKey)
      ? []
      : [`VERIFYING_KEY is no PEM; ALGORITHM ${algorithm} wants the public key in PEM`]),
  ]
}

/** Whom JWK_URL would let in beyond what is meant. */
function checkIssuer({ jwkUrl, algorithm, audience, issuer, development }: Settings): string[] {
  if (jwkUrl === '') return []
  return [
    ...(isTrustworthy(jwkUrl, development)
      ? []
      : ['JWK_URL wants https and no password, as "https://issuer.example.com/jwks.json"']),
    ...(issuer === '' ? ['JWK_URL wants ISSUER, so that nobody else’s tokens are let in'] : []),
    ...(audience.length === 0 ? ['JWK_URL wants AUDIENCE, so that tokens are meant for us'] : []),
    ...(algorithm.startsWith('HS') ? ['JWK_URL wants an ALGORITHM with public keys'] : []),
  ]
}

function checkPwnedPasswords({ pwnedPasswords, development }: Settings): string[] {
  const { url, timeout } = pwnedPasswords
  return [
    ...(isTrustworthy(url, development)
      ? []
      : ['PWNED_PASSWORDS_URL wants https and no password, as "https://api.pwnedpasswords.com"']),
    ...(timeout > 10
      ? [
          'PWNED_PASSWORDS_TIMEOUT is longer than 10 seconds; it wants less, since people wait for it',
        ]
      : []),
  ]
}

/** Claims that would stand in each other's place. */
function checkClaims(settings: Settings): string[] {
  const named = [
    ['USER_ID_CLAIM', settings.userIdClaim],
    ['TOKEN_TYPE_CLAIM', settings.tokenTypeClaim],
    ['JTI_CLAIM', settings.jtiClaim],
    ['REVOKE_TOKEN_CLAIM', settings.revokeTokenClaim],
    ['SLIDING_TOKEN_REFRESH_EXP_CLAIM', settings.slidingTokenRefreshExpClaim],
  ] as const
  const taken = new Set(['exp', 'iat', 'nbf', 'aud', 'iss', 'sid', 'counter'])
  return named.flatMap(([name, claim]) => {
    const isFree = !taken.has(claim)
    taken.add(claim)
    return isFree ? [] : [`${name} is "${claim}"; it wants a claim that nothing else is written in`]
  })
}

function checkDrfJwt({ drfJwt, userIdClaim }: Settings): string[] {
  const { enabled, prefix, cookie, impersonationCookie } = drfJwt
  const named = [
    ['JWT_AUTH_HEADER_PREFIX', prefix],
    ['JWT_AUTH_COOKIE', cookie],
    ['JWT_IMPERSONATION_COOKIE', impersonationCookie],
  ] as const
  return [
    ...named
      .filter(([, name]) => /[^\w!#$%&'*+.^`|~-]/.test(name)) // RFC 9110 §5.6.2
      .map(([name, value]) => `${name} is "${value}"; it wants one word`),
    ...(cookie !== '' && cookie === impersonationCookie
      ? ['JWT_IMPERSONATION_COOKIE is JWT_AUTH_COOKIE; it wants a name of its own']
      : []),
    ...(enabled && userIdClaim === 'username'
      ? ['USER_ID_CLAIM must not be "username" with DRF_JWT, whose own tokens name the user in it']
      : []),
  ]
}

function checkProduction(settings: Settings): string[] {
  const keys = [
    ['SECRET_KEY', settings.secretKey],
    ['SIGNING_KEY', settings.signingKey],
  ] as const
  return [
    ...(settings.resendApiKey === ''
      ? ['RESEND_API_KEY is missing; it wants a key of resend.com, which sends the mail']
      : []),
    ...keys
      .filter(([, key]) => key.startsWith('django-insecure-'))
      .map(([name]) => `${name} is one of Django’s insecure defaults; it wants 32 random bytes`),
    ...(settings.publicUrl.startsWith('http:') && settings.publicUrl !== missingOrigin
      ? [`PUBLIC_URL is "${settings.publicUrl}"; it wants https`]
      : []),
    ...(settings.appUrl.startsWith('http:')
      ? [`APP_URL is "${settings.appUrl}"; it must be https`]
      : []),
  ]
}

/** The pages that mail leads to, switched off with none in their place. */
function checkLinks(settings: Settings): string[] {
  const isOff = (family: RouteGroup) => settings.disabledRoutes.includes(family)
  if (!isOff('forms')) return []
  const { sendActivationEmail, activationUrl, passwordResetConfirmUrl } = settings
  const noPage = 'is missing; it wants a page of yours, since DISABLED_ROUTES holds forms'
  return [
    ...(sendActivationEmail && activationUrl === '' ? [`ACTIVATION_URL ${noPage}`] : []),
    ...(!isOff('password') && passwordResetConfirmUrl === ''
      ? [`PASSWORD_RESET_CONFIRM_URL ${noPage}`]
      : []),
  ]
}

/** Cloudflare's own, which let everybody in or nobody. */
const forTests = /^[123]x0{31}AA$/

function checkTurnstile({ turnstile, rates, development }: Settings): string[] {
  const { secretKey, verifyUrl, on, afterFailures, timeout } = turnstile
  return [
    ...(timeout > 10
      ? ['TURNSTILE_TIMEOUT is longer than 10 seconds; it wants less, since people wait for it']
      : []),
    ...(/[^\x21-\x7e]/.test(secretKey)
      ? ['TURNSTILE_SECRET_KEY holds a character that no key has; it wants your widget’s']
      : []),
    ...(!development && forTests.test(secretKey)
      ? ['TURNSTILE_SECRET_KEY is one of Cloudflare’s for tests; it wants your widget’s']
      : []),
    ...(on.includes('login') && afterFailures > 0 && !rates.logIn
      ? ['TURNSTILE_REQUIRED_FOR holds login; it wants THROTTLE_LOGIN, which counts the failures']
      : []),
    ...(isTrustworthy(verifyUrl, development)
      ? []
      : ['TURNSTILE_VERIFY_URL wants https and no password: the secret goes there']),
  ]
}

function checkTrustedServers(settings: Settings): string[] {
  const { trustedServerSecrets, secretKey, signingKey, cors } = settings
  const isKey = trustedServerSecrets.some((secret) => [secretKey, signingKey].includes(secret))
  const isInvited = cors.allowHeaders.some((name) => name.toLowerCase() === secretHeader)
  return [
    ...(isKey ? ['TRUSTED_SERVER_SECRET is another key too; it must be a secret of its own'] : []),
    ...(isInvited
      ? [
          'CORS_ALLOW_HEADERS holds X-Gatehouse-Secret; no browser must send it, so it must not be there',
        ]
      : []),
  ]
}
