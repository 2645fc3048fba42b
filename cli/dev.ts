// The verb `dev`: runs the Worker on this machine, without a Cloudflare account and without a network. It passes its options
// on to `wrangler dev`. It listens on localhost only, because every client that reaches it can read every email.

import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { parseArgs } from 'node:util'
import { parse } from 'smol-toml'
import type { Settings } from '../src/settings/parse.ts'
import { composeAssets } from './assets.ts'
import {
  type Configuration,
  developmentSecretsFile,
  developmentVariables,
  readConfiguration,
  settingsOrFail,
  unreadSecrets,
} from './configuration.ts'
import { fail, misuse } from './fail.ts'
import { keyFileText, newKey } from './key-file.ts'
import { findUnmigrated } from './makemigrations/unmigrated.ts'
import { listed } from './numbers.ts'
import { environmentIn, environmentOption, printHelpIfAsked, settingOptions } from './options.ts'
import { entryFile } from './package.ts'
import { commandFor } from './project.ts'
import { checkMigrations } from './safe-migrations.ts'
import { bold, warn } from './terminal.ts'
import { runWrangler, startWrangler } from './wrangler.ts'

const hasProcessGroups = process.platform !== 'win32'

const command = {
  verb: 'dev',
  forms: ['[options]'],
  about:
    'Runs the Worker on this machine. All other options go to wrangler dev: npx wrangler dev --help lists them.',
  options: {
    port: { type: 'string', value: 'N', help: 'the port; 8787 by default' },
    ...settingOptions,
    'persist-to': {
      type: 'string',
      value: 'FOLDER',
      help: 'the folder of the database; .wrangler/state by default',
    },
    ...environmentOption,
  },
} as const

type DevOptions = ReturnType<typeof readOptions>

export async function dev(args: string[]) {
  printHelpIfAsked(command, args)
  const started = performance.now()
  const options = readOptions(args)
  checkThatItIsLocal(options)
  await import('./exit-with-parent.ts')
  checkMigrations()
  const assets = composeAssets()
  const configuration = readConfiguration(options.env)
  await makeSecrets(configuration)
  warnAboutUnreadSecrets(configuration)
  const settings = settingsOrFail(developmentVariables(configuration, options.assignments))
  const base = `${options.origin}${settings.urlPrefix}`
  await checkPort(options.port)
  const unmigrated = await findUnmigrated()
  await applyMigrations(options)

  const showOutput = serve(options, assets)
  await firstResponse(`${base}/healthz`)
  showOutput()
  console.log(welcome(base, settings, options, performance.now() - started))
  warnAbout(unmigrated)
  setInterval(() => runScheduled(options.origin, configuration), 60_000)
}

function readOptions(args: string[]) {
  const { values } = parseArgs({
    args,
    strict: false,
    options: {
      ...command.options,
      ip: { type: 'string', default: 'localhost' },
      remote: { type: 'boolean', short: 'r' },
      tunnel: { type: 'boolean' },
    },
  })
  const port = String(values.port ?? 8787)
  const origin = `http://localhost:${port}`
  const ownAssignments = ['ENVIRONMENT:development', `PUBLIC_URL:${origin}`]
  return {
    /** The whole command line, for wrangler. */
    all: args,
    port,
    hasPort: Boolean(values.port),
    origin,
    ip: String(values.ip),
    isShared: Boolean(values.remote || values.tunnel),
    env: values.env === undefined ? undefined : String(values.env),
    persistTo: values['persist-to'] ? String(values['persist-to']) : undefined,
    ownAssignments,
    assignments: [...ownAssignments, ...(values.var as string[])],
  }
}

const persistOptions = ({ persistTo }: DevOptions) => (persistTo ? ['--persist-to', persistTo] : [])

function checkThatItIsLocal({ port, ip, isShared }: DevOptions) {
  if (!/^[1-9]\d{0,4}$/.test(port) || Number(port) > 65_535) {
    misuse(`--port is ${port}. It must be a number from 1 to 65535.`)
  }
  const reason = 'This verb shows every email to every client that reaches it'
  if (isShared) fail(`${reason}, so it allows no --remote and no --tunnel.`)
  if (!['localhost', '127.0.0.1', '::1'].includes(ip))
    fail(`${reason}, so it allows no --ip ${ip}.`)
}

/** Writes .dev.vars with new secrets at the first run, readable only by the file's owner. Never changes an existing file. */
async function makeSecrets({ env, requiredSecrets }: Configuration) {
  const secret = () => randomBytes(32).toString('base64url')
  const keySet =
    requiredSecrets.includes('SIGNING_KEYS') &&
    keyFileText([await newKey('ES256', new Date())]).replaceAll('\n', '')
  const lines = [
    `# Secrets for development, made by ${commandFor('dev')}. Never deploy them: production requires its own.`,
    `SECRET_KEY="${secret()}"`,
    keySet ? `SIGNING_KEYS='${keySet}'` : `SIGNING_KEY="${secret()}"`,
    '# Without a key of resend.com, no email is sent. /dev/mailbox/ shows the emails instead.',
    'RESEND_API_KEY=""',
  ]
  try {
    writeFileSync(developmentSecretsFile(env), `${lines.join('\n')}\n`, { flag: 'wx', mode: 0o600 })
    console.log('Created .dev.vars with new secrets.')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

function warnAboutUnreadSecrets(configuration: Configuration) {
  for (const name of unreadSecrets(configuration)) {
    warn(`${name} in .dev.vars is not read. Add it to [secrets] required in wrangler.toml.`)
  }
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

/**
 * Starts wrangler, which serves until this process ends. Its output is withheld while it starts, and shown if it fails.
 * @returns a function that shows its output from now on
 */
function serve(options: DevOptions, assets: string[]): () => void {
  const child = startWrangler(
    [
      ...['dev', '--show-interactive-dev-session=false'],
      ...(options.hasPort ? [] : ['--port', options.port]),
      ...withoutRoutes(),
      ...assets,
      ...options.ownAssignments.flatMap((assignment) => ['--var', assignment]),
      ...options.all,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], detached: hasProcessGroups },
    ['--import', entryFile('exit-with-parent').href],
  )
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  child.on('exit', () => killGroupOf(child))

  let withheld: string[] | undefined = []
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    if (withheld) withheld.push(text)
    else process.stdout.write(text)
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    if (!text.includes('Scheduled Workers are not automatically triggered')) {
      process.stderr.write(text)
    }
  })
  child.on('close', (code) => {
    process.stdout.write(withheld?.join('') ?? '')
    process.exit(code ?? 0)
  })
  return () => {
    withheld = undefined
  }
}

/**
 * With `routes`, wrangler replaces the host of each request by a host of the routes. The mailbox rejects hosts that are not
 * local, so wrangler gets the same configuration without routes.
 */
function withoutRoutes(): string[] {
  const toml = parse(readFileSync('wrangler.toml', 'utf8')) as Routed & {
    env?: Record<string, Routed>
  }
  const parts = [toml, ...Object.values(toml.env ?? {})]
  if (parts.every(({ route, routes }) => (route ?? routes) === undefined)) return []
  for (const part of parts) {
    delete part.route
    delete part.routes
  }
  // In the folder of wrangler.toml, because paths in it are relative to that folder.
  writeFileSync('wrangler.dev.json', JSON.stringify(toml))
  return ['--config', 'wrangler.dev.json']
}

interface Routed {
  route?: unknown
  routes?: unknown
}

/** Ends workerd, which still runs if wrangler was killed. It is in wrangler's process group. */
function killGroupOf(child: ChildProcess) {
  if (!hasProcessGroups || child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
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
    `  superuser   ${commandFor('createsuperuser', same)}`,
    '  stop        Ctrl+C',
  ].join('\n')
}

/** Runs the scheduled jobs. In production the cron does this, but `wrangler dev` never runs a cron by itself. */
function runScheduled(origin: string, { crons }: Configuration) {
  for (const cron of crons) {
    const parameters = new URLSearchParams({ cron })
    fetch(`${origin}/cdn-cgi/handler/scheduled?${parameters}`).catch(() => undefined)
  }
}
