// The verb `check`: everything that can be wrong with a project and that its files show. `deploy` begins with it.

import { assetsError, composeAssets } from './assets.ts'
import {
  type Configuration,
  describedVariables,
  readConfiguration,
  settingsOrFail,
} from './configuration.ts'
import { documentFor } from './openapi/document.ts'
import { environmentOption, jsonOption, readCommandLine } from './options.ts'
import { isRepository } from './project.ts'
import { errorsOf, type Finding, hasErrors } from './project-check/finding.ts'
import { languageFindings } from './project-check/languages.ts'
import { migrationFindings, missingMigrationFindings } from './project-check/migrations.ts'
import { packageFindings } from './project-check/packages.ts'
import { deploymentFindings, developmentFindings } from './project-check/settings.ts'
import { tableFindings } from './project-check/tables.ts'
import { loadWorker } from './project-check/worker.ts'
import { green, red, yellow } from './terminal.ts'

const command = {
  verb: 'check',
  forms: ['[--deploy] [--env NAME]'],
  about:
    'Looks for what is wrong or missing: settings, user model, names of hooks, tables, migrations, assets and\n' +
    'versions of packages. It reads no database, and writes only .gatehouse/assets, for tests. Status 1 if there is an error.',
  options: {
    deploy: {
      type: 'boolean',
      default: false,
      help: 'checks the settings as in production, of one environment',
    },
    ...environmentOption,
    ...jsonOption,
  },
} as const

export async function check(args: string[]) {
  const { values } = readCommandLine(command, args)
  const configuration = readConfiguration(values.env)
  const findings = await checkProject(configuration, { isDeploy: values.deploy })
  if (assetsError() === undefined)
    await composeAssets(await documentUnless(hasErrors(findings), configuration))
  if (values.json) console.log(JSON.stringify(findings, null, 2))
  else printFindings(findings)
  if (hasErrors(findings)) process.exitCode = 1
  else if (!values.json) console.log(green('check: nothing is wrong.'))
}

async function documentUnless(isWrong: boolean, configuration: Configuration) {
  if (isWrong) return undefined
  const settings = settingsOrFail(describedVariables(configuration, ['ENVIRONMENT:development']))
  return documentFor(settings, { ifHooksFail: () => undefined })
}

interface CheckOptions {
  /** Whether the settings must be those of production. */
  isDeploy: boolean
  /** The secrets that a deploy sends. */
  secrets?: Record<string, string>
}

export async function checkProject(
  configuration: Configuration,
  { isDeploy, secrets = {} }: CheckOptions,
): Promise<Finding[]> {
  const project = isRepository() ? [] : await projectFindings(configuration)
  const settings = isDeploy
    ? deploymentFindings(configuration, secrets)
    : environmentsOf(configuration).flatMap((env) => developmentFindings(readConfiguration(env)))
  return [...migrationFindings(), ...settings, ...project, ...errorsOf('assets', [assetsError()])]
}

/** All environments, unless one was named. */
const environmentsOf = ({ env, environments }: Configuration) =>
  env === undefined ? [undefined, ...environments] : [env]

/** What only a deployer's own project can have wrong. It loads the Worker, so that the settings know its hooks. */
async function projectFindings({ main }: Configuration): Promise<Finding[]> {
  const { isLoaded, findings } = await loadWorker(main)
  const tables = await tableFindings(isLoaded)
  return [
    ...[...findings, ...languageFindings(), ...tables, ...packageFindings()],
    ...(await missingMigrationFindings()),
  ]
}

/** Errors come first. */
export function printFindings(findings: Finding[]) {
  for (const { level, sentence } of findings) {
    if (level === 'error') console.error(red(sentence, process.stderr))
  }
  for (const { level, sentence } of findings) {
    if (level === 'warning') console.warn(yellow(sentence, process.stderr))
  }
}
