// The files of src/settings/.

import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'

/** By the name of each file, without ".ts": its text. */
export const settingsSources = (): Record<string, string> =>
  Object.fromEntries(
    globSync('src/settings/*.ts').map((file) => [
      basename(file, '.ts'),
      readFileSync(file, 'utf8'),
    ]),
  )
