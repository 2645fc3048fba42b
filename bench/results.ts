// Results of a run as files in bench/results/.

import { mkdirSync, writeFileSync } from 'node:fs'
import type { Fact } from './configuration.ts'
import { table } from './report.ts'

export type Kind = 'systems' | 'growth' | 'world' | 'import'

/**
 * Writes the results as Markdown and as JSON, named by their commit.
 * @param kind before the date in the names of the files
 * @param facts with the commit at which the run began
 */
export function writeResults(
  kind: Kind,
  facts: Fact[],
  text: string,
  data: Record<string, unknown>,
) {
  const day = new Date().toISOString().slice(0, 10)
  const configuration = Object.fromEntries(facts)
  const name = `bench/results/${kind}-${day}-${configuration.commit?.slice(0, 7)}`
  mkdirSync('bench/results', { recursive: true })
  const head = table(['configuration', ''], facts)
  writeFileSync(`${name}.md`, `# ${kind}\n\n${head}\n\n${text}\n`)
  const time = new Date().toISOString()
  const all = { time, configuration, ...data }
  writeFileSync(`${name}.json`, `${JSON.stringify(all, null, 1)}\n`)
  console.log(`\nWrote ${name}.md and ${name}.json`)
}
