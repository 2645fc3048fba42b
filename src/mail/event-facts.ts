// The facts of a security event in an email. A client chooses its own User-Agent, so an email has only names from our own
// lists, and an IP address only if it is valid.

import type { Translator } from '../i18n/translations.ts'
import { parseIpAddress } from '../ip-address.ts'

/** The details that an email gives. It leaves out unknown ones, and where another person caused the event. */
export interface EventDetails {
  at: Date
  from?: {
    /** Names from our own lists, never the client's words. */
    browser: string | null
    os: string | null
    /** Cloudflare's code of two letters. */
    country: string | null
    ip: string | null
  }
}

export interface Fact {
  label: string
  value: string
}

export function eventFacts({ at, from }: EventDetails, { language, t }: Translator): Fact[] {
  const facts = [
    { label: t`Time`, value: `${timeIn(language, at)} UTC` },
    ...(from
      ? [
          { label: t`Device`, value: deviceOf(from, t) },
          { label: t`Place`, value: placeIn(language, from.country) },
          { label: t`IP address`, value: parseIpAddress(from.ip ?? '') },
        ]
      : []),
  ]
  return facts.flatMap(({ label, value }) => (value === undefined ? [] : [{ label, value }]))
}

/** The day before the month, and 24 hours: `28 November 2026 at 22:05`. */
const timeIn = (language: string, at: Date) =>
  new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'UTC',
  }).format(at)

function deviceOf({ browser, os }: NonNullable<EventDetails['from']>, t: Translator['t']): string {
  if (browser && os) return t`${browser} on ${os}`
  return browser ?? os ?? t`not recognised`
}

function placeIn(language: string, country: string | null): string | undefined {
  if (country === 'T1') return 'Tor' // as Cloudflare calls that network
  if (country === null || !/^[A-Z]{2}$/.test(country) || country === 'XX') return undefined
  return new Intl.DisplayNames([language], { type: 'region', fallback: 'none' }).of(country)
}
