// Runs the tests of this folder with each mutation, and fails if they pass with one.

import { spawnSync } from 'node:child_process'
import { fail } from '../../cli/fail.ts'
import { mutations } from './mutations.ts'

const survivors = Object.keys(mutations).filter((MUTATION) => {
  const env = { ...process.env, MUTATION, REPLICATED: '', NO_COLOR: '1', FORCE_COLOR: undefined }
  const command = ['run', '--bail=1', 'test/replicas']
  const { stdout } = spawnSync('vitest', command, { env, encoding: 'utf8' })
  if (!/^ +Tests +\d/m.test(stdout)) fail(`${MUTATION}: the tests did not run\n${stdout}`)
  const failed = Number(/^ +Tests +(\d+) failed/m.exec(stdout)?.[1] ?? 0)
  console.log(`${failed > 0 ? 'found' : 'NOT FOUND'}: ${MUTATION}`)
  return failed === 0
})
if (survivors.length > 0) fail(`\nno test failed although ${survivors.join(', ')}`)
