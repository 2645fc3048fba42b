// The browser, the operating system and the type, as read from a User-Agent.

import { describe, expect, test } from 'vitest'
import { parseUserAgent } from '../src/user-agent.ts'

const shown = (userAgent: string) => {
  const { browser, os, type } = parseUserAgent(userAgent)
  return [browser, os, type]
}

const webKit = 'AppleWebKit/537.36 (KHTML, like Gecko)'
const windows = `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webKit}`
const iPhone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)'
const android = `Mozilla/5.0 (Linux; Android 10; K) ${webKit}`
const webView = `Mozilla/5.0 (Linux; Android 13; Pixel 7 Build/TQ3A; wv) ${webKit}`

describe('a browser', () => {
  test.each([
    [`${windows} Chrome/141.0.0.0 Safari/537.36`, 'Chrome', 'Windows'],
    [`${windows} Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0`, 'Microsoft Edge', 'Windows'],
    [`${windows} Chrome/139.0.0.0 Safari/537.36 OPR/123.0.0.0`, 'Opera', 'Windows'],
    [`${windows} Chrome/138.0.0.0 YaBrowser/25.8 Safari/537.36`, 'Yandex Browser', 'Windows'],
    ['Mozilla/5.0 (Windows NT 10.0; rv:144.0) Gecko/20100101 Firefox/144.0', 'Firefox', 'Windows'],
    [
      'Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko',
      'Internet Explorer',
      'Windows',
    ],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox', 'Linux'],
    [
      `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${webKit} Chrome/141.0.0.0 Safari/537.36`,
      'Chrome',
      'Chrome OS',
    ],
    [
      `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${webKit} Version/18.5 Safari/605.1.15`,
      'Safari',
      'macOS',
    ],
  ])('%s', (userAgent, browser, os) => {
    expect(shown(userAgent)).toEqual([browser, os, 'desktop'])
  })

  test.each([
    [`${iPhone} Version/18.5 Mobile/15E148 Safari/604.1`, 'Safari', 'iOS'],
    [`${iPhone} CriOS/141.0.7390.41 Mobile/15E148 Safari/604.1`, 'Chrome', 'iOS'],
    [`${iPhone} FxiOS/140.0 Mobile/15E148 Safari/605.1.15`, 'Firefox', 'iOS'],
    [`${iPhone} Version/18.0 EdgiOS/141.0 Mobile/15E148 Safari/604.1`, 'Microsoft Edge', 'iOS'],
    [`${iPhone} Mobile/15E148`, 'Safari', 'iOS'],
    [`${iPhone} Mobile/15E148 Instagram 300.0.0.0`, 'Instagram', 'iOS'],
    [`${android} Chrome/141.0.0.0 Mobile Safari/537.36`, 'Chrome', 'Android'],
    [`${webView} Version/4.0 Chrome/120.0.0.0 Mobile Safari/537.36`, 'Chrome', 'Android'],
    [
      `${android} SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36`,
      'Samsung Internet for Android',
      'Android',
    ],
    ['Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0', 'Firefox', 'Android'],
  ])('on a phone: %s', (userAgent, browser, os) => {
    expect(shown(userAgent)).toEqual([browser, os, 'mobile'])
  })

  test('on a tablet or a television has the type of the device', () => {
    const iPad = iPhone.replace('iPhone; CPU iPhone OS', 'iPad; CPU OS')
    const safari = `${iPad} Version/12.1 Mobile/15E148 Safari/604.1`
    expect(shown(safari)).toEqual(['Safari', 'iOS', 'tablet'])
    const chrome = `${android} Chrome/141.0.0.0 Safari/537.36`
    expect(shown(chrome)).toEqual(['Chrome', 'Android', 'tablet'])
    const television = `Mozilla/5.0 (SMART-TV; LINUX; Tizen 7.0) ${webKit} Chrome/94.0 Safari/537.36`
    expect(shown(television)[2]).toBe('tv')
  })
})

test.each([
  ['curl/8.9.1', 'curl', null],
  ['okhttp/4.12.0', 'okhttp', null],
  ['python-requests/2.32.3', 'python-requests', null],
  ['Dart/3.5 (dart:io)', 'Dart', null],
  ['MyApp/1.2.3 CFNetwork/1490.0.4 Darwin/23.2.0', 'MyApp', null],
  ['Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8 Build/UD1A)', 'Dalvik', 'Android'],
  ['node', 'node', null],
])('a program has the name that it gives itself: %s', (userAgent, browser, os) => {
  expect(shown(userAgent)).toEqual([browser, os, null])
})

test('a bot has its own type, and an unknown user agent has none', () => {
  const bot = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'
  expect(shown(bot)).toEqual([null, null, 'bot'])
  for (const userAgent of ['', '<script>', 'Mozilla/5.0', '\u{1f986}', `${'a'.repeat(51)}/1`]) {
    expect(shown(userAgent)).toEqual([null, null, null])
  }
})
