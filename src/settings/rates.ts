// REST framework's rates, such as "10/minute". Only the first letter of the period counts.

import type { Reader } from './env.ts'

export interface Rate {
  times: number
  /** In seconds. */
  period: number
}

export function throttleSettings(read: Reader) {
  /** Whether rate limits and throttles apply. @django ours */
  const throttleEnabled = read.boolean('THROTTLE_ENABLED', true)
  const rate = (name: string) => {
    const rate = read.form(name, 'a rate, such as "10/minute" or "5/h"', rateIn)
    return throttleEnabled ? rate : undefined
  }
  return {
    throttleEnabled,
    rates: {
      /**
       * Passwords compared for one account; more must wait ([how long](differences.md#throttle_login-is-a-back-off)).
       * @django ours
       */
      logIn: rate('THROTTLE_LOGIN'),
      /** Sign-ups with one login name. @django ours */
      signUp: rate('THROTTLE_SIGN_UP'),
      /** Resets for one address. @django ours */
      reset: rate('THROTTLE_RESET'),
      /** Activation emails for one address. @django ours */
      resend: rate('THROTTLE_RESEND'),
      /** Refreshes of one session. @django ours */
      refresh: rate('THROTTLE_REFRESH'),
    },
  }
}

const periods: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 }

export const ratePattern = /^\s*([1-9]\d{0,8})\s*\/([smhd])[^/]*$/

function rateIn(value: string): Rate | undefined {
  const [, times, letter = ''] = ratePattern.exec(value) ?? []
  return times === undefined ? undefined : { times: Number(times), period: periods[letter] ?? 0 }
}
