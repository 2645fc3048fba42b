// `npm run deploy`: what it migrates, sends and warns about. What it refuses: deploy-errors.node.ts.

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import {
  allSecrets,
  build,
  commandsOf,
  key,
  list,
  migrate,
  readyProject,
  secretsFile,
  wranglerToml,
} from './deploying.ts'

describe('npm run deploy', () => {
  test('migrates the database and then deploys, if Cloudflare has every secret', async () => {
    const project = readyProject()

    const { status } = await project.run('deploy', [], { ON_CLOUDFLARE: allSecrets })

    assert.equal(status, 0)
    assert.deepEqual(commandsOf(project.calls()), [list, migrate, build])
  })

  test('warns if no origin of a front end is named, and only then', async () => {
    for (const [line, warns] of [
      ['', true],
      ['CORS_ALLOWED_ORIGINS = "https://app.example.com"', false],
      ["CORS_ALLOWED_ORIGIN_REGEXES = '^https://[a-z]+\\.example\\.com$'", false],
      ['CORS_ALLOW_ALL_ORIGINS = true', false],
    ] as const) {
      const project = readyProject()
      project.write('wrangler.toml', `${wranglerToml}${line}\n`)

      const { status, output } = await project.run('deploy', [], { ON_CLOUDFLARE: allSecrets })

      assert.equal(status, 0, output)
      assert.equal(/CORS_ALLOWED_ORIGINS names no origin/.test(output), warns, line)
    }
  })

  test('warns about rate limits that wrangler.toml lacks, and deploys', async () => {
    const project = readyProject()
    const limit = '[[ratelimits]]\nname = "RATE_LIMITER"\n'
    project.write('wrangler.toml', wranglerToml.replace('[[d1', `${limit}[[d1`))

    const { status, output } = await project.run('deploy', [], { ON_CLOUDFLARE: allSecrets })

    assert.equal(status, 0, output)
    const missing = 'MAIL_RATE_LIMITER, CALLER_RATE_LIMITER, TOKEN_RATE_LIMITER'
    assert.ok(output.includes(`has no [[ratelimits]] ${missing}.`), output)
  })

  test('sends the secrets of a first deploy unchanged, in a file that only its owner can read', async () => {
    const project = readyProject()
    project.write('production.env', secretsFile)

    const { status, output } = await project.run('deploy', ['--secrets-file', 'production.env'], {
      ON_CLOUDFLARE: 'nothing',
      SECRET_KEY: 'of the environment',
    })

    assert.equal(status, 0)
    const [, migration, deploy] = project.calls()
    assert.equal(migration?.parameters.join(' '), migrate)
    assert.deepEqual(deploy?.secrets, {
      SECRET_KEY: `${key}-1`,
      SIGNING_KEY: `$HOME#${key}-2`,
      RESEND_API_KEY: `re_${key}`,
    })
    assert.equal(deploy?.mode, '600')
    assert.ok(!existsSync(deploy?.parameters.at(-1) ?? ''), 'the file is gone')
    assert.ok(!output.includes(key) && !commandsOf(project.calls()).join().includes(key))
    const document = readFileSync(project.file('.gatehouse/assets/openapi.json'), 'utf8')
    assert.match(document, /"servers":\[\{"url":"https:\/\/auth\.example\.com"\}\]/)
    assert.ok(!document.includes(key), 'the document has no secret')
    assert.ok(!('/dev/mailbox/' in JSON.parse(document).paths), 'it is that of production')
  })

  const others: [string, string, string][] = [
    ['a key set instead of SIGNING_KEY', '', 'SECRET_KEY,SIGNING_KEYS,RESEND_API_KEY'],
    ['a key pair in PEM', 'ALGORITHM = "RS256"', `${allSecrets},VERIFYING_KEY`],
  ]
  for (const [name, setting, secrets] of others) {
    test(`deploys with ${name} that only Cloudflare knows`, async () => {
      const project = readyProject()
      const required = `required = ${JSON.stringify(secrets.split(','))}`
      project.write('wrangler.toml', `${wranglerToml.replace(/required.*/, required)}${setting}\n`)

      const { status, output } = await project.run('deploy', [], { ON_CLOUDFLARE: secrets })

      assert.equal(status, 0, output)
      assert.deepEqual(commandsOf(project.calls()), [list, migrate, build])
    })
  }

  test('--env deploys the Worker of an environment, with its variables and its database', async () => {
    const project = readyProject()
    const [top = '', database = ''] = wranglerToml.split('[[d1_databases]]')
    const staging = database
      .replace('[secrets]', '[env.staging.secrets]')
      .replace('[vars]', '[env.staging.vars]')
    const toml = `${top}\n[env.staging]\n[[env.staging.d1_databases]]${staging}`
    project.write('wrangler.toml', toml)
    const env = { ON_CLOUDFLARE: allSecrets }

    const { status, output } = await project.run('deploy', ['--env', 'staging'], env)

    assert.equal(status, 0, output)
    assert.match(
      output,
      /^\[env\.staging\] of wrangler\.toml has no \[\[env\.staging\.ratelimits\]\]/m,
    )
    const named = await project.run('deploy', [], { ...env, CLOUDFLARE_ENV: 'staging' })
    assert.equal(named.status, 0, named.output)
    assert.match((await project.run('deploy', [], env)).output, /^database_id in wrangler\.toml/)
    const calls = [list, migrate, build].map((call) =>
      call === build
        ? build.replace(' --assets', ' --env staging --assets')
        : `${call} --env staging`,
    )
    assert.deepEqual(commandsOf(project.calls()), [...calls, ...calls])
    assert.match(
      (await project.run('deploy', ['--env', 'prod'], env)).output,
      /^wrangler\.toml has no \[env\.prod\]\. Its environments: staging\.$/m,
    )
  })

  test('--dry-run builds the Worker, and neither migrates nor lists secrets', async () => {
    const project = readyProject()

    const { status, output } = await project.run('deploy', ['--dry-run'])

    assert.equal(status, 0, output)
    assert.deepEqual(commandsOf(project.calls()), [`${build} --dry-run`])
  })

  test('does not deploy after a failed migration', async () => {
    const project = readyProject()

    const { status } = await project.run('deploy', [], {
      ON_CLOUDFLARE: allSecrets,
      FAILING: 'd1',
    })

    assert.equal(status, 1)
    assert.deepEqual(commandsOf(project.calls()), [list, migrate])
  })
})

describe('gatehouse migrate', () => {
  const calls: [string, string[], string][] = [
    ['applies the migrations on this machine', [], 'd1 migrations apply DB --local'],
    [
      'applies them at Cloudflare, to the database of an environment',
      ['--remote', '--env', 'staging'],
      'd1 migrations apply DB --remote --env staging',
    ],
    ['lists them with --dry-run', ['--dry-run'], 'd1 migrations list DB --local'],
  ]
  for (const [name, parameters, call] of calls) {
    test(name, async () => {
      const project = readyProject()
      const staging = '\n[[env.staging.d1_databases]]\nbinding = "DB"\ndatabase_id = "6a0f"\n'
      project.write('wrangler.toml', wranglerToml + staging)

      const { status, output } = await project.run('migrate', parameters)

      assert.equal(status, 0, output)
      assert.deepEqual(commandsOf(project.calls()), [call])
    })
  }

  test('ends with status 1 if wrangler fails, or if a database_id is a placeholder', async () => {
    const project = readyProject()
    const failed = await project.run('migrate', [], { FAILING: 'd1' })
    project.write('wrangler.toml', wranglerToml.replace(/database_id.*/, ''))
    const refused = await project.run('migrate', ['--remote'])

    assert.deepEqual([failed.status, refused.status], [1, 1])
    assert.match(refused.output, /^database_id in wrangler\.toml is a placeholder/)
  })
})
