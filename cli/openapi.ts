// The verb `openapi`: prints the OpenAPI document of this deployment. `dev` and `deploy` write the same document as an asset,
// with the settings of theirs.

import { writeFileSync } from 'node:fs'
import { describedVariables, readConfiguration, settingsOrFail } from './configuration.ts'
import { fail } from './fail.ts'
import { documentFor } from './openapi/document.ts'
import { environmentOption, readCommandLine, settingOptions } from './options.ts'

const command = {
  verb: 'openapi',
  forms: ['[--out FILE] [--env NAME] [--var NAME:X]'],
  about:
    'Prints the OpenAPI document of this deployment as JSON. It follows from wrangler.toml, the user model, the hooks in\n' +
    'src/hooks.ts and, for routes of your own, src/openapi.ts. It reads no secrets and no database. Without PUBLIC_URL in\n' +
    'wrangler.toml it is the document of the verb dev.',
  options: {
    out: {
      type: 'string',
      short: 'o',
      value: 'FILE',
      help: 'writes this file, and prints nothing',
    },
    ...settingOptions,
    ...environmentOption,
  },
} as const

export async function openapi(args: string[]) {
  const { values } = readCommandLine(command, args)
  const variables = describedVariables(readConfiguration(values.env), values.var)
  const document = await documentFor(settingsOrFail(variables), { ifHooksFail: fail })
  const text = JSON.stringify(document, undefined, 2)
  if (values.out === undefined) console.log(text)
  else write(values.out, text)
}

function write(file: string, text: string) {
  try {
    writeFileSync(file, `${text}\n`)
  } catch (error) {
    fail(`--out: ${file} cannot be written: ${(error as Error).message}`)
  }
}
