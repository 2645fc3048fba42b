// Part of `npm run check`: lints the OpenAPI document of the shipped settings, and of deployments with others, by the rules of
// redocly.yaml. Warnings count too.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parse } from 'smol-toml'
import { openApiDocument } from '../src/openapi/document.ts'
import { settingsOf } from '../src/settings.ts'
import { fail } from './fail.ts'

/** The shipped settings. Those of a deployer, in wrangler.toml, do not reach this check. */
const configuration = 'test/support/wrangler.toml'

const placeholder = 'not-a-secret-0123456789-0123456789-0123456789'
const required = {
  PUBLIC_URL: 'https://auth.example.com',
  SECRET_KEY: placeholder,
  SIGNING_KEY: placeholder,
  RESEND_API_KEY: `re_${placeholder}`,
}

const deployments: Record<string, Record<string, unknown>> = {
  shipped: {},
  development: { ENVIRONMENT: 'development' },
  'every dialect': { DRF_JWT: true, DRF_JWT_PACKAGE: 'drf-jwt', REGISTER: true },
  username: { LOGIN_FIELD: 'username', USER_PK: 'uuid' },
  prefix: {
    URL_PREFIX: '/api/v1',
    DEFAULT_PAGINATION_CLASS: 'PageNumberPagination',
    PAGE_SIZE: 50,
  },
  cookies: { AUTH_COOKIES: true, ROTATE_REFRESH_TOKENS: true, BLACKLIST_AFTER_ROTATION: true },
  'keys of authtoken': { REGISTER: true, REGISTER_TOKENS: 'authtoken' },
  'few routes': { DISABLED_ROUTES: 'users_list,token,sliding,events,export,status,sessions' },
}

function main() {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-openapi-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const { vars } = parse(readFileSync(configuration, 'utf8')) as { vars: object }
  const files = Object.entries(deployments).map(([name, settings]) => {
    const file = join(folder, `${name}.json`)
    const document = openApiDocument(settingsOf({ ...vars, ...required, ...settings }))
    writeFileSync(file, JSON.stringify(document, undefined, 2))
    return file
  })
  const output = lint(files)
  if (!/^Woohoo! /m.test(output) || /warning/i.test(output)) fail(output)
  console.log(
    `${files.length} documents: 0 errors, 0 warnings (${Object.keys(deployments).join(', ')})`,
  )
}

function lint(files: string[]): string {
  const manifest = createRequire(import.meta.url).resolve('@redocly/cli/package.json')
  const program = join(dirname(manifest), 'bin/cli.js')
  const { stdout, stderr } = spawnSync(process.execPath, [program, 'lint', ...files], {
    encoding: 'utf8',
    env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
  })
  return `${stdout}${stderr}`
}

main()
