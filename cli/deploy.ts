// The verb `deploy`: checks the project and the secrets, and stops if the Worker would not run or would not be safe. Then it
// migrates the database and deploys. The first deploy takes its secrets from a file.

import { existsSync, realpathSync } from 'node:fs'
import { basename } from 'node:path'
import { readKeySet } from '../src/tokens/signing-key-set.ts'
import { composeAssets } from './assets.ts'
import {
  type Configuration,
  developmentSecretsFile,
  productionVariables,
  readConfiguration,
  readSecrets,
  settingsOrFail,
} from './configuration.ts'
import { fail } from './fail.ts'
import { listed } from './numbers.ts'
import { documentFor } from './openapi/document.ts'
import { dryRunOption, environmentIn, environmentOption, readCommandLine } from './options.ts'
import { commandFor } from './project.ts'
import { hasErrors } from './project-check/finding.ts'
import { checkProject, printFindings } from './project-check.ts'
import { withSecretFile } from './secret-file.ts'
import { printStep, warn } from './terminal.ts'
import { runWrangler, showWrangler } from './wrangler.ts'

const command = {
  verb: 'deploy',
  forms: ['[--env NAME] [--secrets-file FILE]'],
  about: 'Checks the project, migrates the database at Cloudflare, and deploys the Worker.',
  options: {
    'secrets-file': {
      type: 'string',
      value: 'FILE',
      help: 'lines of NAME="value", or JSON: the secrets of a first deploy',
    },
    ...environmentOption,
    'dry-run': {
      ...dryRunOption['dry-run'],
      help: 'checks and builds the Worker, and sends nothing to Cloudflare',
    },
  },
} as const

export async function deploy(args: string[]) {
  const { values } = readCommandLine(command, args)
  const isDry = values['dry-run']
  const where = environmentIn(values)
  const configuration = readConfiguration(values.env)
  const secrets = readSecretsToSend(values['secrets-file'], configuration)
  await checkKeySet(secrets)

  printStep('Checking the project')
  const findings = await checkProject(configuration, { isDeploy: true, secrets })
  if (!hasErrors(findings) && !isDry) await checkSecrets(configuration, secrets)
  printFindings(findings)
  if (hasErrors(findings)) process.exit(1)

  const settings = settingsOrFail(productionVariables(configuration, secrets))
  const assets = await composeAssets(await documentFor(settings, { ifHooksFail: warn }))
  const build = ['deploy', '--minify', ...where, ...assets]
  if (isDry) return run([...build, '--dry-run'])
  printStep('Migrating the database')
  await run(['d1', 'migrations', 'apply', 'DB', '--remote', ...where])
  printStep('Deploying the Worker')
  await send(build, secrets)
}

async function send(build: string[], secrets: Record<string, string>) {
  if (Object.keys(secrets).length === 0) return run(build)
  // As JSON, which wrangler reads literally. In lines of NAME=value it would expand every `$`.
  return withSecretFile('secrets.json', JSON.stringify(secrets), (file) =>
    run([...build, '--secrets-file', file]),
  )
}

function readSecretsToSend(
  file: string | undefined,
  { env }: Configuration,
): Record<string, string> {
  if (file === undefined) return {}
  if (!existsSync(file)) fail(`--secrets-file: there is no file ${file}.`)
  if ([file, realpathSync(file)].some((path) => basename(path).startsWith('.dev.vars'))) {
    fail(`--secrets-file: ${file} is .dev.vars. Its secrets are for development only.`)
  }
  const secrets = readSecretsOrFail(file)
  const development = readSecrets(developmentSecretsFile(env)) ?? {}
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

async function checkSecrets(
  { env, requiredSecrets }: Configuration,
  secrets: Record<string, string>,
) {
  const where = environmentIn({ env })
  const listing = ['secret', 'list', '--format', 'json', ...where]
  const { succeeded, stdout, output } = await runWrangler(listing)
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
  const put = ['npx wrangler secret put', missing[0], ...where].join(' ')
  const first = commandFor('deploy', [...where, '--secrets-file FILE'].join(' '))
  fail(
    isFirst
      ? `${sentence} The first deploy brings its secrets: ${first}`
      : `${sentence} Store it: ${put}`,
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
