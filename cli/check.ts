// `npm run check`: runs every check in order, and stops at the first that fails. CI runs it after `npm test`, with
// `--tested`, which skips those tests. `npm run check:full` adds the checks that are too slow for CI, and that require an
// idle machine.

import { spawnSync } from 'node:child_process'
import { globSync, statSync } from 'node:fs'
import { delimiter, resolve } from 'node:path'
import { fail } from './fail.ts'

interface Step {
  name: string
  command: [program: string, ...parameters: string[]]
  env?: Record<string, string>
}

function main() {
  const isTested = process.argv.includes('--tested')
  const isFull = process.argv.includes('--full')
  const steps = [
    ...checks().filter(({ name }) => !(isTested && name === 'tests')),
    ...(isFull ? slowChecks : []),
  ]
  for (const [index, step] of steps.entries()) {
    if (run(step)) continue
    fail(`\ncheck: ${index} passed, 1 failed: ${step.name} (${step.command.join(' ')})`)
  }
  console.log(`\ncheck: ${steps.length} passed, 0 failed`)
}

// A test that fails must not hang, although it may have left a server running.
const nodeTest = ['node', '--test', '--test-force-exit', '--test-timeout=1200000'] as const

// vitest runs tests in workerd. The tests of the programs need Node, and have names that vitest ignores.
const checks = (): Step[] => [
  { name: 'format and lint', command: ['biome', 'check'] },
  { name: 'types', command: ['tsc', '-p', '.'] },
  { name: 'types of the programs', command: ['tsc', '-p', 'cli'] },
  { name: 'configuration of the tests', command: ['node', 'cli/suite-configuration.ts'] },
  { name: 'tests', command: ['vitest', 'run'] },
  {
    name: 'tests on a replica that never catches up',
    command: ['vitest', 'run'],
    env: { REPLICATED: 'never' },
  },
  {
    name: 'tests of the programs',
    command: [...nodeTest, '--test-concurrency=2', ...largestFirst('test/cli/*.node.ts')],
  },
  {
    name: 'tests with published clients',
    command: [...nodeTest, ...globSync('test/clients/*.node.ts')],
  },
  {
    name: 'the example of React, in Chromium',
    command: [...nodeTest, 'test/fronts/react.node.ts'],
  },
  {
    name: 'the reference page, in Chromium',
    command: [...nodeTest, 'test/browser/reference.node.ts'],
  },
  {
    name: 'tests of the client',
    command: [...nodeTest, '--test-concurrency=2', ...globSync('test/client/*.node.ts')],
  },
  { name: 'tests of the npm package', command: [...nodeTest, 'test/package.node.ts'] },
  { name: 'attack', command: ['node', 'test/attack/run.ts'] },
  { name: 'types of the client', command: ['node', 'cli/client-types.ts', '--check'] },
  { name: 'migrations', command: ['node', 'cli/migrations.ts'] },
  { name: 'OpenAPI document', command: ['node', 'cli/openapi-lint.ts'] },
  { name: 'bundle', command: ['node', 'cli/bundle.ts'] },
]

const slowChecks: Step[] = [
  {
    name: 'the examples of front ends, installed from npm',
    command: [...nodeTest, 'test/fronts/installed/examples.node.ts'],
  },
  {
    name: 'tests on a replica that lags at random',
    command: ['vitest', 'run'],
    env: { REPLICATED: 'random' },
  },
  { name: 'attack with replicas', command: ['node', 'test/attack/run.ts', '--replicas'] },
  { name: 'faults in the near reads', command: ['node', 'test/replicas/mutate.ts'] },
  { name: 'timing', command: ['node', 'test/timing/run.ts'] },
  { name: 'timing with replicas', command: ['node', 'test/timing/run.ts', '--replicas'] },
]

/** The large files start first, so that no core waits for the last. */
function largestFirst(pattern: string): string[] {
  const sizeOf = (file: string) => statSync(file).size
  return globSync(pattern).sort((one, other) => sizeOf(other) - sizeOf(one))
}

function run({ name, command: [program, ...parameters], env: own }: Step): boolean {
  console.log(`\n— ${name}: ${[program, ...parameters].join(' ')}`)
  const PATH = [resolve('node_modules/.bin'), process.env.PATH].join(delimiter)
  const shell = process.platform === 'win32' // in Windows, the programs in .bin are scripts for its shell
  const env = { ...process.env, ...own, PATH }
  const start = performance.now()
  const { status } = spawnSync(program, parameters, { stdio: 'inherit', shell, env })
  console.log(`— ${((performance.now() - start) / 1000).toFixed(1)} s: ${name}`)
  return status === 0
}

main()
