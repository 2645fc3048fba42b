// Medians of the rounds, and ratios between systems with their spread, as text. docs/performance.md has these tables too, so
// nothing here knows files or processes.

export interface Measured {
  /** Requests a second. */
  rate: number
  /** Microseconds of the server's CPU a request; undefined where it cannot be read. */
  cpu: number | undefined
  /** Milliseconds. */
  p50: number
  p99: number
}

/** The rounds of each case, by system and request. */
export type Samples = Map<string, Measured[]>

export const keyOf = (system: string, request: string) => `${system} ${request}`

export function sampleOf(
  samples: Samples,
  { system, request }: { system: string; request: string },
): Measured[] {
  const key = keyOf(system, request)
  const found = samples.get(key) ?? []
  samples.set(key, found)
  return found
}

/** What a request is compared with beside the same request of other systems. */
const bareOf: Record<string, string | undefined> = {
  verify: 'bare hello',
  jwks: 'bare hello',
  me: 'bare select',
  refresh: 'bare update',
  login: undefined,
  'sign-up': undefined,
}
const others = ['floor', 'better-auth', 'better-auth, cached', 'django']

export function summarize(samples: Samples): string {
  return `${medians(samples)}\n\n${ratios(samples)}`
}

export function medians(samples: Samples): string {
  const rows = [...samples].sort(([one], [other]) => one.localeCompare(other))
  return table(
    ['system and request', 'requests/s', 'CPU µs', 'p50 ms', 'p99 ms'],
    rows.map(([name, rounds]) => [
      name,
      median(rounds.map(({ rate }) => rate)).toFixed(0),
      cpuText(rounds),
      median(rounds.map(({ p50 }) => p50)).toFixed(1),
      median(rounds.map(({ p99 }) => p99)).toFixed(1),
    ]),
  )
}

const ratios = (samples: Samples) =>
  table(['ratio of', 'to', 'by requests/s', 'by CPU'], ratioRows(samples))

/** Each round gives one ratio, so that noise that slows a whole round counts for both. */
export function ratioRows(samples: Samples): string[][] {
  return Object.entries(bareOf).flatMap(([request, bare]) => {
    const [gatehouse, floor] = ['gatehouse', 'floor'].map((system) => keyOf(system, request))
    const pairs = [
      [gatehouse, bare],
      [floor, bare],
      ...others.map((system) => [gatehouse, keyOf(system, request)]),
    ]
    return pairs.flatMap(([name = '', other = '']) => {
      const ours = samples.get(name)
      const theirs = samples.get(other)
      return ours && theirs ? [[name, other, ...ratiosOf(ours, theirs)]] : []
    })
  })
}

/** Of requests a second, and of CPU: how many times as much the others need. */
export function ratiosOf(ours: Measured[], theirs: Measured[]): string[] {
  const byRate = ours.map(({ rate }, at) => rate / (theirs[at]?.rate ?? Number.NaN))
  const byCpu = ours.map(({ cpu = Number.NaN }, at) => (theirs[at]?.cpu ?? Number.NaN) / cpu)
  return [spread(byRate), spread(byCpu)]
}

const cpuText = (rounds: Measured[]) => {
  const found = rounds.flatMap(({ cpu }) => cpu ?? [])
  return found.length === 0 ? '' : median(found).toFixed(0)
}

function spread(values: number[]): string {
  const known = values.filter(Number.isFinite)
  if (known.length === 0) return ''
  const digits = median(known) < 10 ? 2 : 0
  const [low, high] = [Math.min(...known), Math.max(...known)]
  return `${median(known).toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`
}

export function median(values: number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}

/** A table in Markdown, with columns of one width. */
export function table(head: string[], rows: string[][]): string {
  const widths = head.map((_, at) =>
    Math.max(3, ...[head, ...rows].map((row) => row[at]?.length ?? 0)),
  )
  const line = (cells: string[]) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`
  const rule = widths.map((width) => '-'.repeat(width))
  return [line(head), line(rule), ...rows.map(line)].join('\n')
}
