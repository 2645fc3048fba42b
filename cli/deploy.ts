// `npm run deploy`: checks the configuration, the secrets and the migrations, and stops if the Worker would not run or
// would not be safe. Then it migrates the database and deploys. The first deploy takes its secrets from a file.

import { existsSync, realpathSync } from 'node:fs'
import { basename } from 'node:path'
import type { Settings } from '../src/settings/parse.ts'
import { secretNames } from '../src/settings/secrets.ts'
import { isResends } from '../src/settings/service-checks.ts'
import { misspeltSettings } from '../src/settings.ts'
import { readKeySet } from '../src/tokens/signing-key-set.ts'
import {
  type Configuration,
  failIfPlaceholder,
  productionVariables,
  readConfiguration,
  readSecrets,
  settingsOrFail,
} from './configuration.ts'
import { fail } from './fail.ts'
import { listed } from './numbers.ts'
import { readCommandLine } from './options.ts'
import { checkMigrations } from './safe-migrations.ts'
import { withSecretFile } from './secret-file.ts'
import { runWrangler, showWrangler } from './wrangler.ts'

const usage = `Usage: npm run deploy -- [--secrets-file FILE]
  --secrets-file FILE   lines of NAME="value", or JSON: the secrets of a first deploy`

const minResendKeyLength = 20 // characters

async function main() {
  const { values } = readCommandLine(usage, { options: { 'secrets-file': { type: 'string' } } })
  const configuration = readConfiguration()
  failIfPlaceholder(configuration)
  checkVariables(configuration)
  checkMigrations()
  const secrets = readSecretsToSend(values['secrets-file'])
  await checkKeySet(secrets)
  const variables = productionVariables(configuration, secrets)
  checkSpelling(variables)
  const settings = settingsOrFail(variables)
  checkMail(settings)
  await checkSecrets(configuration, secrets)
  warnWithoutOrigins(settings)
  warnWithoutRateLimits(configuration)

  await run(['d1', 'migrations', 'apply', 'DB', '--remote'])
  await deploy(secrets)
}

async function deploy(secrets: Record<string, string>) {
  const command = ['deploy', '--minify']
  if (Object.keys(secrets).length === 0) return run(command)
  // As JSON, which wrangler reads literally. In lines of NAME=value it would expand every `$`.
  return withSecretFile('secrets.json', JSON.stringify(secrets), (file) =>
    run([...command, '--secrets-file', file]),
  )
}

function checkVariables({ vars, varsOfEnvironments, requiredSecrets }: Configuration) {
  const secret = new Set([...requiredSecrets, ...secretNames])
  const everywhere = [vars, ...Object.values(varsOfEnvironments)].flatMap(Object.keys)
  const exposed = [...secret].filter((name) => everywhere.includes(name))
  if (exposed.length > 0) {
    fail(
      `${exposed.join(', ')} in wrangler.toml: everyone that reads the file can read it. Remove it there, ` +
        `and store it: npx wrangler secret put ${exposed[0]}`,
    )
  }
  if ('ENVIRONMENT' in vars && vars.ENVIRONMENT !== 'production') {
    fail(`ENVIRONMENT in wrangler.toml is ${JSON.stringify(vars.ENVIRONMENT)}. Remove it.`)
  }
}

function readSecretsToSend(file: string | undefined): Record<string, string> {
  if (file === undefined) return {}
  if (!existsSync(file)) fail(`--secrets-file: there is no file ${file}.`)
  if ([file, realpathSync(file)].some((path) => basename(path).startsWith('.dev.vars'))) {
    fail(`--secrets-file: ${file} is .dev.vars. Its secrets are for development only.`)
  }
  const secrets = readSecretsOrFail(file)
  const development = readSecrets('.dev.vars') ?? {}
  const shared = Object.entries(secrets).filter(
    ([, value]) => value !== '' && Object.values(development).includes(value),
  )
  if (shared.length > 0) {
    fail(
      `--secrets-file: ${namesOf(shared)} must differ from .dev.vars. Production requires its own secrets.`,
    )
  }
  if ('ENVIRONMENT' in secrets) fail('--secrets-file: ENVIRONMENT is not a secret. Remove it.')
  return secrets
}

function readSecretsOrFail(file: string): Record<string, string> {
  const form = 'It must hold lines of NAME="value", or JSON.'
  let secrets: Record<string, unknown> = {}
  try {
    secrets = readSecrets(file) ?? {}
  } catch {
    fail(`--secrets-file: ${file} is not JSON. ${form}`)
  }
  const wrong = Object.entries(secrets).filter(([, value]) => typeof value !== 'string')
  if (wrong.length > 0) fail(`--secrets-file: ${namesOf(wrong)} must be text. ${form}`)
  if (Object.keys(secrets).length === 0) fail(`--secrets-file: ${file} is empty. ${form}`)
  return secrets as Record<string, string>
}

function namesOf(entries: [string, unknown][]): string {
  return entries.map(([name]) => name).join(', ')
}

async function checkKeySet({ SIGNING_KEYS }: Record<string, string>) {
  if (!SIGNING_KEYS) return
  try {
    await readKeySet(SIGNING_KEYS)
  } catch (error) {
    fail(`--secrets-file: ${(error as Error).message}`)
  }
}

/** Fails if a variable's name looks like a misspelt setting. */
function checkSpelling(variables: Record<string, unknown>) {
  const errors = misspeltSettings(variables)
  if (errors.length === 0) return
  fail(
    `${errors.join('\n')}\nCorrect it in wrangler.toml. If it is a variable of your own, give it another name.`,
  )
}

function checkMail({ defaultFromEmail, resendApiKey, resendBaseUrl }: Settings) {
  if (/@localhost\b/.test(defaultFromEmail)) {
    fail(
      `DEFAULT_FROM_EMAIL is ${defaultFromEmail}. It must be an address of a domain that is ` +
        'verified at Resend, such as "Example <accounts@example.com>".',
    )
  }
  if (isResends(resendBaseUrl) && resendApiKey.length < minResendKeyLength) {
    fail(
      `RESEND_API_KEY has ${resendApiKey.length} characters. A key of resend.com has more than thirty.`,
    )
  }
}

/** Only warns, because a Worker without front ends in browsers needs no origin. */
function warnWithoutOrigins({ cors }: Settings) {
  const { allowAllOrigins, allowedOrigins, allowedOriginRegexes } = cors
  if (allowAllOrigins || allowedOrigins.length + allowedOriginRegexes.length > 0) return
  console.warn(
    'CORS_ALLOWED_ORIGINS names no origin, so no browser lets a page of another origin read a response. ' +
      'See docs/deploying.md, "Connect your front end".',
  )
}

function warnWithoutRateLimits({ rateLimits }: Configuration) {
  const missing = ['RATE_LIMITER', 'MAIL_RATE_LIMITER', 'CALLER_RATE_LIMITER', 'TOKEN_RATE_LIMITER']
    .filter((name) => !rateLimits.includes(name))
    .join(', ')
  if (missing === '') return
  console.warn(
    `wrangler.toml has no [[ratelimits]] ${missing}. RATE_LIMITER is required, and replaces others that are missing. ` +
      "Copy the sections from this version's wrangler.toml.",
  )
}

async function checkSecrets({ requiredSecrets }: Configuration, secrets: Record<string, string>) {
  const { succeeded, stdout, output } = await runWrangler(['secret', 'list', '--format', 'json'])
  const isFirst = !succeeded && /Worker ".*" .*not found/.test(output)
  if (!succeeded && !isFirst) {
    fail(
      `${output}\nCloudflare did not list the secrets. You may have to log in: npx wrangler login`,
    )
  }

  const stored = isFirst ? [] : namesIn(stdout)
  const missing = requiredSecrets.filter((name) => !secrets[name] && !stored.includes(name))
  if (missing.length === 0) return
  const sentence = `${listed(missing)} ${missing.length === 1 ? 'is' : 'are'} missing.`
  fail(
    isFirst
      ? `${sentence} The first deploy brings its secrets: npm run deploy -- --secrets-file FILE`
      : `${sentence} Store it: npx wrangler secret put ${missing[0]}`,
  )
}

function namesIn(output: string): string[] {
  const secrets = JSON.parse(output.slice(output.indexOf('['))) as { name: string }[]
  return secrets.map(({ name }) => name)
}

async function run(parameters: string[]) {
  if (!(await showWrangler(parameters)))
    fail(`wrangler ${parameters[0]} failed. Its output is above.`)
}

await main()
