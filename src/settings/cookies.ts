// Our own cookies for the pair of tokens, under the names that the community's patch of Simple JWT gave settings.

import type { readEnv } from './env.ts'

export function authCookies(read: ReturnType<typeof readEnv>, publicUrl: string) {
  const isOn = read.boolean('AUTH_COOKIES', false)
  // Browsers take `__Host-` from a secure origin alone, which in development ours is not.
  const prefix = publicUrl.startsWith('https:') ? '__Host-' : ''
  return {
    /** Names; empty where AUTH_COOKIES is off. */
    access: isOn ? `${prefix}access` : '',
    refresh: isOn ? `${prefix}refresh` : '',
    sameSite: read.choice('AUTH_COOKIE_SAMESITE', ['Lax', 'Strict', 'None'], 'Lax'),
  }
}

/** Below URL_PREFIX, unless a name begins with `__Host-`: then browsers accept no other path than "/". */
export const cookiePath = (urlPrefix: string, names: string[]): string =>
  urlPrefix === '' || names.some((name) => /^__host-/i.test(name)) ? '/' : urlPrefix
