// Our own cookies for the pair of tokens, under the names that the community's patch of Simple JWT gave settings.

import type { Reader } from './env.ts'

export function authCookieSettings(read: Reader, publicUrl: string) {
  /**
   * Whether a login also sets the pair of tokens in cookies: [how](cookies.md). Each lives as long as its token; their
   * names, path and domain are fixed.
   * @django ours
   */
  const isOn = read.boolean('AUTH_COOKIES', false)
  // Browsers accept `__Host-` from a secure origin alone, and in development ours is not secure.
  const prefix = publicUrl.startsWith('https:') ? '__Host-' : ''
  return {
    /** The cookies' names; empty if AUTH_COOKIES is off. */
    access: isOn ? `${prefix}access` : '',
    refresh: isOn ? `${prefix}refresh` : '',
    /** `SameSite` of these cookies. @django ours */
    sameSite: read.choice('AUTH_COOKIE_SAMESITE', ['Lax', 'Strict', 'None'], 'Lax'),
  }
}
