// The verb `dev`: runs the Worker on this machine, without a Cloudflare account and without a network. It passes its options
// on to `wrangler dev`. It listens on localhost only, because every client that reaches it can read every email.

import { once } from 'node:events'
import { connect } from 'node:net'
import type { Settings } from '../src/settings/parse.ts'
import { composeAssets } from './assets.ts'
import {
  type Configuration,
  developmentVariables,
  readConfiguration,
  settingsOrFail,
} from './configuration.ts'
import { type DevOptions, persistOptions, readDevOptions } from './dev/options.ts'
import { makeSecrets, warnAboutUnreadSecrets } from './dev/secrets.ts'
import { serve } from './dev/serving.ts'
import { fail } from './fail.ts'
import { findUnmigrated } from './makemigrations/unmigrated.ts'
import { listed } from './numbers.ts'
import { documentFor } from './openapi/document.ts'
import { environmentIn } from './options.ts'
import { commandFor } from './project.ts'
import { checkMigrations } from './safe-migrations.ts'
import { bold, warn } from './terminal.ts'
import { runWrangler } from './wrangler.ts'

export async function dev(args: string[]) {
  const options = readDevOptions(args)
  const started = performance.now()
  await import('./exit-with-parent.ts')
  checkMigrations()
  const configuration = readConfiguration(options.env)
  await makeSecrets(configuration)
  warnAboutUnreadSecrets(configuration)
  const settings = settingsOrFail(developmentVariables(configuration, options.assignments))
  const base = `${options.origin}${settings.urlPrefix}`
  await checkPort(options.port)
  const assets = await composeAssets(await documentFor(settings, { ifHooksFail: warn }))
  const unmigrated = await findUnmigrated()
  await applyMigrations(options)

  const showOutput = serve(options, assets)
  await firstResponse(`${base}/healthz`)
  showOutput()
  console.log(welcome(base, settings, options, performance.now() - started))
  warnAbout(unmigrated)
  setInterval(() => runScheduled(options.origin, configuration), 60_000)
}

/** Fails if the port is in use. Otherwise wrangler would silently choose another port, and PUBLIC_URL would be wrong. */
async function checkPort(port: string) {
  const socket = connect({ port: Number(port), host: 'localhost' })
  const isTaken = await once(socket, 'connect').then(
    () => true,
    () => false,
  )
  socket.destroy()
  const another = commandFor('dev', `--port ${Number(port) + 1}`)
  if (isTaken) fail(`Port ${port} is taken. Use another: ${another}`)
}

async function applyMigrations(options: DevOptions) {
  const where = ['--local', ...persistOptions(options), ...environmentIn(options)]
  const apply = ['d1', 'migrations', 'apply', 'DB', ...where]
  const { succeeded, output } = await runWrangler(apply)
  if (succeeded) return
  // The tables come from other migrations: those of an earlier version or of another branch.
  if (/table .+ already exists/.test(output)) {
    const state = options.persistTo ?? '.wrangler/state'
    fail(`Other migrations made the local database. Delete ${state}, and start again.`)
  }
  fail(`${output}\nThe migrations could not be applied to the local database.`)
}

async function firstResponse(url: string) {
  for (;;) {
    const response = await fetch(url).catch(() => undefined)
    if (response) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Every request that reads such a table fails. */
function warnAbout(unmigrated: string[]) {
  if (unmigrated.length === 0) return
  const are = unmigrated.length === 1 ? 'is' : 'are'
  warn(
    `${listed(unmigrated)} ${are} in no migration. Stop, run ${commandFor('makemigrations')}, and start again.`,
  )
}

function welcome(base: string, settings: Settings, options: DevOptions, milliseconds: number) {
  const login = settings.loginField === 'email' ? [] : [`--var LOGIN_FIELD:${settings.loginField}`]
  const same = [...persistOptions(options), ...environmentIn(options), ...login].join(' ')
  const mail = settings.resendApiKey ? 'is sent by resend.com' : `${base}/dev/mailbox/`
  return [
    `Gatehouse answers at ${bold(base)} (after ${(milliseconds / 1000).toFixed(1)} s)`,
    `  mail        ${mail}`,
    ...(hasReference(settings) ? [`  reference   ${base}/docs/`] : []),
    `  superuser   ${commandFor('createsuperuser', same)}`,
    '  stop        Ctrl+C',
  ].join('\n')
}

const hasReference = ({ apiReference, disabledRoutes }: Settings) =>
  apiReference && !disabledRoutes.includes('openapi')

/** Runs the scheduled jobs. In production the cron does this, but `wrangler dev` never runs a cron by itself. */
function runScheduled(origin: string, { crons }: Configuration) {
  for (const cron of crons) {
    const parameters = new URLSearchParams({ cron })
    fetch(`${origin}/cdn-cgi/handler/scheduled?${parameters}`).catch(() => undefined)
  }
}
