// Checks of the servers that Gatehouse calls, and of those that call it with a secret.

import { checks, mustBeHttps } from './check-list.ts'
import type { Settings } from './parse.ts'
import { secretHeader } from './trusted-servers.ts'

const notInHeaders = /[^\x21-\x7e]/

/** What documents and templates have in place of a key. */
const placeholder =
  /\.\.|…|[<>[\]{}]|x{5}|\*{3}|your[-_]|change[-_]?me|placeholder|^re_(x{2,}|\d{1,10}|(api)?_?key_here)?$/i

export function checkResend({ resendApiKey: key, resendBaseUrl, development }: Settings): string[] {
  const must = 'it must be a key that you made at resend.com'
  return checks([
    [notInHeaders.test(key), `RESEND_API_KEY holds a character that no key has; ${must}`],
    [placeholder.test(key), `RESEND_API_KEY is a placeholder; ${must}`],
    [
      key !== '' && isResends(resendBaseUrl) && !key.startsWith('re_'),
      `RESEND_API_KEY does not begin with "re_"; ${must}`,
    ],
    mustBeHttps('RESEND_BASE_URL', resendBaseUrl, development),
  ])
}

/** Whether a URL is Resend's own, whose keys have one form. */
export const isResends = (address: string) =>
  URL.canParse(address) && /(^|\.)resend\.com$/.test(new URL(address).hostname)

/** Cloudflare's secrets for tests, which accept or refuse every token. */
const forTests = /^[123]x0{31}AA$/

export function checkTurnstile({ turnstile, rates, development }: Settings): string[] {
  const { secretKey, verifyUrl, requiredFor, afterFailures, timeout } = turnstile
  const must = 'it must be your widget’s'
  return checks([
    [timeout > 10, 'TURNSTILE_TIMEOUT must be at most 10s, since users wait for it'],
    [
      notInHeaders.test(secretKey),
      `TURNSTILE_SECRET_KEY holds a character that no key has; ${must}`,
    ],
    [
      !development && forTests.test(secretKey),
      `TURNSTILE_SECRET_KEY is one of Cloudflare’s for tests; ${must}`,
    ],
    [
      requiredFor.includes('login') && afterFailures > 0 && !rates.logIn,
      'TURNSTILE_REQUIRED_FOR with login requires THROTTLE_LOGIN, which counts the failures',
    ],
    mustBeHttps('TURNSTILE_VERIFY_URL', verifyUrl, development),
  ])
}

export function checkPwnedPasswords({ pwnedPasswords, development }: Settings): string[] {
  const { url, timeout } = pwnedPasswords
  return checks([
    mustBeHttps('PWNED_PASSWORDS_URL', url, development),
    [timeout > 10, 'PWNED_PASSWORDS_TIMEOUT must be at most 10s, since users wait for it'],
  ])
}

export function checkTrustedServers(settings: Settings): string[] {
  const { trustedServerSecrets: secrets, secretKey, signingKey, cors } = settings
  const isAllowed = cors.allowHeaders.some((name) => name.toLowerCase() === secretHeader)
  return checks([
    [
      secrets.some((secret) => notInHeaders.test(secret)),
      'TRUSTED_SERVER_SECRET holds a character that no header carries; write base64',
    ],
    [
      secrets.some((secret) => [secretKey, signingKey].includes(secret)),
      'TRUSTED_SERVER_SECRET must not be another key',
    ],
    [isAllowed, 'CORS_ALLOW_HEADERS must not hold X-Gatehouse-Secret: no browser may send it'],
  ])
}
