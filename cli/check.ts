// `npm run check`: every check there is, in order, up to the first that fails. The same here as in CI, where
// `npm test` has just passed and says so with `--tested`: it is not run twice. `npm run check:full` adds what takes
// too long for CI, on a machine that does nothing else.

import { spawnSync } from 'node:child_process'
import { globSync, statSync } from 'node:fs'
import { delimiter, resolve } from 'node:path'
import { fail } from './fail.ts'

// vitest's tests run in workerd; those of the tools need Node, and are named so that it passes them by. The large
// ones begin, so that no core waits for the last.
const sizeOf = (file: string) => statSync(file).size
const ofTools = globSync('test/cli/*.node.ts').sort((one, other) => sizeOf(other) - sizeOf(one))

const all: [string, string][] = [
  ['format and lint', 'biome check'],
  ['types', 'tsc -p .'],
  ['types of the tools', 'tsc -p cli'],
  ['tests', 'vitest run'],
  ['tests of the tools', `node --test --test-concurrency=2 ${ofTools.join(' ')}`],
  ['clients of others', `node --test ${globSync('test/clients/*.node.ts').join(' ')}`],
  ['attack', 'node test/attack/run.ts'],
  ['migrations', 'node cli/migrations.ts'],
  ['bundle', 'node cli/bundle.ts'],
]

const slow: [string, string][] = [['timing', 'node test/timing/run.ts']]

const isTested = process.argv.includes('--tested')
const isFull = process.argv.includes('--full')
const steps = [
  ...(isTested ? all.filter(([name]) => name !== 'tests') : all),
  ...(isFull ? slow : []),
]
const PATH = [resolve('node_modules/.bin'), process.env.PATH].join(delimiter)

for (const [index, [name, command]] of steps.entries()) {
  console.log(`\n— ${name}: ${command}`)
  const [program = '', ...parameters] = command.split(' ')
  const shell = process.platform === 'win32' // whose programs in .bin are scripts of its shell
  const env = { ...process.env, PATH }
  const start = performance.now()
  const { status } = spawnSync(program, parameters, { stdio: 'inherit', shell, env })
  console.log(`— ${((performance.now() - start) / 1000).toFixed(1)} s: ${name}`)
  if (status !== 0) fail(`\ncheck: ${index} passed, 1 failed: ${name} (${command})`)
}
console.log(`\ncheck: ${steps.length} passed, 0 failed`)
