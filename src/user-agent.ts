// What a User-Agent tells of a device, for people to recognise it by.

import { browserName, detectOS } from 'detect-browser'

export interface DeviceInfo {
  browser: string | null
  os: string | null
  /** `desktop`, `mobile`, `tablet`, `tv` or `bot`. */
  type: string | null
}

export function parseUserAgent(userAgent: string | null): DeviceInfo {
  if (!userAgent) return { browser: null, os: null, type: null }
  const os = osIn(userAgent)
  const program = programIn(userAgent)
  if (program) return { browser: program, os, type: null }

  const name = browserName(userAgent)
  if (name === 'searchbot') return { browser: null, os, type: 'bot' }
  return { browser: name && (names[name] ?? capitalised(name)), os, type: typeIn(userAgent, os) }
}

/** Browser and system by names out of lists, without the name that a program gives itself. */
export function recognisedDevice(userAgent: string | null): Pick<DeviceInfo, 'browser' | 'os'> {
  const { browser, os } = parseUserAgent(userAgent)
  return { browser: programIn(userAgent ?? '') === undefined ? browser : null, os }
}

/** What is no browser says what it is: curl/8.9, okhttp/4.12, an app by its own name. */
function programIn(userAgent: string): string | undefined {
  const [, program] = /^(?!Mozilla\/|Opera\/)([\w.-]{1,50})(?:[/\s]|$)/.exec(userAgent) ?? []
  return program
}

/** As they are known, where the library has another name. */
const names: Record<string, string> = {
  android: 'Android Browser',
  'chromium-webview': 'Chrome',
  crios: 'Chrome',
  edge: 'Microsoft Edge',
  'edge-chromium': 'Microsoft Edge',
  'edge-ios': 'Microsoft Edge',
  fxios: 'Firefox',
  ie: 'Internet Explorer',
  ios: 'Safari',
  'ios-webview': 'Safari',
  'opera-mini': 'Opera',
  samsung: 'Samsung Internet for Android',
  yandexbrowser: 'Yandex Browser',
}

const capitalised = (name: string) => name.charAt(0).toUpperCase() + name.slice(1)

/** Without a version: Windows 11 calls itself 10. */
const osIn = (userAgent: string) =>
  detectOS(userAgent)
    ?.replace(/^Windows.*/, 'Windows')
    .replace('Mac OS', 'macOS')
    .replace('Android OS', 'Android') ?? null

const desktops = ['Windows', 'macOS', 'Linux', 'Chrome OS']

function typeIn(userAgent: string, os: string | null): string | null {
  if (/\b(Smart-?)?TV\b|AppleTV|BRAVIA/i.test(userAgent)) return 'tv'
  if (os === 'iOS') return userAgent.includes('iPad') ? 'tablet' : 'mobile'
  if (os === 'Android') return /\bMobile\b/.test(userAgent) ? 'mobile' : 'tablet'
  return os && desktops.includes(os) ? 'desktop' : null
}
