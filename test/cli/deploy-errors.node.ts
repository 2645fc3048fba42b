// What `npm run deploy` refuses before it changes anything: settings, secrets files, and secrets that Cloudflare lacks.

import assert from 'node:assert/strict'
import { linkSync, symlinkSync } from 'node:fs'
import { describe, test } from 'node:test'
import {
  allSecrets,
  commandsOf,
  key,
  list,
  readyProject,
  secretsFile,
  wranglerToml,
} from './deploying.ts'

const developmentKey = key.replace('production', 'development')

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

  const files: [string, string, RegExp, (1 | 2)?][] = [
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
    ['an unknown option', '--yes', /'--secrets-file/, 2],
  ]
  for (const [name, file, sentence, expected = 1] of files) {
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

      assert.equal(status, expected)
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
