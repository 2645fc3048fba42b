// The options of the verb `dev`. All of them go to `wrangler dev` too.

import { parseArgs } from 'node:util'
import { fail, misuse } from '../fail.ts'
import { environmentOption, printHelpIfAsked, settingOptions } from '../options.ts'

const command = {
  verb: 'dev',
  forms: ['[options]'],
  about:
    'Runs the Worker on this machine. All other options go to wrangler dev: npx wrangler dev --help lists them.',
  options: {
    port: { type: 'string', value: 'N', help: 'the port; 8787 by default' },
    ...settingOptions,
    'persist-to': {
      type: 'string',
      value: 'FOLDER',
      help: 'the folder of the database; .wrangler/state by default',
    },
    ...environmentOption,
  },
} as const

export type DevOptions = ReturnType<typeof readOptions>

/** --help prints the usage, and ends the program. */
export function readDevOptions(args: string[]): DevOptions {
  printHelpIfAsked(command, args)
  const options = readOptions(args)
  checkThatItIsLocal(options)
  return options
}

function readOptions(args: string[]) {
  const { values } = parseArgs({
    args,
    strict: false,
    options: {
      ...command.options,
      ip: { type: 'string', default: 'localhost' },
      remote: { type: 'boolean', short: 'r' },
      tunnel: { type: 'boolean' },
    },
  })
  const port = String(values.port ?? 8787)
  const origin = `http://localhost:${port}`
  const ownAssignments = ['ENVIRONMENT:development', `PUBLIC_URL:${origin}`]
  return {
    /** The whole command line, for wrangler. */
    all: args,
    port,
    hasPort: Boolean(values.port),
    origin,
    ip: String(values.ip),
    isShared: Boolean(values.remote || values.tunnel),
    env: values.env === undefined ? undefined : String(values.env),
    persistTo: values['persist-to'] ? String(values['persist-to']) : undefined,
    ownAssignments,
    assignments: [...ownAssignments, ...(values.var as string[])],
  }
}

export const persistOptions = ({ persistTo }: DevOptions) =>
  persistTo ? ['--persist-to', persistTo] : []

function checkThatItIsLocal({ port, ip, isShared }: DevOptions) {
  if (!/^[1-9]\d{0,4}$/.test(port) || Number(port) > 65_535) {
    misuse(`--port is ${port}. It must be a number from 1 to 65535.`)
  }
  const reason = 'This verb shows every email to every client that reaches it'
  if (isShared) fail(`${reason}, so it allows no --remote and no --tunnel.`)
  if (!['localhost', '127.0.0.1', '::1'].includes(ip))
    fail(`${reason}, so it allows no --ip ${ip}.`)
}
