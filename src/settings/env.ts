// Reads the Worker's variables by name, as strings, lists, durations and so on. It reports all wrong or missing variables at
// once, by name, and never a secret's value.

import { parseDuration } from './durations.ts'

/** The errors of the variables, a sentence each. */
export class SettingsError extends Error {
  override name = 'SettingsError'
}

export type Reader = ReturnType<typeof readEnv>

interface Options {
  secret?: boolean
  nonEmpty?: boolean
  allowZero?: boolean
  /** The values that a list may hold. */
  choices?: string[]
}

/** Replaces a wrong origin, so that the other settings can still be read. */
export const missingOrigin = 'http://missing'

/** Collects the errors of the variables that it reads. `finish` throws all of them at once. */
export function readEnv(env: Record<string, unknown>) {
  const errors: string[] = []
  const names: string[] = []
  const addError = (sentence: string) => errors.push(sentence)

  function raw(name: string): unknown {
    names.push(name)
    const value = env[name]
    return value === '' ? undefined : value
  }
  function wrong<T>(name: string, got: unknown, must: string, fallback: T): T {
    addError(`${name} is ${JSON.stringify(got)}; it must be ${must}`)
    return fallback
  }
  function text(name: string, fallback: string, { secret }: Options = {}): string {
    const value = raw(name) ?? fallback
    if (typeof value === 'string') return value
    if (typeof value === 'number') return String(value)
    return wrong(name, secret ? '…' : value, 'a string', fallback)
  }
  function list(
    name: string,
    fallback: string[],
    { secret, nonEmpty, choices }: Options = {},
  ): string[] {
    // An empty string is the empty list, as Django's []; a missing variable has the default.
    const value = raw(name) ?? env[name] ?? fallback
    const listed = typeof value === 'string' ? value.split(',').map((item) => item.trim()) : value
    if (!Array.isArray(listed) || !listed.every((item) => typeof item === 'string')) {
      return wrong(name, secret ? '…' : value, 'a list, such as "a,b"', fallback)
    }
    const items = listed.filter((item) => item !== '')
    const unknown = items.find((item) => choices && !choices.includes(item))
    if (unknown !== undefined) {
      return wrong(name, unknown, `one or more of ${choices?.join(', ')}`, fallback)
    }
    if (nonEmpty && items.length === 0) return wrong(name, value, 'a list of one or more', fallback)
    return items
  }
  /** A string of one form. @param parse undefined for another form @returns undefined for an empty string */
  function form<T>(
    name: string,
    must: string | ((value: string) => string),
    parse: (value: string) => T | undefined,
  ): T | undefined {
    const value = text(name, '')
    if (value === '') return undefined
    const parsed = parse(value)
    if (parsed !== undefined) return parsed
    return wrong(name, value, typeof must === 'string' ? must : must(value), undefined)
  }

  return {
    addError,
    text,
    list,
    form,
    /** The names that were read so far. */
    known: () => names,
    /** A list of known names. */
    names<const T extends string>(name: string, known: readonly T[]): T[] {
      const listed = list(name, [], { choices: [...known] })
      return known.filter((each) => listed.includes(each))
    },
    boolean(name: string, fallback: boolean): boolean {
      const value = raw(name) ?? fallback
      if ([true, 1, 'true', '1'].includes(value as string)) return true
      if ([false, 0, 'false', '0'].includes(value as string)) return false
      return wrong(name, value, 'true or false', fallback)
    },
    choice<const T extends string>(name: string, choices: readonly T[], fallback: T): T {
      const value = String(raw(name) ?? fallback)
      const found = choices.find((choice) => choice === value)
      return found ?? wrong(name, value, `one of ${choices.join(', ')}`, fallback)
    },
    integer(name: string, fallback: number, min: number, max: number): number {
      const value = Number(raw(name) ?? fallback)
      if (Number.isInteger(value) && value >= min && value <= max) return value
      return wrong(name, env[name], `an integer from ${min} to ${max}`, fallback)
    },
    /** Seconds, or `5m`, `12h`, `1d`, `2w`; 0 only where `allowZero`. */
    duration(name: string, fallback: number, { allowZero }: Options = {}): number {
      const value = raw(name) ?? fallback
      const seconds = parseDuration(String(value))
      const isSound = seconds !== undefined && (seconds > 0 || allowZero) && seconds <= maxDuration
      return isSound
        ? seconds
        : wrong(name, value, 'a duration, such as 300, "5m", "12h" or "1d"', fallback)
    },
    secrets(name: string, minBytes: number): string[] {
      const values = list(name, [], { secret: true })
      if (values.some((value) => bytesIn(value) < minBytes)) {
        addError(
          `${name} has a secret of less than ${minBytes} bytes; each must be ${minBytes} random bytes or more`,
        )
      }
      return values
    },
    secret(name: string, minBytes: number, { optional }: { optional?: boolean } = {}): string {
      const value = raw(name)
      if (value === undefined && optional) return ''
      const must = `it must be ${minBytes} random bytes or more`
      if (typeof value !== 'string') {
        addError(`${name} is missing; ${must}`)
        return ''
      }
      if (bytesIn(value) < minBytes) addError(`${name} has ${bytesIn(value)} bytes; ${must}`)
      return value
    },
    origin(name: string): string {
      const value = raw(name)
      const bare = typeof value === 'string' ? value.replace(/\/$/, '') : ''
      if (/^https?:\/\/[^@]+$/i.test(bare) && isOrigin(bare)) return bare
      const must = 'it must be the origin that clients use, such as "https://auth.example.com"'
      addError(
        value === undefined
          ? `${name} is missing; ${must} (to develop: npm run dev)`
          : `${name} is ${JSON.stringify(value)}; ${must}`,
      )
      return missingOrigin
    },
    origins(name: string): string[] {
      return list(name, []).map((origin) => {
        if (isOrigin(origin)) return origin
        const pattern = origin.length > 1 && origin.includes('*') ? `. ${patternAdvice}` : ''
        return wrong(name, origin, `an origin, such as "https://app.example.com"${pattern}`, '')
      })
    },
    /** As in Django's META: `HTTP_X_ACCESS_TOKEN` is the header x-access-token. */
    headerName(name: string, fallback: string): string {
      const value = text(name, fallback)
      const [, header] = headerNamePattern.exec(value) ?? []
      const known =
        header ?? wrong(name, value, 'a header, such as "HTTP_X_ACCESS_TOKEN"', fallback)
      return known.toLowerCase().replaceAll('_', '-')
    },
    /** The URL of a web page in its normal form; empty for none. */
    pageUrl: (name: string): string =>
      form(name, 'the URL of a page, such as "https://app.example.com/"', pageUrl) ?? '',
    linkPath: (name: string): string =>
      form(name, 'a path with {uid} and {token}, such as "activate/{uid}/{token}"', linkPath) ?? '',
    /** @param advice what to write in place of a pattern that JavaScript reads otherwise */
    patterns(name: string, advice: (source: string) => string | undefined): RegExp[] {
      const value = raw(name)
      // A comma inside brackets belongs to the pattern.
      const sources = typeof value === 'string' ? value.split(/,(?![^{([]*[})\]])/) : list(name, [])
      return sources.flatMap((source) => {
        const must = 'a regular expression of JavaScript'
        const instead = advice(source)
        if (instead) return wrong(name, source, `${must}: ${instead}`, [])
        try {
          return [new RegExp(`^(?:${source})`)]
        } catch {
          return wrong(name, source, must, [])
        }
      })
    },
    finish() {
      if (errors.length > 0) throw new SettingsError(`${errors.join('. ')}.`)
    },
  }
}

export const headerNamePattern = /^HTTP_([A-Z0-9_]+)$/

const patternAdvice =
  'A pattern belongs in CORS_ALLOWED_ORIGIN_REGEXES, such as "^https://[a-z0-9-]+\\.example\\.com$"'

const bytesIn = (text: string) => new TextEncoder().encode(text).length

/** An origin is scheme and host, as browsers send it; `null` and `file://` are origins too. */
function isOrigin(value: string): boolean {
  if (value === 'null' || value === 'file://') return true
  if (value.includes('*')) return false
  return URL.canParse(value) && /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s]+$/i.test(value)
}

/** Further conditions are in `pageUrl`. */
export const pageUrlPattern = /^https?:\/\/[^\s\\]+$/i

function pageUrl(value: string): string | undefined {
  if (!pageUrlPattern.test(value) || !URL.canParse(value)) return undefined
  const { href, username, password } = new URL(value)
  return username === '' && password === '' ? href : undefined
}

const linkPath = (value: string) =>
  value.includes('{uid}') && value.includes('{token}') ? value : undefined

export const maxDuration = 100 * 366 * 86_400 // a hundred years, in seconds
