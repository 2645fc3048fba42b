// `npm run deploy`: refuses, by name, what would not run or would not be safe; then migrates the
// database and deploys. A first deploy brings its secrets: `npm run deploy -- --secrets-file FILE`.

import { existsSync, realpathSync } from 'node:fs'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import type { Settings } from '../src/settings/parse.ts'
import { secretNames } from '../src/settings/secrets.ts'
import { isResends } from '../src/settings/service-checks.ts'
import { misspeltSettings } from '../src/settings.ts'
import { readKeySet } from '../src/tokens/signing-key-set.ts'
import {
  type Configuration,
  productionVariables,
  readConfiguration,
  readSecrets,
  refusePlaceholder,
  settingsOrRefuse,
} from './configuration.ts'
import { fail } from './fail.ts'
import { refuseUnsafeMigrations } from './safe-migrations.ts'
import { withSecretFile } from './secret-file.ts'
import { askWrangler, showWrangler } from './wrangler.ts'

const leastResendKey = 20 // characters

const configuration = readConfiguration()
refusePlaceholder(configuration)
refuseOwnVariables(configuration)
refuseUnsafeMigrations()
const secrets = secretsToSend(secretsFile())
await refuseUnsoundKeys(secrets)
const variables = productionVariables(configuration, secrets)
refuseMistyped(variables)
const settings = settingsOrRefuse(variables)
refuseUnsendableMail(settings)
await refuseMissingSecrets(configuration, secrets)
warnOfNoOrigin(settings)
warnOfMissingRateLimits(configuration)

await run(['d1', 'migrations', 'apply', 'DB', '--remote'])
const deploy = ['deploy', '--minify']
if (Object.keys(secrets).length === 0) {
  await run(deploy)
} else {
  // As JSON, which wrangler takes as it stands: in lines of NAME=value it would expand every `$`.
  await withSecretFile('secrets.json', JSON.stringify(secrets), (file) =>
    run([...deploy, '--secrets-file', file]),
  )
}

function secretsFile(): string | undefined {
  try {
    const { values } = parseArgs({ options: { 'secrets-file': { type: 'string' } } })
    return values['secrets-file']
  } catch (error) {
    return fail((error as Error).message)
  }
}

function refuseOwnVariables({ vars, varsOfEnvironments, requiredSecrets }: Configuration) {
  const secret = new Set([...requiredSecrets, ...secretNames])
  const everywhere = [vars, ...Object.values(varsOfEnvironments)].flatMap(Object.keys)
  const open = [...secret].filter((name) => everywhere.includes(name))
  if (open.length > 0) {
    fail(
      `${open.join(', ')} in wrangler.toml can be read by all who read it. Take it out, and store it: ` +
        `npx wrangler secret put ${open[0]}`,
    )
  }
  if ('ENVIRONMENT' in vars && vars.ENVIRONMENT !== 'production') {
    fail(`ENVIRONMENT in wrangler.toml is ${JSON.stringify(vars.ENVIRONMENT)}; take it out.`)
  }
}

function secretsToSend(file: string | undefined): Record<string, string> {
  if (file === undefined) return {}
  if (!existsSync(file)) fail(`--secrets-file: there is no ${file}.`)
  if ([file, realpathSync(file)].some((path) => basename(path).startsWith('.dev.vars'))) {
    fail(`--secrets-file: ${file} is .dev.vars, whose secrets are for development.`)
  }
  const secrets = readSecretsOrRefuse(file)
  const development = readSecrets('.dev.vars') ?? {}
  const shared = Object.entries(secrets).filter(
    ([, value]) => value !== '' && Object.values(development).includes(value),
  )
  if (shared.length > 0) {
    fail(
      `--secrets-file: ${namesOf(shared)} is as in .dev.vars; production has secrets of its own.`,
    )
  }
  if ('ENVIRONMENT' in secrets) fail('--secrets-file: ENVIRONMENT is no secret; take it out.')
  return secrets
}

function readSecretsOrRefuse(file: string): Record<string, string> {
  const wants = 'it wants lines of NAME="value", or JSON'
  let secrets: Record<string, unknown> = {}
  try {
    secrets = readSecrets(file) ?? {}
  } catch {
    fail(`--secrets-file: ${file} is no JSON; ${wants}.`)
  }
  const wrong = Object.entries(secrets).filter(([, value]) => typeof value !== 'string')
  if (wrong.length > 0) fail(`--secrets-file: ${namesOf(wrong)} is no text; ${wants}.`)
  if (Object.keys(secrets).length === 0) fail(`--secrets-file: ${file} is empty; ${wants}.`)
  return secrets as Record<string, string>
}

function namesOf(entries: [string, unknown][]): string {
  return entries.map(([name]) => name).join(', ')
}

async function refuseUnsoundKeys({ SIGNING_KEYS }: Record<string, string>) {
  if (!SIGNING_KEYS) return
  try {
    await readKeySet(SIGNING_KEYS)
  } catch (error) {
    fail(`--secrets-file: ${(error as Error).message}`)
  }
}

function refuseMistyped(variables: Record<string, unknown>) {
  const sentences = misspeltSettings(variables)
  if (sentences.length === 0) return
  fail(
    `${sentences.join('\n')}\nCorrect it in wrangler.toml; a variable of your own needs another name.`,
  )
}

function refuseUnsendableMail({ defaultFromEmail, resendApiKey, resendBaseUrl }: Settings) {
  if (/@localhost\b/.test(defaultFromEmail)) {
    fail(
      `DEFAULT_FROM_EMAIL is ${defaultFromEmail}; it wants an address of a domain that is ` +
        'verified at Resend, as "Example <accounts@example.com>".',
    )
  }
  if (isResends(resendBaseUrl) && resendApiKey.length < leastResendKey) {
    fail(
      `RESEND_API_KEY has ${resendApiKey.length} characters; a key of resend.com has more than thirty.`,
    )
  }
}

/** A Worker for apps alone needs none, so this is no refusal. */
function warnOfNoOrigin({ cors }: Settings) {
  const { allowAllOrigins, allowedOrigins, allowedOriginRegexes } = cors
  if (allowAllOrigins || allowedOrigins.length + allowedOriginRegexes.length > 0) return
  console.warn(
    'CORS_ALLOWED_ORIGINS names no origin, so no browser lets a page of another origin read an answer. ' +
      'See docs/deploying.md, "Connect your front end".',
  )
}

function warnOfMissingRateLimits({ rateLimits }: Configuration) {
  const missing = ['RATE_LIMITER', 'MAIL_RATE_LIMITER', 'CALLER_RATE_LIMITER', 'TOKEN_RATE_LIMITER']
    .filter((name) => !rateLimits.includes(name))
    .join(', ')
  if (missing === '') return
  console.warn(
    `wrangler.toml has no [[ratelimits]] ${missing}. RATE_LIMITER counts in the place of others, and must be there. ` +
      "Copy the sections from this version's wrangler.toml.",
  )
}

async function refuseMissingSecrets(
  { requiredSecrets }: Configuration,
  secrets: Record<string, string>,
) {
  const { succeeded, answer, output } = await askWrangler(['secret', 'list', '--format', 'json'])
  const isFirst = !succeeded && /Worker ".*" .*not found/.test(output)
  if (!succeeded && !isFirst) {
    fail(`${output}\nCloudflare did not list the secrets. Logged in? (npx wrangler login)`)
  }

  const there = isFirst ? [] : namesIn(answer)
  const missing = requiredSecrets.filter((name) => !secrets[name] && !there.includes(name))
  if (missing.length === 0) return
  fail(
    isFirst
      ? `${missing.join(', ')} is missing. First deploy: npm run deploy -- --secrets-file FILE`
      : `${missing.join(', ')} is missing: npx wrangler secret put ${missing[0]}`,
  )
}

function namesIn(answer: string): string[] {
  const secrets = JSON.parse(answer.slice(answer.indexOf('['))) as { name: string }[]
  return secrets.map(({ name }) => name)
}

async function run(parameters: string[]) {
  if (!(await showWrangler(parameters))) fail(`wrangler ${parameters[0]} failed; see above.`)
}
