// The variables that the Worker will find in `env`. The command reads them from wrangler.toml, files of secrets and `--var`
// options before it starts, and check them by the Worker's own code.

import { existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { parse, TomlError } from 'smol-toml'
import { SettingsError } from '../src/settings/env.ts'
import { settingsOf } from '../src/settings.ts'
import { fail } from './fail.ts'
import { commandFor } from './project.ts'

export type Variables = Record<string, unknown>

export interface Configuration {
  /** The environment; undefined for the top of the file. */
  env: string | undefined
  /** The Worker's file. */
  main: string
  vars: Variables
  /** The names of all variables, in every environment. */
  namesOfVars: string[]
  /** The names of the environments. */
  environments: string[]
  requiredSecrets: string[]
  databaseId: string
  databaseName: string
  crons: string[]
  /** Names of the Rate Limiting bindings. */
  rateLimits: string[]
}

interface Environment {
  main?: string
  vars?: Variables
  secrets?: { required?: string[] }
  d1_databases?: { binding: string; database_id?: string; database_name?: string }[]
  triggers?: { crons?: string[] }
  ratelimits?: { name: string }[]
}

interface WranglerToml extends Environment {
  env?: Record<string, Environment>
}

/** The configuration of an environment, by wrangler's rules: it inherits `main` and the crons from the top of the file. */
export function readConfiguration(env?: string): Configuration {
  const toml = readToml()
  const environment = inToml(toml, env)
  const { vars = {}, secrets, d1_databases = [], triggers, ratelimits = [] } = environment
  const database = d1_databases.find(({ binding }) => binding === 'DB')
  const all = [toml, ...Object.values(toml.env ?? {})]
  return {
    env: env || undefined,
    main: environment.main ?? toml.main ?? '',
    vars,
    namesOfVars: all.flatMap(({ vars = {} }) => Object.keys(vars)),
    environments: Object.keys(toml.env ?? {}),
    requiredSecrets: secrets?.required ?? [],
    databaseId: database?.database_id ?? '',
    databaseName: database?.database_name ?? 'gatehouse',
    crons: (triggers ?? toml.triggers)?.crons ?? [],
    rateLimits: ratelimits.map(({ name }) => name),
  }
}

function inToml(toml: WranglerToml, env: string | undefined): Environment {
  if (!env) return toml
  const environments = toml.env ?? {}
  const found = Object.hasOwn(environments, env) ? environments[env] : undefined
  const names = Object.keys(environments).join(', ') || 'none'
  return found ?? fail(`wrangler.toml has no [env.${env}]. Its environments: ${names}.`)
}

function readToml(): WranglerToml {
  const text = readTextOrFail('wrangler.toml')
  try {
    const toml = parse(text)
    checkTables(toml)
    return toml as WranglerToml
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    // The rest of the message quotes lines of the file, which may hold a secret.
    const [reason = ''] = error.message.replace(/^Invalid TOML document: /, '').split('\n')
    return fail(`wrangler.toml, line ${error.line}, column ${error.column}: ${reason}.`)
  }
}

function readTextOrFail(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return fail(`${file} cannot be read. Run this in the directory that has it.`)
  }
}

/** Fails if something else is in a table's place, such as `vars = "…"`. */
function checkTables(toml: Record<string, unknown>) {
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

/** A file of secrets, as JSON or as lines of NAME=value; undefined if there is no file. */
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

/** The file of wrangler dev: that of the environment, if there is one. */
export const developmentSecretsFile = (env: string | undefined): string =>
  env !== undefined && existsSync(`.dev.vars.${env}`) ? `.dev.vars.${env}` : '.dev.vars'

function readDevelopmentSecrets(env: string | undefined): Record<string, string> {
  const file = developmentSecretsFile(env)
  try {
    return readSecrets(file) ?? {}
  } catch {
    return fail(`${file} is not JSON. It must hold JSON, or lines of NAME="value".`)
  }
}

/** Names in .dev.vars that `wrangler dev` ignores, because wrangler.toml does not list them. */
export const unreadSecrets = ({ env, vars, requiredSecrets }: Configuration): string[] =>
  Object.keys(readDevelopmentSecrets(env)).filter(
    (name) => !(name in vars) && !requiredSecrets.includes(name),
  )

/** The variables under `wrangler dev`. @param assignments each as NAME:VALUE */
export function developmentVariables(
  configuration: Configuration,
  assignments: string[],
): Variables {
  const unread = unreadSecrets(configuration)
  const secrets = Object.entries(readDevelopmentSecrets(configuration.env)).filter(
    ([name]) => !unread.includes(name),
  )
  return {
    ...configuration.vars,
    ...Object.fromEntries(secrets),
    ...assignedBy(assignments),
  }
}

/** @param assignments each as NAME:VALUE */
const assignedBy = (assignments: string[]): Variables =>
  Object.fromEntries(
    assignments.map((assignment) => {
      const colon = assignment.indexOf(':')
      return [assignment.slice(0, colon), assignment.slice(colon + 1)]
    }),
  )

/** The assignments of a verb that works on the database of `dev`. */
export const localAssignments = ['ENVIRONMENT:development', 'PUBLIC_URL:http://localhost']

const placeholder = 'known-to-cloudflare-alone-'.repeat(2)

/** The variables of the deployed Worker. A secret that only Cloudflare knows has a placeholder. */
export function productionVariables(
  { vars, requiredSecrets }: Configuration,
  secrets: Record<string, string> = {},
): Variables {
  const isKeyPair = !/^HS|^$/.test(String(vars.ALGORITHM ?? ''))
  const placeholders = requiredSecrets.map((name) => {
    const pem = isKeyPair && /^(SIGNING|VERIFYING)_KEY$/.test(name) ? '-----BEGIN KEY-----' : ''
    const prefix = name === 'RESEND_API_KEY' ? 're_' : pem
    return [name, `${prefix}${placeholder}`]
  })
  return { ...vars, ...Object.fromEntries(placeholders), ...secrets, ENVIRONMENT: 'production' }
}

/**
 * The variables by wrangler.toml alone: those of production if it names the origin of a deployment, and otherwise those of
 * development. Every secret has a placeholder. @param assignments each as NAME:VALUE
 */
export function describedVariables(configuration: Configuration, assignments: string[]): Variables {
  const variables = {
    PUBLIC_URL: 'http://localhost:8787',
    RESEND_API_KEY: `re_${placeholder}`,
    ...productionVariables(configuration),
    ...assignedBy(assignments),
  }
  const isDeployed = /^https:/i.test(String(variables.PUBLIC_URL))
  const { ENVIRONMENT = isDeployed ? 'production' : 'development' } = assignedBy(assignments)
  return { ...variables, ENVIRONMENT }
}

/** The settings. Ends the program with their errors if there are any. */
export function settingsOrFail(variables: Variables) {
  try {
    return settingsOf(variables)
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    fail(error.message)
  }
}

interface SettingsValues {
  remote: boolean
  var: string[]
  env?: string | undefined
}

/** The settings of the Worker whose database a verb changes: the deployed one, or that of `dev`. */
export function settingsFor({ remote, var: assignments, env }: SettingsValues) {
  const configuration = readConfiguration(env)
  if (remote) {
    failIfPlaceholder(configuration)
    return settingsOrFail(productionVariables(configuration))
  }
  if (!existsSync(developmentSecretsFile(env))) {
    fail(`First run ${commandFor('dev')}. It creates the database.`)
  }
  return settingsOrFail(developmentVariables(configuration, [...localAssignments, ...assignments]))
}

/** Fails if wrangler.toml still has the `database_id` that Gatehouse ships, a placeholder. */
export function failIfPlaceholder(configuration: Configuration) {
  const error = placeholderError(configuration)
  if (error) fail(error)
}

export function placeholderError(configuration: Configuration): string | undefined {
  const { env, databaseId, databaseName } = configuration
  if (!/^[0-]*$/.test(databaseId)) return undefined
  const where = env === undefined ? 'wrangler.toml' : `[env.${env}] of wrangler.toml`
  return (
    `database_id in ${where} is a placeholder. It must be the id that ` +
    `\`npx wrangler d1 create ${databaseName}\` prints.`
  )
}
