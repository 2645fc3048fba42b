// Results of a run as files in bench/results/.

import { mkdirSync, writeFileSync } from 'node:fs'
import { commit, type Fact } from './configuration.ts'
import { table } from './report.ts'

export type Kind = 'systems' | 'growth' | 'world' | 'import'

/**
 * Writes the results as Markdown and as JSON, named by their commit.
 * @param kind before the date in the names of the files
 */
export function writeResults(
  kind: Kind,
  facts: Fact[],
  text: string,
  data: Record<string, unknown>,
) {
  const day = new Date().toISOString().slice(0, 10)
  const name = `bench/results/${kind}-${day}-${commit().slice(0, 7)}`
  mkdirSync('bench/results', { recursive: true })
  const head = table(['configuration', ''], facts)
  writeFileSync(`${name}.md`, `# ${kind}\n\n${head}\n\n${text}\n`)
  const time = new Date().toISOString()
  const all = { time, configuration: Object.fromEntries(facts), ...data }
  writeFileSync(`${name}.json`, `${JSON.stringify(all, null, 1)}\n`)
  console.log(`\nWrote ${name}.md and ${name}.json`)
}
