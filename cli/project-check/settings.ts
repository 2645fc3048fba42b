// What is wrong with the settings of one environment.

import { SettingsError } from '../../src/settings/env.ts'
import type { Settings } from '../../src/settings/parse.ts'
import { secretNames } from '../../src/settings/secrets.ts'
import { isResends } from '../../src/settings/service-checks.ts'
import { misspeltSettings, settingsOf } from '../../src/settings.ts'
import {
  type Configuration,
  localAssignments,
  placeholderError,
  productionVariables,
  type Variables,
} from '../configuration.ts'
import { errorsOf, type Finding, hasErrors, warningsOf } from './finding.ts'

const minResendKeyLength = 20 // characters

/** @param secrets those that this deploy sends; placeholders stand for all others */
export function deploymentFindings(
  configuration: Configuration,
  secrets: Record<string, string>,
): Finding[] {
  const variables = productionVariables(configuration, secrets)
  const ofFile = errorsOf('settings', [
    placeholderError(configuration),
    exposedSecretsError(configuration),
    environmentError(configuration),
  ])
  const { settings, findings } = readSettings(configuration, variables)
  if (settings === undefined || hasErrors(ofFile)) return [...ofFile, ...findings]
  return [
    ...errorsOf('settings', [senderError(settings), resendKeyError(settings)]),
    ...warningsOf('settings', [originWarning(settings), rateLimitWarning(configuration)]),
  ]
}

/** What would stop the Worker in development, by wrangler.toml alone. */
export function developmentFindings(configuration: Configuration): Finding[] {
  const variables = { ...productionVariables(configuration), ...local }
  return [
    ...errorsOf('settings', [exposedSecretsError(configuration)]),
    ...readSettings(configuration, variables).findings,
    ...warningsOf('settings', [rateLimitWarning(configuration)]),
  ]
}

const local: Variables = Object.fromEntries(
  localAssignments.map((assignment) => assignment.split(/:(.*)/s).slice(0, 2)),
)

function readSettings(
  { env }: Configuration,
  variables: Variables,
): { settings?: Settings; findings: Finding[] } {
  const misspelt = misspeltSettings(variables)
  if (misspelt.length > 0) {
    const advice =
      'Correct it in wrangler.toml. If it is a variable of your own, give it another name.'
    return { findings: errorsOf('settings', [`${misspelt.join('\n')}\n${advice}`]) }
  }
  try {
    return { settings: settingsOf(variables), findings: [] }
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    const where = env === undefined ? '' : `[env.${env}] `
    return { findings: errorsOf('settings', [where + error.message]) }
  }
}

function exposedSecretsError({ namesOfVars, requiredSecrets }: Configuration): string | undefined {
  const secret = [...new Set([...requiredSecrets, ...secretNames])]
  const exposed = secret.filter((name) => namesOfVars.includes(name))
  if (exposed.length === 0) return undefined
  return (
    `${exposed.join(', ')} in wrangler.toml: everyone that reads the file can read it. Remove it there, ` +
    `and store it: npx wrangler secret put ${exposed[0]}`
  )
}

function environmentError({ vars }: Configuration): string | undefined {
  if (!('ENVIRONMENT' in vars) || vars.ENVIRONMENT === 'production') return undefined
  return `ENVIRONMENT in wrangler.toml is ${JSON.stringify(vars.ENVIRONMENT)}. Remove it.`
}

function senderError({ defaultFromEmail }: Settings): string | undefined {
  if (!/@localhost\b/.test(defaultFromEmail)) return undefined
  return (
    `DEFAULT_FROM_EMAIL is ${defaultFromEmail}. It must be an address of a domain that is ` +
    'verified at Resend, such as "Example <accounts@example.com>".'
  )
}

function resendKeyError({ resendApiKey, resendBaseUrl }: Settings): string | undefined {
  if (!isResends(resendBaseUrl) || resendApiKey.length >= minResendKeyLength) return undefined
  return `RESEND_API_KEY has ${resendApiKey.length} characters. A key of resend.com has more than thirty.`
}

/** Only a warning, because a Worker without front ends in browsers needs no origin. */
function originWarning({ cors }: Settings): string | undefined {
  const { allowAllOrigins, allowedOrigins, allowedOriginRegexes } = cors
  if (allowAllOrigins || allowedOrigins.length + allowedOriginRegexes.length > 0) return undefined
  return (
    'CORS_ALLOWED_ORIGINS names no origin, so no browser lets a page of another origin read a response. ' +
    'See docs/deploying.md, "Connect your front end".'
  )
}

function rateLimitWarning({ env, rateLimits }: Configuration): string | undefined {
  const missing = ['RATE_LIMITER', 'MAIL_RATE_LIMITER', 'CALLER_RATE_LIMITER', 'TOKEN_RATE_LIMITER']
    .filter((name) => !rateLimits.includes(name))
    .join(', ')
  if (missing === '') return undefined
  const [where, section] =
    env === undefined
      ? ['wrangler.toml', '[[ratelimits]]']
      : [`[env.${env}] of wrangler.toml`, `[[env.${env}.ratelimits]]`]
  return (
    `${where} has no ${section} ${missing}. RATE_LIMITER is required, and replaces others that are missing. ` +
    "Copy the sections from this version's wrangler.toml."
  )
}
