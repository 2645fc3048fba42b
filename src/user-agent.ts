// Finds the browser, the operating system and the type of a device in its User-Agent, so that users recognise the device.

import { browserName, detectOS } from 'detect-browser'

interface DeviceInfo {
  browser: string | null
  os: string | null
  /** `desktop`, `mobile`, `tablet`, `tv` or `bot`. */
  type: string | null
}

export function parseUserAgent(userAgent: string | null): DeviceInfo {
  if (!userAgent) return { browser: null, os: null, type: null }
  const os = operatingSystem(userAgent)
  const program = programName(userAgent)
  if (program) return { browser: program, os, type: null }

  const name = browserName(userAgent)
  if (name === 'searchbot') return { browser: null, os, type: 'bot' }
  return {
    browser: name && (browserNames[name] ?? capitalize(name)),
    os,
    type: deviceType(userAgent, os),
  }
}

/** The browser and the operating system, if their names are known. A name that a program chose itself does not count. */
export function recognisedDevice(userAgent: string | null): Pick<DeviceInfo, 'browser' | 'os'> {
  const { browser, os } = parseUserAgent(userAgent)
  return { browser: programName(userAgent ?? '') === undefined ? browser : null, os }
}

/** The name of a program that is not a browser, such as curl/8.9, okhttp/4.12 or an app. */
function programName(userAgent: string): string | undefined {
  const [, program] = /^(?!Mozilla\/|Opera\/)([\w.-]{1,50})(?:[/\s]|$)/.exec(userAgent) ?? []
  return program
}

/** The common names of browsers for which the library has another name. */
const browserNames: Record<string, string> = {
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

const capitalize = (name: string) => name.charAt(0).toUpperCase() + name.slice(1)

/** The name without the version, because Windows 11 calls itself 10. */
const operatingSystem = (userAgent: string) =>
  detectOS(userAgent)
    ?.replace(/^Windows.*/, 'Windows')
    .replace('Mac OS', 'macOS')
    .replace('Android OS', 'Android') ?? null

const desktops = ['Windows', 'macOS', 'Linux', 'Chrome OS']

function deviceType(userAgent: string, os: string | null): string | null {
  if (/\b(Smart-?)?TV\b|AppleTV|BRAVIA/i.test(userAgent)) return 'tv'
  if (os === 'iOS') return userAgent.includes('iPad') ? 'tablet' : 'mobile'
  if (os === 'Android') return /\bMobile\b/.test(userAgent) ? 'mobile' : 'tablet'
  return os && desktops.includes(os) ? 'desktop' : null
}
