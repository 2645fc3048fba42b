import assert from 'node:assert/strict'
import { existsSync, linkSync, readFileSync, symlinkSync } from 'node:fs'
import { describe, test } from 'node:test'
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
const wranglerToml = `
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
const allSecrets = 'SECRET_KEY,SIGNING_KEY,RESEND_API_KEY'
const key = 'a-key-of-production-0123456789-0123456789'
const developmentKey = key.replace('production', 'development')
const secretsFile = [
  `SECRET_KEY="${key}-1"`,
  `SIGNING_KEY='$HOME#${key}-2'`,
  `RESEND_API_KEY=re_${key}`,
].join('\n')

function readyProject() {
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

const commandsOf = (calls: Call[]) => calls.map(({ parameters }) => parameters.join(' '))
const list = 'secret list --format json'
const migrate = 'd1 migrations apply DB --remote'

describe('npm run deploy', () => {
  test('migrates the database and then deploys, if Cloudflare has every secret', async () => {
    const project = readyProject()

    const { status } = await project.run('deploy', [], { ON_CLOUDFLARE: allSecrets })

    assert.equal(status, 0)
    assert.deepEqual(commandsOf(project.calls()), [list, migrate, 'deploy --minify'])
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
      assert.deepEqual(commandsOf(project.calls()), [list, migrate, 'deploy --minify'])
    })
  }

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

describe('npm run deploy changes nothing and refuses', () => {
  const id = '6a0f1b7e-1111-2222-3333-444455556666'
  const placeholder = '00000000-0000-0000-0000-000000000000'
  const inToml: [string, RegExp, string, RegExp][] = [
    ['a placeholder database_id', RegExp(id), placeholder, /^database_id /],
    ['a missing database_id', /database_id.*/, '', /^database_id /],
    ['a missing PUBLIC_URL', /PUBLIC_URL.*/, '', /^PUBLIC_URL is missing/],
    ['a missing sender', /DEFAULT_FROM_EMAIL.*/, '', /^DEFAULT_FROM_EMAIL is webmaster@localhost/],
    ['a wrong setting', /$/, 'ACCESS_TOKEN_LIFETIME = "soon"', /^ACCESS_TOKEN_LIFETIME is/],
    ['a secret in wrangler.toml', /$/, `SECRET_KEY = "${key}"`, /^SECRET_KEY in wrangler/],
    ['a set of keys in wrangler.toml', /$/, `SIGNING_KEYS = "${key}"`, /^SIGNING_KEYS in wrangler/],
    ['a secret that is not required', /$/, `TURNSTILE_SECRET_KEY = "${key}"`, /^TURNSTILE_SECRET/],
    [
      'SIGNING_KEY where a set is required',
      /$/,
      `SIGNING_KEY = "${key}"`,
      /^SIGNING_KEY in wrangler/,
    ],
    [
      'a secret in the variables of an environment',
      /$/,
      `[env.staging.vars]\nSECRET_KEY_FALLBACKS = "${key}"`,
      /^SECRET_KEY_FALLBACKS in wrangler/,
    ],
    [
      'a name that is nearly a setting',
      /$/,
      'HIDE_USER = true',
      /HIDE_USER .* Is HIDE_USERS meant/,
    ],
    ['mail over plain HTTP', /$/, 'RESEND_BASE_URL = "http://api.resend.com"', /^RESEND_BASE_URL/],
    [
      'a file that is not TOML',
      /$/,
      `SECRET_KEY = "${key}`,
      /^wrangler\.toml, line 11, column \d+: [^\n]+\.\n$/,
    ],
    ['a table that is not one', /^/, 'vars = "x"', /^wrangler\.toml/],
    ['development', /$/, 'ENVIRONMENT = "development"', /^ENVIRONMENT in wrangler/],
  ]
  for (const [name, old, text, sentence] of inToml) {
    test(name, async () => {
      const project = readyProject()
      project.write('wrangler.toml', wranglerToml.replace(old, text))

      const { status, output } = await project.run('deploy', [], { ON_CLOUDFLARE: allSecrets })

      assert.equal(status, 1)
      assert.match(output, sentence)
      assert.ok(!output.includes(key))
      assert.deepEqual(project.calls(), [])
    })
  }

  const files: [string, string, RegExp][] = [
    ['a secrets file that does not exist', 'none', /there is no file none/],
    ['.dev.vars itself', '.dev.vars', /\.dev\.vars is \.dev\.vars/],
    ['a link to .dev.vars', 'link', /link is \.dev\.vars/],
    ['a hard link to .dev.vars', 'hard', /SECRET_KEY.* must differ from \.dev\.vars/],
    ['a file with one value of .dev.vars', 'copy', /SIGNING_KEY must differ from \.dev\.vars/],
    ['an empty file', 'empty', /empty is empty/],
    ['broken JSON', 'broken', /broken is not JSON/],
    ['a secret that is too short', 'short', /^SECRET_KEY has 5 bytes/],
    ['a placeholder for the key of Resend', 'placeholder', /^RESEND_API_KEY is a placeholder/],
    ['a key of Resend that is too short', 'brief', /^RESEND_API_KEY has 7 characters/],
    ['a key set that is not valid', 'set', /^--secrets-file: SIGNING_KEYS: key 1 must have "alg"/],
    ['an unknown option', '--yes', /'--secrets-file/],
  ]
  for (const [name, file, sentence] of files) {
    test(name, async () => {
      const project = readyProject()
      project.write('.dev.vars', secretsFile.replaceAll(key, developmentKey))
      project.write('copy', secretsFile.replace(`${key}-2`, `${developmentKey}-2`))
      project.write('empty', '\n')
      project.write('broken', '{"SECRET_KEY": ')
      project.write('set', `SIGNING_KEYS='{"keys":[{"k":"${key}"}]}'`)
      project.write('placeholder', secretsFile.replace(`re_${key}`, 're_...'))
      project.write('brief', secretsFile.replace(`re_${key}`, 're_test'))
      project.write('short', secretsFile.replace(`${key}-1`, 'short'))
      symlinkSync(project.file('.dev.vars'), project.file('link'))
      linkSync(project.file('.dev.vars'), project.file('hard'))

      const { status, output } = await project.run('deploy', ['--secrets-file', file], {
        ON_CLOUDFLARE: 'nothing',
      })

      assert.equal(status, 1)
      assert.match(output, sentence)
      assert.ok(!output.includes(key))
      assert.deepEqual(project.calls(), [])
    })
  }

  const onCloudflare: [string, string, RegExp][] = [
    [
      'a first deploy without secrets',
      'nothing',
      /SECRET_KEY, SIGNING_KEY and RESEND_API_KEY are missing\..*--secrets-file/,
    ],
    [
      'a Worker without one of them',
      'SECRET_KEY,SIGNING_KEY',
      /^RESEND_API_KEY is missing\. Store it: npx wrangler secret put RESEND_API_KEY/,
    ],
  ]
  for (const [name, names, sentence] of onCloudflare) {
    test(`${name}, after it has listed the secrets`, async () => {
      const project = readyProject()

      const { status, output } = await project.run('deploy', [], { ON_CLOUDFLARE: names })

      assert.equal(status, 1)
      assert.match(output, sentence)
      assert.deepEqual(commandsOf(project.calls()), [list])
    })
  }

  test('to deploy if Cloudflare does not answer', async () => {
    const project = readyProject()

    const { status, output } = await project.run('deploy', [], { FAILING: 'secret' })

    assert.equal(status, 1)
    assert.match(output, /wrangler login/)
    assert.deepEqual(commandsOf(project.calls()), [list])
  })
})
