// Where mail is handed over, and with which key.

import { isTrustworthy } from './env.ts'
import type { Settings } from './parse.ts'

/** As documents and templates have them in place of a key. */
const placeholder =
  /\.\.|…|[<>[\]{}]|x{5}|\*{3}|your[-_]|change[-_]?me|placeholder|^re_(x{2,}|\d{1,10}|(api)?_?key_here)?$/i

export function checkResend(settings: Settings): string[] {
  const { resendApiKey: key, resendBaseUrl, development } = settings
  return [
    ...(/[^\x21-\x7e]/.test(key)
      ? [
          'RESEND_API_KEY holds a character that no key has; it must be a key that you made at resend.com',
        ]
      : []),
    ...(placeholder.test(key)
      ? ['RESEND_API_KEY is a placeholder; it must be a key that you made at resend.com']
      : []),
    ...(key !== '' && isResends(resendBaseUrl) && !key.startsWith('re_')
      ? ['RESEND_API_KEY does not begin with "re_"; it must be a key that you made at resend.com']
      : []),
    ...(isTrustworthy(resendBaseUrl, development)
      ? []
      : ['RESEND_BASE_URL must be https and without a password, as "https://api.resend.com"']),
  ]
}

/** Whether an address is Resend's own, whose keys have one form. */
export const isResends = (address: string) =>
  URL.canParse(address) && /(^|\.)resend\.com$/.test(new URL(address).hostname)
