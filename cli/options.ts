// How the command reads its command line, and how it explains it: each verb describes its options once.

import { parseArgs } from 'node:util'
import { misuse } from './fail.ts'
import { commandFor } from './project.ts'
import { bold } from './terminal.ts'

export interface Option {
  type: 'string' | 'boolean'
  /** What its value is, in the help: `FILE`. */
  value?: string
  /** What it does, in the help. */
  help: string
  short?: string
  multiple?: boolean
  default?: string | boolean | string[]
}

export type Options = Record<string, Option>

export interface Command<O extends Options> {
  verb: string
  /** What follows the verb, in each way to call it. */
  forms: readonly string[]
  /** What it does, as sentences. */
  about: string
  /** What the words of the forms mean. */
  words?: Record<string, string>
  options: O
}

/** wrangler reads the variable too. */
const environmentVariable = process.env.CLOUDFLARE_ENV

export const environmentOption = {
  env: {
    type: 'string',
    short: 'e',
    value: 'NAME',
    help: 'the environment of wrangler.toml: its variables and its database; by default CLOUDFLARE_ENV',
    ...(environmentVariable ? { default: environmentVariable } : {}),
  },
} as const

export const databaseOptions = {
  local: {
    type: 'boolean',
    default: false,
    help: 'the database on this machine, of the verb dev (the default)',
  },
  remote: { type: 'boolean', default: false, help: 'the database at Cloudflare' },
  'persist-to': {
    type: 'string',
    value: 'FOLDER',
    help: 'the folder in which dev keeps its database',
  },
  ...environmentOption,
} as const

/** Settings, each as NAME:VALUE. */
export const settingOptions = {
  var: {
    type: 'string' as const,
    multiple: true as const,
    default: [] as string[],
    value: 'NAME:X',
    help: 'a setting, in place of its value in wrangler.toml; as for dev',
  },
}

export const jsonOption = {
  json: { type: 'boolean', default: false, help: 'prints JSON' },
} as const

export const dryRunOption = {
  'dry-run': { type: 'boolean', default: false, help: 'changes nothing, and prints what it would' },
} as const

/** Reads the command line. --help prints the usage; an unknown option ends the program with it. */
export function readCommandLine<O extends Options>(command: Command<O>, args: string[]) {
  printHelpIfAsked(command, args)
  const { options } = command
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: true })
  } catch (error) {
    return misuseOf(command, (error as Error).message)
  }
}

/** Ends the program, because the command line is not one of the command's forms. */
export function misuseOf<O extends Options>(command: Command<O>, sentence: string): never {
  return misuse(`${sentence}\n\n${usageOf(command)}`)
}

export const asksForHelp = (args: string[]) =>
  args.some((argument) => argument === '--help' || argument === '-h')

/** Ends the program with its usage if the command line has --help. */
export function printHelpIfAsked<O extends Options>(command: Command<O>, args: string[]) {
  if (!asksForHelp(args)) return
  console.log(usageOf(command))
  process.exit(0)
}

function usageOf<O extends Options>({ verb, forms, about, words = {}, options }: Command<O>) {
  const calls = forms.map((form) => commandFor(verb, form)).join('\n       ')
  const lines: [string, string][] = [
    ...Object.entries(words),
    ...Object.entries(options).map(([name, option]): [string, string] => [
      titleOf(name, option),
      option.help,
    ]),
    ['--help', 'prints this'],
  ]
  return `${bold('Usage:')} ${calls}\n\n${about}\n\n${aligned(lines)}`
}

const titleOf = (name: string, { short, value }: Option) =>
  `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`

/** Two columns. A long first cell has a line of its own. */
export function aligned(lines: [string, string][], width = 20): string {
  const indent = ' '.repeat(width + 3)
  return lines
    .map(([head, text]) => {
      const start = head.length > width ? `  ${head}\n${indent} ` : `  ${head.padEnd(width)}  `
      return start + text.replaceAll('\n', `\n${indent} `)
    })
    .join('\n')
}

interface DatabaseValues {
  local: boolean
  remote: boolean
  'persist-to'?: string | undefined
  env?: string | undefined
}

/** The database that the options name, as options of wrangler. */
export function databaseIn(values: DatabaseValues): string[] {
  if (values.local && values.remote) misuse('Use only one of --local and --remote.')
  const persistTo = values['persist-to'] ? ['--persist-to', values['persist-to']] : []
  return [values.remote ? '--remote' : '--local', ...persistTo, ...environmentIn(values)]
}

/** The environment that the options name, as options of wrangler. */
export const environmentIn = ({ env }: { env?: string | undefined }): string[] =>
  env === undefined ? [] : ['--env', env]
