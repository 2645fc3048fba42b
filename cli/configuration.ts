// What the Worker will find in `env`, read before it starts: wrangler.toml, files of secrets and
// `--var` arguments.

import { existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { parse, TomlError } from 'smol-toml'
import { SettingsError } from '../src/settings/env.ts'
import { settingsOf } from '../src/settings.ts'
import { fail } from './fail.ts'

export type Variables = Record<string, unknown>

export interface Configuration {
  vars: Variables
  /** Those of each `[env.NAME.vars]`, by NAME. */
  varsOfEnvironments: Record<string, Variables>
  requiredSecrets: string[]
  databaseId: string
  crons: string[]
  /** Names of the Rate Limiting bindings. */
  rateLimits: string[]
}

interface WranglerToml {
  vars?: Variables
  env?: Record<string, { vars?: Variables }>
  secrets?: { required?: string[] }
  d1_databases?: { binding: string; database_id?: string }[]
  triggers?: { crons?: string[] }
  ratelimits?: { name: string }[]
}

export function readConfiguration(): Configuration {
  const toml = readToml()
  const environments = Object.entries(toml.env ?? {})
  return {
    vars: toml.vars ?? {},
    varsOfEnvironments: Object.fromEntries(
      environments.map(([name, { vars = {} }]) => [name, vars]),
    ),
    requiredSecrets: toml.secrets?.required ?? [],
    databaseId: toml.d1_databases?.find(({ binding }) => binding === 'DB')?.database_id ?? '',
    crons: toml.triggers?.crons ?? [],
    rateLimits: (toml.ratelimits ?? []).map(({ name }) => name),
  }
}

function readToml(): WranglerToml {
  const text = readOrRefuse('wrangler.toml')
  try {
    const toml = parse(text)
    refuseMisshapen(toml)
    return toml as WranglerToml
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    // Its message goes on with the lines themselves, and a secret may be in them.
    const [reason = ''] = error.message.replace(/^Invalid TOML document: /, '').split('\n')
    return fail(`wrangler.toml, line ${error.line}, column ${error.column}: ${reason}.`)
  }
}

function readOrRefuse(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return fail(`${file} cannot be read. Run this in Gatehouse's own directory.`)
  }
}

/** Refuses tables that are written as something else, as `vars = "…"`. */
function refuseMisshapen(toml: Record<string, unknown>) {
  const isTable = (value: unknown) => typeof value === 'object' && !Array.isArray(value)
  for (const name of ['vars', 'env', 'secrets', 'triggers']) {
    if (name in toml && !isTable(toml[name])) fail(`wrangler.toml: ${name} must be a table.`)
  }
  for (const name of ['d1_databases', 'ratelimits']) {
    if (name in toml && !Array.isArray(toml[name])) {
      fail(`wrangler.toml: ${name} must be written as [[${name}]].`)
    }
  }
}

/** A file of secrets, as JSON or as lines of NAME=value; undefined if there is none. */
export function readSecrets(file: string): Record<string, string> | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
  if (!text.trimStart().startsWith('{')) return parseEnv(text) as Record<string, string>
  return JSON.parse(text) as Record<string, string>
}

function readDevelopmentSecrets(): Record<string, string> {
  try {
    return readSecrets('.dev.vars') ?? {}
  } catch {
    return fail('.dev.vars is not JSON. It must hold JSON, or lines of NAME="value".')
  }
}

/** What stands in .dev.vars and `wrangler dev` does not read: it takes only names that wrangler.toml has. */
export const unreadSecrets = ({ vars, requiredSecrets }: Configuration): string[] =>
  Object.keys(readDevelopmentSecrets()).filter(
    (name) => !(name in vars) && !requiredSecrets.includes(name),
  )

/** What `wrangler dev` makes of all that. */
export function developmentVariables(
  configuration: Configuration,
  assignments: string[],
): Variables {
  const { vars } = configuration
  const unread = unreadSecrets(configuration)
  const known = Object.entries(readDevelopmentSecrets()).filter(([name]) => !unread.includes(name))
  const assigned = assignments.map((assignment) => {
    const colon = assignment.indexOf(':')
    return [assignment.slice(0, colon), assignment.slice(colon + 1)]
  })
  return { ...vars, ...Object.fromEntries(known), ...Object.fromEntries(assigned) }
}

/** What the Worker finds once deployed; a secret that only Cloudflare knows has a stand-in. */
export function productionVariables(
  { vars, requiredSecrets }: Configuration,
  secrets: Record<string, string> = {},
): Variables {
  const isPair = !/^HS|^$/.test(String(vars.ALGORITHM ?? ''))
  const standIns = requiredSecrets.map((name) => {
    const pem = isPair && /^(SIGNING|VERIFYING)_KEY$/.test(name) ? '-----BEGIN KEY-----' : ''
    const prefix = name === 'RESEND_API_KEY' ? 're_' : pem
    return [name, `${prefix}${'known-to-cloudflare-alone-'.repeat(2)}`]
  })
  return { ...vars, ...Object.fromEntries(standIns), ...secrets, ENVIRONMENT: 'production' }
}

/** The settings, or the end of the program with what is wrong with them. */
export function settingsOrRefuse(variables: Variables) {
  try {
    return settingsOf(variables)
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    fail(error.message)
  }
}

/** The settings of the Worker whose database a tool works on: of the one that is deployed, or of `npm run dev`'s. */
export function settingsBeside({
  remote,
  assignments,
}: {
  remote: boolean
  assignments: string[]
}) {
  const configuration = readConfiguration()
  if (remote) {
    refusePlaceholder(configuration)
    return settingsOrRefuse(productionVariables(configuration))
  }
  if (!existsSync('.dev.vars')) fail('First npm run dev: it makes the database.')
  const development = ['ENVIRONMENT:development', 'PUBLIC_URL:http://localhost']
  return settingsOrRefuse(developmentVariables(configuration, [...development, ...assignments]))
}

/** Cloudflare knows no database by the id that wrangler.toml is shipped with. */
export function refusePlaceholder({ databaseId }: Configuration) {
  if (/^[0-]*$/.test(databaseId)) {
    fail(
      'database_id in wrangler.toml is a placeholder; it wants the id that ' +
        '`npx wrangler d1 create gatehouse` prints.',
    )
  }
}
