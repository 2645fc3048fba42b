// Rates as REST framework writes them, "10/minute": of the period the first letter decides.

import type { readEnv } from './env.ts'

export interface Rate {
  times: number
  /** In seconds. */
  period: number
}

const periods: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 }

export function rates(read: ReturnType<typeof readEnv>, isOn: boolean) {
  const rate = (name: string) => {
    const rate = rateIn(read, name)
    return isOn ? rate : undefined
  }
  return {
    /** Of passwords compared, for one account. */
    logIn: rate('THROTTLE_LOGIN'),
    signUp: rate('THROTTLE_SIGN_UP'),
    reset: rate('THROTTLE_RESET'),
    resend: rate('THROTTLE_RESEND'),
    refresh: rate('THROTTLE_REFRESH'),
  }
}

function rateIn(read: ReturnType<typeof readEnv>, name: string): Rate | undefined {
  const value = read.text(name, '')
  if (value === '') return undefined
  const [, times, letter = ''] = /^\s*([1-9]\d{0,8})\s*\/([smhd])[^/]*$/.exec(value) ?? []
  if (times !== undefined) return { times: Number(times), period: periods[letter] ?? 0 }
  const wants = 'a rate of one or more, as "10/minute" or "5/h"'
  read.addError(`${name} is ${JSON.stringify(value)}; it wants ${wants}`)
  return undefined
}
