// What a User-Agent tells of a device, for people to recognise it by.

import Bowser from 'bowser'

export interface ShownDevice {
  browser: string | null
  os: string | null
  /** `desktop`, `mobile`, `tablet`, `tv` or `bot`. */
  type: string | null
}

export function shownDevice(userAgent: string | null): ShownDevice {
  if (!userAgent) return { browser: null, os: null, type: null }
  const { browser, os, platform } = Bowser.parse(userAgent)
  return { browser: browser.name || null, os: os.name || null, type: platform.type || null }
}
