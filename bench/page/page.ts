// docs/performance.md: its text is written by hand, and the tables between its markers come from bench/results/.

import { keyOf, median, ratioRows, ratiosOf, type Samples, table } from '../report.ts'
import { type CleanUp, cleanUpSentence } from '../report-growth.ts'
import { type Transfer, transferTable } from '../report-import.ts'
import { type Answers, answerTable, type RowsOf, rowTable } from '../world/report.ts'
import { costTable } from './cost.ts'
import { goalOf } from './goals.ts'

interface Result {
  /** When the run ended, in ISO 8601. */
  time?: string
  configuration: Record<string, string>
}

type Rounds = Record<string, NonNullable<ReturnType<Samples['get']>>>

/** The newest result of each kind; of some there may be none. */
export type Newest = Partial<Measurements>

interface Measurements {
  systems: Result & { rounds: Rounds }
  growth: Result & { rounds: Rounds; cleanUp: CleanUp }
  world: Result & { primary: string; answers: Answers; rows: RowsOf }
  import: Result & { transfers: Transfer[] }
}

/** @param files the texts of bench/results/*.json by their names */
export function newestOf(files: Record<string, string>): Newest {
  const newest: Record<string, { at: string; result: Result }> = {}
  for (const [name, text] of Object.entries(files)) {
    const [, kind = '', day = ''] = /([a-z]+)-(\d{4}-\d\d-\d\d)-/.exec(name) ?? []
    const result: Result = JSON.parse(text)
    const at = result.time ?? day
    if (at > (newest[kind]?.at ?? '')) newest[kind] = { at, result }
  }
  const results = Object.entries(newest).map(([kind, { result }]) => [kind, result])
  return Object.fromEntries(results)
}

/** The page with its tables replaced. @throws Error for a marker without a table */
export function performancePage(page: string, newest: Newest): string {
  const blocks = blocksOf(newest)
  return page.replaceAll(
    /<!-- ([a-z-]+) -->\n.*?<!-- end -->/gs,
    (_, name: string) => `<!-- ${name} -->\n\n${blocks[name] ?? missing(name)}\n\n<!-- end -->`,
  )
}

const missing = (name: string) => {
  throw new Error(`docs/performance.md names a table that does not exist: ${name}`)
}

function blocksOf({ systems, growth, world, import: transfer }: Newest): Record<string, string> {
  const of = <T extends Result>(result: T | undefined, render: (result: T) => string) =>
    result ? `${madeAt(result)}\n\n${render(result)}` : 'There is no run of this version yet.'
  return {
    systems: of(systems, ({ rounds }) => systemsTable(rounds)),
    'systems-configuration': of(systems, configurationTable),
    growth: of(
      growth,
      ({ rounds, cleanUp }) => `${growthTable(rounds)}\n\n${cleanUpSentence(cleanUp)}`,
    ),
    import: of(transfer, ({ transfers }) => transferTable(transfers)),
    world: of(world, ({ answers }) => answerTable(answers)),
    rows: of(world, ({ rows }) => rowTable(rows)),
    cost: of(world, ({ rows }) => costTable(rows, cpuOf(systems?.rounds ?? {}))),
  }
}

const madeAt = ({ configuration: { commit, machine, users } }: Result) =>
  [`Measured at commit ${commit}`, machine, users && `users: ${users}`].filter(Boolean).join(', ') +
  '.'

function systemsTable(rounds: Rounds): string {
  const rows = ratioRows(samplesOf(rounds)).map(([of = '', to = '', byRate = '', byCpu = '']) => [
    of,
    to,
    byRate,
    byCpu,
    goalOf(of, to),
  ])
  return table(['ratio of', 'to', 'by requests/s', 'by CPU', 'goal'], rows)
}

const configurationTable = ({ configuration }: Result) =>
  table(['configuration', ''], Object.entries(configuration))

function growthTable(rounds: Rounds): string {
  const samples = samplesOf(rounds)
  const names = Object.keys(rounds).flatMap((key) => /^small (.*)/.exec(key)?.[1] ?? [])
  const rows = names.sort().flatMap((name) => {
    const [small, large] = ['small', 'large'].map((size) => samples.get(keyOf(size, name)))
    if (!small || !large) return []
    const latency = median(large.map(({ p50 }) => p50))
    return [[name, ...ratiosOf(small, large), `${latency.toFixed(0)}`]]
  })
  return table(['cost of large to small', 'by requests/s', 'by CPU', 'large: ms at p50'], rows)
}

/** Milliseconds of CPU by request. */
function cpuOf(rounds: Rounds) {
  const of = (request: string) =>
    median((rounds[keyOf('gatehouse', request)] ?? []).map(({ cpu = 0 }) => cpu)) / 1000
  return { refresh: of('refresh'), read: of('me'), login: of('login') }
}

const samplesOf = (rounds: Rounds): Samples => new Map(Object.entries(rounds))
