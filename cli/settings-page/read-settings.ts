// The name, type and default of every setting, taken from the code: `parse` runs with a reader that records each call.
// It runs once with the usual settings, and once for each setting that other defaults depend on. docs/settings.md and the
// schema of wrangler.toml (build/) are made of them.

import { type Reader, readEnv } from '../../src/settings/env.ts'
import { parse } from '../../src/settings/parse.ts'
import { secretNames } from '../../src/settings/secrets.ts'

export interface ReadSetting {
  name: string
  /** In words, as Markdown. */
  type: string
  /** In words, as Markdown. */
  default: string
  /** The calls that read it, those with the usual settings first. */
  calls: Call[]
}

/** A call of the reader of src/settings/env.ts. */
export interface Call {
  method: string
  parameters: unknown[]
}

type Variables = Record<string, unknown>

/** The settings that a Worker requires. */
const required = { PUBLIC_URL: 'https://gatehouse.example.com' }

/**
 * Settings that the defaults of others depend on. The page shows such a default with its condition (`where`), or as the
 * name of the setting that it copies.
 */
const variations: { variables: Variables; where?: string; copied?: string }[] = [
  { variables: { LOGIN_FIELD: 'username' }, where: 'with `LOGIN_FIELD = "username"`' },
  { variables: { DRF_JWT_PACKAGE: 'drf-jwt' }, where: 'with `DRF_JWT_PACKAGE = "drf-jwt"`' },
  { variables: { ENVIRONMENT: 'development' }, where: 'in development' },
  { variables: { PUBLIC_URL: 'http://localhost' }, where: 'if `PUBLIC_URL` is http' },
  { variables: { URL_PREFIX: '/api' }, where: 'if it is set', copied: '`URL_PREFIX`' },
  { variables: { LEEWAY: 1 }, copied: '`LEEWAY`' },
  { variables: { AUDIENCE: 'x' }, copied: '`AUDIENCE`' },
  { variables: { ISSUER: 'x' }, copied: '`ISSUER`' },
]

/** Every setting, in the order in which it is read. */
export function readSettings(): ReadSetting[] {
  const usual = callsWith({})
  const varied = variations.map((variation) => ({
    ...variation,
    calls: callsWith(variation.variables),
  }))
  const all = [usual, ...varied.map(({ calls }) => calls)]
  const names = new Set(all.flatMap((calls) => [...calls.keys()]))
  return [...names].map((name) => {
    const calls = all.flatMap((each) => each.get(name) ?? [])
    const [first = calls[0]] = [usual.get(name)]
    const value = first ? defaultOf(first, {}) : ''
    const others = varied.flatMap(({ calls, variables, where, copied }) => {
      const call = calls.get(name)
      const other = call ? defaultOf(call, variables) : value
      return other === value ? [] : [{ value: copied ?? other, where }]
    })
    return { name, type: typeOf(name, calls), default: describeDefaults(value, others), calls }
  })
}

function callsWith(variables: Variables): Map<string, Call> {
  const calls = new Map<string, Call>()
  const reader = readEnv({ ...required, ...variables })
  const recorder = new Proxy(reader, {
    get(target, method: string) {
      const read = target[method as keyof Reader] as (...parameters: unknown[]) => unknown
      return (...parameters: unknown[]) => {
        if (method !== 'addError') calls.set(String(parameters[0]), { method, parameters })
        return read(...parameters)
      }
    },
  })
  parse(recorder)
  return calls
}

const types: Record<string, string> = {
  text: 'string',
  boolean: 'boolean',
  duration: 'duration',
  secret: 'secret',
  secrets: 'list of secrets',
  origin: 'origin',
  origins: 'list of origins',
  headerName: 'header',
  pageUrl: 'URL',
  linkPath: 'path with `{uid}` and `{token}`',
  patterns: 'list of patterns',
}

interface Options {
  choices?: string[]
}

/** From all calls that read one setting, since another setting may change its choices. */
function typeOf(name: string, calls: Call[]): string {
  const [{ method, parameters } = { method: '', parameters: [] }] = calls
  const [, second, third, fourth] = parameters
  const { choices }: Options = (third as Options | undefined) ?? {}
  switch (method) {
    case 'choice':
      return codes(
        calls.flatMap((call) => call.parameters[1] as string[]),
        'or',
      )
    case 'names':
      return `list of ${codes(second as string[], 'and')}`
    case 'list':
      return choices ? `list of ${codes(calls.flatMap(choicesOf), 'and')}` : 'list'
    case 'integer':
      return `integer from ${third} to ${fourth}`
    case 'form':
      return ruleOf(second).replace(/^an? /, '').replaceAll('"', '`')
    default:
      return method === 'text' && secretNames.includes(name) ? 'secret' : (types[method] ?? method)
  }
}

const ruleOf = (rule: unknown) => String(typeof rule === 'function' ? rule('') : rule)

const choicesOf = ({ parameters }: Call) => (parameters[2] as Options).choices ?? []

function defaultOf({ method, parameters }: Call, variables: Variables): string {
  const [, second, third] = parameters
  const { PUBLIC_URL } = { ...required, ...variables }
  switch (method) {
    case 'secret':
    case 'origin':
      return 'required'
    case 'choice':
      return `\`${third}\``
    case 'duration':
      return `\`${duration(second as number)}\``
    case 'text':
    case 'list':
    case 'headerName':
      if (second === new URL(PUBLIC_URL).host) return 'the host of `PUBLIC_URL`'
      return String(second) === '' ? 'empty' : `\`${second}\``
    case 'boolean':
    case 'integer':
      return `\`${second}\``
    default:
      return 'empty'
  }
}

/** The default as the page shows it: a copied setting alone, or each default with its condition. */
function describeDefaults(
  usual: string,
  others: { value: string; where?: string | undefined }[],
): string {
  const copy = others.find(({ where }) => where === undefined)
  if (copy) return copy.value
  return [usual, ...others.map(({ value, where }) => `${value} ${where}`)].join('; ')
}

function codes(words: string[], last: 'and' | 'or'): string {
  const quoted = [...new Set(words)].map((word) => `\`${word}\``)
  return quoted.length < 2
    ? quoted.join('')
    : `${quoted.slice(0, -1).join(', ')} ${last} ${quoted.at(-1)}`
}

const units = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
] as const

function duration(seconds: number): string {
  const [unit] = seconds === 0 ? [] : units.filter(([, size]) => seconds % size === 0)
  return unit ? `${seconds / unit[1]}${unit[0]}` : String(seconds)
}
