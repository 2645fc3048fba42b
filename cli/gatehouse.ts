// The command `gatehouse`: finds the verb, loads the project's user model, and then the verb's own file. Statuses: 0 if it is
// done, 1 if it was refused or failed, 2 if the command line is wrong.

import { misuse } from './fail.ts'
import { aligned, asksForHelp } from './options.ts'
import { packageName, packageVersion } from './package.ts'
import { bold } from './terminal.ts'
import { loadUserModel, tryUserModel } from './user-model.ts'

interface Verb {
  summary: string
  /** Whether it works without a user model. */
  isIndependent?: boolean
  load: () => Promise<(args: string[]) => Promise<void> | void>
}

const verbs: Record<string, Verb> = {
  init: {
    summary: 'writes a new project',
    isIndependent: true,
    load: async () => (await import('./init.ts')).init,
  },
  dev: {
    summary: 'runs the Worker on this machine',
    load: async () => (await import('./dev.ts')).dev,
  },
  makemigrations: {
    summary: 'writes a migration for the changes of the user model and of your tables',
    load: async () => (await import('./makemigrations.ts')).makemigrations,
  },
  migrate: {
    summary: 'applies the migrations to a database',
    load: async () => (await import('./migrate.ts')).migrate,
  },
  check: {
    summary: 'looks for what is wrong or missing in the project',
    load: async () => (await import('./project-check.ts')).check,
  },
  deploy: {
    summary: 'checks the project, migrates its database and deploys it',
    load: async () => (await import('./deploy.ts')).deploy,
  },
  openapi: {
    summary: 'prints the OpenAPI document of this deployment',
    load: async () => (await import('./openapi.ts')).openapi,
  },
  createsuperuser: {
    summary: 'adds a superuser',
    load: async () => (await import('./createsuperuser.ts')).createsuperuser,
  },
  user: {
    summary: 'shows and changes accounts',
    load: async () => (await import('./user.ts')).user,
  },
  keys: {
    summary: 'makes and retires signing keys',
    load: async () => (await import('./keys.ts')).keys,
  },
  'import-django': {
    summary: 'imports the users of a Django project',
    load: async () => (await import('./import-django.ts')).importDjango,
  },
  'export-django': {
    summary: 'writes the users as Django fixtures',
    load: async () => (await import('./export-django.ts')).exportDjango,
  },
  restore: {
    summary: 'loads an export of D1 into an empty database',
    isIndependent: true,
    load: async () => (await import('./restore.ts')).restore,
  },
}

async function main([name, ...args]: string[]) {
  if (name === '--version') return console.log(packageVersion)
  if (name === undefined) misuse(usage())
  if (asksForHelp([name])) return console.log(usage())
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined
  if (verb === undefined) return misuse(`There is no verb ${name}.\n\n${usage()}`)
  // The modules of a verb compute values from the table of users when they are imported.
  if (!verb.isIndependent) await (asksForHelp(args) ? tryUserModel() : loadUserModel())
  const run = await verb.load()
  await run(args)
}

function usage(): string {
  const lines = Object.entries(verbs).map(([name, { summary }]): [string, string] => [
    name,
    summary,
  ])
  return [
    `${bold('Usage:')} gatehouse VERB [options]\n`,
    `Django's auth API as a Cloudflare Worker (${packageName} ${packageVersion}).\n`,
    aligned(lines),
    '\n  gatehouse VERB --help prints the options of a verb.',
    '  gatehouse --version prints the version.',
  ].join('\n')
}

await main(process.argv.slice(2))
