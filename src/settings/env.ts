// Variables, read by name as texts, lists, durations and so on. What is wrong or missing is told by name,
// all of it at once, and never a secret's value.

/** What is wrong with the variables, a sentence for each. */
export class SettingsError extends Error {
  override name = 'SettingsError'
}

interface Options {
  secret?: boolean
  nonEmpty?: boolean
  allowZero?: boolean
  /** What a list may hold. */
  choices?: string[]
}

/** Stands in for an origin that was complained of, so that reading goes on. */
export const missingOrigin = 'http://missing'

/** Collects what is wrong with the variables it reads; `finish` throws it all at once. */
export function readEnv(env: Record<string, unknown>) {
  const errors: string[] = []
  const names: string[] = []
  const addError = (sentence: string) => errors.push(sentence)

  function raw(name: string): unknown {
    names.push(name)
    const value = env[name]
    return value === '' ? undefined : value
  }
  function wrong<T>(name: string, got: unknown, wants: string, fallback: T): T {
    addError(`${name} is ${JSON.stringify(got)}; it wants ${wants}`)
    return fallback
  }
  function text(name: string, fallback: string, { secret }: Options = {}): string {
    const value = raw(name) ?? fallback
    if (typeof value === 'string') return value
    if (typeof value === 'number') return String(value)
    return wrong(name, secret ? '…' : value, 'a text', fallback)
  }
  function list(
    name: string,
    fallback: string[],
    { secret, nonEmpty, choices }: Options = {},
  ): string[] {
    // An empty text is the empty list, as Django's []: what is missing has the default.
    const value = raw(name) ?? env[name] ?? fallback
    const listed = typeof value === 'string' ? value.split(',').map((item) => item.trim()) : value
    if (!Array.isArray(listed) || !listed.every((item) => typeof item === 'string')) {
      return wrong(name, secret ? '…' : value, 'a list, as "a,b"', fallback)
    }
    const items = listed.filter((item) => item !== '')
    const stranger = items.find((item) => choices && !choices.includes(item))
    if (stranger !== undefined) {
      return wrong(name, stranger, `names out of ${choices?.join(', ')}`, fallback)
    }
    if (nonEmpty && items.length === 0) return wrong(name, value, 'at least one entry', fallback)
    return items
  }
  function origins(name: string): string[] {
    return list(name, []).map((origin) => {
      if (isOrigin(origin)) return origin
      const pattern = origin.length > 1 && origin.includes('*') ? `; ${patternAdvice}` : ''
      return wrong(name, origin, `origins, as "https://app.example.com"${pattern}`, '')
    })
  }

  return {
    addError,
    text,
    list,
    origins,
    /** The names that were read so far. */
    known: () => names,
    /** Those of the known names that are listed. */
    names<const T extends string>(name: string, known: readonly T[]): T[] {
      const listed = list(name, [], { choices: [...known] })
      return known.filter((each) => listed.includes(each))
    },
    boolean(name: string, fallback: boolean): boolean {
      const value = raw(name) ?? fallback
      if (value === true || value === 1 || value === 'true' || value === '1') return true
      if (value === false || value === 0 || value === 'false' || value === '0') return false
      return wrong(name, value, 'true or false', fallback)
    },
    choice<const T extends string>(name: string, choices: readonly T[], fallback: T): T {
      const value = String(raw(name) ?? fallback)
      const found = choices.find((choice) => choice === value)
      return found ?? wrong(name, value, `one of ${choices.join(', ')}`, fallback)
    },
    integer(name: string, fallback: number, least: number, most: number): number {
      const value = Number(raw(name) ?? fallback)
      if (Number.isInteger(value) && value >= least && value <= most) return value
      return wrong(name, env[name], `a whole number from ${least} to ${most}`, fallback)
    },
    /** Seconds, or `5m`, `12h`, `1d`, `2w`; 0 only where `orNone`. */
    duration(name: string, fallback: number, { allowZero }: Options = {}): number {
      const value = raw(name) ?? fallback
      const seconds = parseDuration(String(value))
      const isSound = seconds !== undefined && (seconds > 0 || allowZero) && seconds <= maxDuration
      return isSound
        ? seconds
        : wrong(name, value, 'a duration, as 300, "5m", "12h" or "1d"', fallback)
    },
    /** Keys that still verify, each as long as the one that signs. */
    secrets(name: string, leastBytes: number): string[] {
      const values = list(name, [], { secret: true })
      if (values.some((value) => bytesIn(value) < leastBytes)) {
        addError(
          `${name} has a key of less than ${leastBytes} bytes; it wants keys that were in use`,
        )
      }
      return values
    },
    secret(name: string, leastBytes: number, { allowZero }: Options = {}): string {
      const value = raw(name)
      if (value === undefined && allowZero) return ''
      if (typeof value !== 'string') {
        addError(`${name} is missing; it wants ${leastBytes} random bytes or more`)
        return ''
      }
      if (bytesIn(value) < leastBytes) {
        addError(`${name} has ${bytesIn(value)} bytes; it wants ${leastBytes} random bytes or more`)
      }
      return value
    },
    origin(name: string): string {
      const value = raw(name)
      const bare = typeof value === 'string' ? value.replace(/\/$/, '') : ''
      if (/^https?:\/\/[^@]+$/i.test(bare) && isOrigin(bare)) return bare
      const example = 'the origin that clients reach, as "https://auth.example.com"'
      addError(
        value === undefined
          ? `${name} is missing; it wants ${example} (to develop: npm run dev)`
          : `${name} is ${JSON.stringify(value)}; it wants ${example}`,
      )
      return missingOrigin
    },
    /** As in Django's META: `HTTP_X_ACCESS_TOKEN` is the header x-access-token. */
    headerName(name: string, fallback: string): string {
      const value = text(name, fallback)
      const [, header] = /^HTTP_([A-Z0-9_]+)$/.exec(value) ?? []
      const known = header ?? wrong(name, value, 'a header, as "HTTP_X_ACCESS_TOKEN"', fallback)
      return known.toLowerCase().replaceAll('_', '-')
    },
    /** A page on the web, as its browser writes it; empty for none. */
    pageUrl(name: string): string {
      const value = text(name, '')
      if (value === '') return ''
      const example = 'the address of a page, as "https://app.example.com/"'
      return isPageUrl(value) ? new URL(value).href : wrong(name, value, example, '')
    },
    linkPath(name: string): string {
      const value = text(name, '')
      if (value === '' || (value.includes('{uid}') && value.includes('{token}'))) return value
      return wrong(name, value, 'a path with {uid} and {token}, as "activate/{uid}/{token}"', '')
    },
    /** @param advice what to write in place of a pattern that does not mean what it says */
    patterns(name: string, advice: (source: string) => string | undefined): RegExp[] {
      const value = raw(name)
      // A comma inside brackets belongs to the pattern.
      const sources = typeof value === 'string' ? value.split(/,(?![^{([]*[})\]])/) : list(name, [])
      return sources.flatMap((source) => {
        const instead = advice(source)
        if (instead) return wrong(name, source, `JavaScript's regular expressions: ${instead}`, [])
        try {
          return [new RegExp(`^(?:${source})`)]
        } catch {
          return wrong(name, source, 'regular expressions', [])
        }
      })
    },
    finish() {
      if (errors.length > 0) throw new SettingsError(`${errors.join('. ')}.`)
    },
  }
}

const patternAdvice =
  'a pattern belongs in CORS_ALLOWED_ORIGIN_REGEXES, as "^https://[a-z0-9-]+\\.example\\.com$"'

const bytesIn = (text: string) => new TextEncoder().encode(text).length

/** An origin is scheme and host with nothing behind, as browsers send it; `null` and `file://` count. */
function isOrigin(value: string): boolean {
  if (value === 'null' || value === 'file://') return true
  if (value.includes('*')) return false
  return URL.canParse(value) && /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s]+$/i.test(value)
}

function isPageUrl(value: string): boolean {
  if (!/^https?:\/\/[^\s\\]+$/i.test(value) || !URL.canParse(value)) return false
  const { username, password } = new URL(value)
  return username === '' && password === ''
}

export const thisMachine = ['localhost', '127.0.0.1', '[::1]']

/** Whether keys may be fetched from an address: https without a password, or `development` on this machine. */
export function isTrustworthy(address: string, development: boolean): boolean {
  if (!URL.canParse(address)) return false
  const { protocol, hostname, username, password } = new URL(address)
  const isLocal = development && protocol === 'http:' && thisMachine.includes(hostname)
  return (protocol === 'https:' || isLocal) && username === '' && password === ''
}

const maxDuration = 100 * 366 * 86_400 // a hundred years, in seconds

const units: Record<string, number> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/** Of `300`, `5m`, `12h`, `1d` or `2w`. */
export function parseDuration(value: string): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*([smhdw]?)$/.exec(value.trim()) ?? []
  const factor = units[unit ?? '']
  return amount === undefined || factor === undefined ? undefined : Number(amount) * factor
}
