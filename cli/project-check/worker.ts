// Loads the project's Worker into this process, so that gatehouse() takes its hooks, personal data and other options, and
// refuses what cannot work.

import { existsSync } from 'node:fs'
import { importWithStubs } from '../worker-stubs.ts'
import { errorsOf, type Finding, warningsOf } from './finding.ts'

export interface LoadedWorker {
  /** Whether the Worker was loaded, so that its options are known. */
  isLoaded: boolean
  findings: Finding[]
}

/** @param main the Worker's file, as in wrangler.toml */
export async function loadWorker(main: string): Promise<LoadedWorker> {
  if (!existsSync(main)) {
    const missing = `main in wrangler.toml is ${JSON.stringify(main)}. There is no such file.`
    return { isLoaded: false, findings: errorsOf('settings', [missing]) }
  }
  try {
    await importWithStubs(main)
    return { isLoaded: true, findings: [] }
  } catch (error) {
    return { isLoaded: false, findings: [findingFor(error as Error, main)] }
  }
}

function findingFor(error: Error, main: string): Finding {
  const [message = ''] = error.message.split('\n')
  const isRefusal = error instanceof TypeError && /^[a-zA-Z ]+: /.test(message)
  const [finding] = isRefusal
    ? errorsOf('hooks', [error.message])
    : warningsOf('hooks', [
        `Node cannot load ${main}, so hooks and personalData are not checked: ${message}`,
      ])
  return finding as Finding
}
