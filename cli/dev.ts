// `npm run dev`: Gatehouse on this machine, with no account and no network. Further arguments go to
// `wrangler dev`. It listens on localhost only, for whoever reaches it can read every mail.

import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { parseArgs } from 'node:util'
import { parse } from 'smol-toml'
import {
  developmentVariables,
  readConfiguration,
  settingsOrRefuse,
  unreadSecrets,
} from './configuration.ts'
import { newKey, textOf } from './key-file.ts'
import './exit-with-parent.ts'
import { fail } from './fail.ts'
import { refuseUnsafeMigrations } from './safe-migrations.ts'
import { askWrangler, startWrangler } from './wrangler.ts'

const started = performance.now()
const hasGroups = process.platform !== 'win32'
const further = process.argv.slice(2)
const { values: options } = parseArgs({
  args: further,
  strict: false,
  options: {
    port: { type: 'string' },
    'persist-to': { type: 'string' },
    ip: { type: 'string', default: 'localhost' },
    var: { type: 'string', multiple: true, default: [] },
    remote: { type: 'boolean', short: 'r' },
    tunnel: { type: 'boolean' },
  },
})
const port = String(options.port ?? 8787)
const origin = `http://localhost:${port}`
const ownVariables = ['ENVIRONMENT:development', `PUBLIC_URL:${origin}`]
const persistTo = options['persist-to'] ? ['--persist-to', String(options['persist-to'])] : []

refuseWhatIsNotLocal()
refuseUnsafeMigrations()
const configuration = readConfiguration()
await makeSecrets()
printUnreadSecrets()
const settings = settingsOrRefuse(
  developmentVariables(configuration, [...ownVariables, ...(options.var as string[])]),
)
const base = `${origin}${settings.urlPrefix}`
await refuseTakenPort()
await applyMigrations()
await serve()

function refuseWhatIsNotLocal() {
  if (!/^[1-9]\d{0,4}$/.test(port) || Number(port) > 65_535) {
    fail(`--port is ${port}; it wants a number from 1 to 65535.`)
  }
  if (options.remote || options.tunnel) {
    fail('npm run dev shows every mail to whoever reaches it: no --remote and no --tunnel.')
  }
  if (!['localhost', '127.0.0.1', '::1'].includes(String(options.ip))) {
    fail(`npm run dev shows every mail to whoever reaches it: no --ip ${options.ip}.`)
  }
}

/** Fresh ones on the first run, readable by their owner alone; a file that is there stays as it is. */
async function makeSecrets() {
  const secret = () => randomBytes(32).toString('base64url')
  const wantsSet = configuration.requiredSecrets.includes('SIGNING_KEYS')
  const set = wantsSet && textOf([await newKey('ES256', new Date())]).replaceAll('\n', '')
  const lines = [
    '# Secrets to develop with, made by `npm run dev`. Never deploy them: production has its own.',
    `SECRET_KEY="${secret()}"`,
    set ? `SIGNING_KEYS='${set}'` : `SIGNING_KEY="${secret()}"`,
    '# Without a key of resend.com, mail is not sent but kept in /dev/mailbox/.',
    'RESEND_API_KEY=""',
  ]
  try {
    writeFileSync('.dev.vars', `${lines.join('\n')}\n`, { flag: 'wx', mode: 0o600 })
    console.log('Made .dev.vars with fresh secrets.')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

function printUnreadSecrets() {
  for (const name of unreadSecrets(configuration)) {
    console.warn(`${name} in .dev.vars is not read: wrangler.toml wants it in [secrets] required.`)
  }
}

/** wrangler would silently take another port, and PUBLIC_URL would name the wrong one. */
async function refuseTakenPort() {
  const socket = connect({ port: Number(port), host: 'localhost' })
  const taken = await once(socket, 'connect').then(
    () => true,
    () => false,
  )
  socket.destroy()
  const another = `npm run dev -- --port ${Number(port) + 1}`
  if (taken) fail(`Port ${port} is taken. Take another: ${another}`)
}

async function applyMigrations() {
  const apply = ['d1', 'migrations', 'apply', 'DB', '--local', ...persistTo]
  const { succeeded, output } = await askWrangler(apply)
  if (succeeded) return
  // Its tables were made by other migrations: those of an earlier version, or of another branch.
  if (/table .+ already exists/.test(output)) {
    const state = options['persist-to'] ?? '.wrangler/state'
    fail(`The local database is of an earlier version. Delete ${state}, and start again.`)
  }
  fail(`${output}\nThe migrations could not be applied to the local database.`)
}

async function serve() {
  const child = startWrangler(
    [
      ...['dev', '--show-interactive-dev-session=false'],
      ...(options.port ? [] : ['--port', port]),
      ...withoutRoutes(),
      ...ownVariables.flatMap((variable) => ['--var', variable]),
      ...further,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], detached: hasGroups },
    ['--import', './cli/exit-with-parent.ts'],
  )
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  child.on('exit', () => killGroupOf(child))

  // What wrangler says on its way is shown only if it does not arrive.
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

  await firstAnswer()
  withheld = undefined
  console.log(welcome())
  setInterval(runScheduled, 60_000)
}

/**
 * With `routes`, wrangler puts their host in the place of the one that a request names, and the mailbox refuses
 * foreign hosts by that. So wrangler is given the same configuration without them.
 */
function withoutRoutes(): string[] {
  const { route, routes, ...others } = parse(readFileSync('wrangler.toml', 'utf8'))
  if (route === undefined && routes === undefined) return []
  // Beside wrangler.toml, since the paths in it are relative to it.
  writeFileSync('wrangler.dev.json', JSON.stringify(others))
  return ['--config', 'wrangler.dev.json']
}

/** If wrangler was killed, workerd is left: it is in wrangler's own process group. */
function killGroupOf(child: ChildProcess) {
  if (!hasGroups || child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

async function firstAnswer() {
  for (;;) {
    const answer = await fetch(`${base}/healthz`).catch(() => undefined)
    if (answer) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function welcome() {
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  const login = settings.loginField === 'email' ? [] : [`--var LOGIN_FIELD:${settings.loginField}`]
  const same = [...persistTo, ...login].join(' ')
  const mail = settings.resendApiKey ? 'goes out through resend.com' : `${base}/dev/mailbox/`
  return [
    `Gatehouse answers at ${base} (after ${seconds} s)`,
    `  mail        ${mail}`,
    `  superuser   npm run createsuperuser${same && ` -- ${same}`}`,
    '  end         Ctrl+C',
  ].join('\n')
}

/** What the cron does in production; locally it never fires by itself. */
function runScheduled() {
  for (const cron of configuration.crons) {
    const parameters = new URLSearchParams({ cron })
    fetch(`${origin}/cdn-cgi/handler/scheduled?${parameters}`).catch(() => undefined)
  }
}
