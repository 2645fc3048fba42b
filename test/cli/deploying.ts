// For tests of `npm run deploy`: a project that is ready, whose wrangler is a fake that records its calls.

import { existsSync, readFileSync } from 'node:fs'
import { type Call, newProject } from './project.ts'

const fakeWrangler = `
  const { appendFileSync, readFileSync, statSync } = require('node:fs')
  const parameters = process.argv.slice(2)
  const call = { parameters }
  const secretsFile = parameters[parameters.indexOf('--secrets-file') + 1]
  if (parameters.includes('--secrets-file')) {
    call.secrets = JSON.parse(readFileSync(secretsFile, 'utf8'))
    call.mode = (statSync(secretsFile).mode & 0o777).toString(8)
  }
  appendFileSync('calls', JSON.stringify(call) + '\\n')
  if (parameters[0] === 'secret') {
    if (process.env.ON_CLOUDFLARE === 'nothing') {
      console.error('✘ [ERROR] Worker "gatehouse" not found.')
      process.exit(1)
    }
    const names = (process.env.ON_CLOUDFLARE ?? '').split(',').filter(Boolean)
    console.log(JSON.stringify(names.map((name) => ({ name, type: 'secret_text' }))))
  }
  process.exit(parameters.join(' ').startsWith(process.env.FAILING ?? '-') ? 1 : 0)
`
export const wranglerToml = `
  name = "gatehouse"
  [[d1_databases]]
  binding = "DB"
  database_id = "6a0f1b7e-1111-2222-3333-444455556666"
  [secrets]
  required = ["SECRET_KEY", "SIGNING_KEY", "RESEND_API_KEY"]
  [vars]
  PUBLIC_URL = "https://auth.example.com"
  DEFAULT_FROM_EMAIL = "Example <accounts@example.com>"
`
export const allSecrets = 'SECRET_KEY,SIGNING_KEY,RESEND_API_KEY'
export const key = 'a-key-of-production-0123456789-0123456789'
export const secretsFile = [
  `SECRET_KEY="${key}-1"`,
  `SIGNING_KEY='$HOME#${key}-2'`,
  `RESEND_API_KEY=re_${key}`,
].join('\n')

/** A project that is ready to deploy, and the calls that its fake wrangler recorded. */
export function readyProject() {
  const project = newProject({ fakeWrangler })
  project.write('wrangler.toml', wranglerToml)
  return {
    ...project,
    calls(): Call[] {
      if (!existsSync(project.file('calls'))) return []
      const lines = readFileSync(project.file('calls'), 'utf8').trimEnd().split('\n')
      return lines.map((line) => JSON.parse(line) as Call)
    },
  }
}

/** Each call as one line. The path of the assets is from the project's folder. */
export const commandsOf = (calls: Call[]) =>
  calls.map(({ parameters }) => parameters.join(' ').replace(/\S+\/(?=\.gatehouse\/assets)/, ''))
export const list = 'secret list --format json'
export const migrate = 'd1 migrations apply DB --remote'
export const build = 'deploy --minify --assets .gatehouse/assets'
