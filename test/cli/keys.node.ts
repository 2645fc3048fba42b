import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { newProject } from './project.ts'
import { freePort, waitForOutput } from './running.ts'

const hour = 3_600_000

/** A key file outside of a project, and the program that changes it. */
function keyFile() {
  const project = newProject()
  const outside = newProject().file('keys.json')
  const run = (...parameters: string[]) => project.run('keys', [...parameters, '--file', outside])
  const keys = (): Record<string, string>[] => JSON.parse(readFileSync(outside, 'utf8')).keys
  /** Changes when each key starts to sign: hours from now. */
  function begin(...hours: number[]) {
    const moved = keys().map((key, at) => ({ ...key, use_from: timeIn(hours[at] ?? 0) }))
    writeFileSync(outside, JSON.stringify({ keys: moved }))
  }
  return { project, outside, run, keys, begin, kids: () => keys().map(({ kid = '' }) => kid) }
}

const timeIn = (hours: number) => new Date(Date.now() + hours * hour).toISOString()
const modeOf = (file: string) => statSync(file).mode & 0o777
const hoursTo = (time: string | undefined) => (Date.parse(time ?? '') - Date.now()) / hour

describe('npm run keys', () => {
  test('makes a file that only its owner can read, and prints the command that stores it', async () => {
    const { outside, run, keys } = keyFile()
    const { status, output } = await run('make')

    assert.equal(status, 0, output)
    assert.equal(modeOf(outside), 0o600)
    const [{ kid = '', alg, kty, crv, use_from } = {}] = keys()
    assert.deepEqual([alg, kty, crv], ['ES256', 'EC', 'P-256'])
    assert.ok(Math.abs(hoursTo(use_from)) < 0.1)
    assert.match(output, new RegExp(`^${kid} +ES256 +signs +from 20`))
    assert.ok(output.includes(`npx wrangler secret put SIGNING_KEYS < ${outside}\n`))
  })

  test('adds a key that signs in an hour, and makes the file readable by its owner only', async () => {
    const { outside, run, keys, kids } = keyFile()
    await run('make')
    const [first] = keys()
    chmodSync(outside, 0o644)
    const { status, output } = await run('add', '--alg', 'EdDSA')

    assert.equal(status, 0, output)
    assert.equal(modeOf(outside), 0o600)
    assert.ok(!existsSync(`${outside}.new`))
    assert.deepEqual(keys()[0], first)
    assert.equal(keys()[1]?.alg, 'EdDSA')
    assert.ok(Math.abs(hoursTo(keys()[1]?.use_from) - 1) < 0.1)
    const [one, two] = kids()
    assert.match(output, new RegExp(`${one}  ES256  signs .*\n${two}  EdDSA  will sign `))
  })

  test('--json prints the keys without their private halves, and --dry-run changes no file', async () => {
    const { run, outside, kids } = keyFile()
    await run('make')
    const before = readFileSync(outside, 'utf8')

    const dry = await run('add', '--dry-run')
    const { status, output } = await run('list', '--json')

    assert.equal(dry.output, `${outside} would have 2 keys.\n`)
    assert.equal(readFileSync(outside, 'utf8'), before)
    assert.equal(status, 0)
    const [key, ...more] = JSON.parse(output)
    assert.deepEqual([Object.keys(key), more], [['kid', 'alg', 'state', 'use_from'], []])
    assert.deepEqual([key.kid, key.alg, key.state], [kids()[0], 'ES256', 'signs'])
  })

  test('retires a key whose tokens have expired, or that has not signed yet', async () => {
    const { run, begin, kids } = keyFile()
    await run('make')
    for (let i = 0; i < 3; i++) await run('add')
    begin(-72, -25, 1, 2) // REFRESH_TOKEN_LIFETIME is a day
    const [old, signing, next, last] = kids()

    for (const kid of [old, next]) assert.equal((await run('retire', `${kid}`)).status, 0)
    assert.deepEqual(kids(), [signing, last])
  })

  test('retires a key with valid tokens only with --now, and says when they expire', async () => {
    const { run, begin, kids, keys } = keyFile()
    await run('make')
    await run('add')
    begin(-72, -23)
    const [old, signing] = kids()

    const { status, output } = await run('retire', `${old}`)
    assert.equal(status, 1)
    const [, time] =
      /may be valid until (\S+)\. Retire it then, or now with --now/.exec(output) ?? []
    assert.ok(Math.abs(hoursTo(time) - 1) < 0.1, output)
    assert.equal(keys().length, 2)

    assert.equal((await run('retire', `${old}`, '--now')).status, 0)
    assert.deepEqual(kids(), [signing])
  })

  test('lists each key with its state', async () => {
    const { run, begin, outside, keys } = keyFile()
    await run('make')
    await run('add', '--alg', 'RS256')
    await run('add', '--alg', 'ES512', '--delay', '2d')
    begin(-2, -1, 48)
    const [first, ...others] = keys()
    const { d, use_from, ...half } = first ?? {}
    writeFileSync(outside, JSON.stringify({ keys: [half, ...others] }))

    const { output } = await run('list')
    assert.match(
      output,
      /ES256 {2}verifies {3}without a private half\n.*RS256 {2}signs .*\n.*ES512 {2}will/,
    )
  })

  test('never prints a private key', async () => {
    const { run, kids, keys } = keyFile()
    let { output: shown } = await run('make', '--alg', 'RS256')
    for (const alg of ['ES256', 'EdDSA']) shown += (await run('add', '--alg', alg)).output
    shown += (await run('list')).output + (await run('retire', `${kids()[0]}`)).output
    const secrets = keys().flatMap((key) =>
      ['d', 'p', 'q', 'dp', 'dq', 'qi'].flatMap((name) => key[name] ?? []),
    )
    assert.equal(secrets.length, 8)
    for (const secret of secrets) assert.ok(!shown.includes(secret.slice(0, 12)))
  })
})

describe('npm run keys refuses', () => {
  const refused: [string, string[], RegExp, 1 | 2][] = [
    ['an unknown command', ['rotate'], /^Name one of make, add, .*\n\nUsage: npm run keys/, 2],
    ['no command', [], /^Name one of make, add, .*\n\nUsage: npm run keys/, 2],
    ['to retire no key', ['retire'], /KID of one key.*\n\nUsage: npm run keys/, 2],
    ['an option of another program', ['list', '--remote'], /--remote(.|\n)*Usage/, 2],
    ['to make a second file', ['make'], /keys\.json exists already/, 1],
    [
      'a symmetric algorithm',
      ['add', '--alg', 'HS256'],
      /--alg is HS256\. It must be one of RS256/,
      2,
    ],
    ['an invalid delay', ['add', '--delay', 'soon'], /--delay is soon\. It must be a duration/, 2],
    ['to retire an unknown key', ['retire', 'x'], /keys\.json has no key x/, 1],
    [
      'an unknown key that begins with a hyphen',
      ['retire', `-${'x'.repeat(42)}`],
      /has no key -x{42}/,
      1,
    ],
  ]
  for (const [name, parameters, sentence, expected] of refused) {
    test(name, async () => {
      const { run, keys } = keyFile()
      await run('make')
      const before = keys()
      const { status, output } = await run(...parameters)

      assert.deepEqual([status, keys()], [expected, before])
      assert.match(output, sentence)
    })
  }

  test('to retire the key that signs, and the last one', async () => {
    const { run, kids, begin } = keyFile()
    await run('make')
    const [kid = ''] = kids()
    assert.match((await run('retire', kid, '--now')).output, /signs\. First add its successor/)
    begin(1)
    assert.match((await run('retire', kid, '--now')).output, /is the last key that signs/)
    assert.deepEqual(kids(), [kid])
  })

  test('a file in the project, a missing file, and a broken file', async () => {
    const { project, outside, run } = keyFile()
    const inside = await project.run('keys', ['make', '--file', 'keys.json'])
    assert.match(inside.output, /It must be outside/)
    assert.ok(!existsSync(project.file('keys.json')))
    assert.match((await run('add')).output, /keys\.json cannot be read\. Create it: npm run keys/)
    writeFileSync(outside, '{"keys":[{"kty":"oct","k":"hunter-2","alg":"HS256"}]}')
    const { status, output } = await run('add')
    assert.equal(status, 1)
    assert.match(output, /SIGNING_KEYS: key 1 must have "alg"/)
    assert.ok(!output.includes('hunter-2'))
  })

  test('more keys than a secret can hold', async () => {
    const { run, keys } = keyFile()
    await run('make', '--alg', 'RS512')
    await run('add', '--alg', 'RS512')
    const { status, output } = await run('add', '--alg', 'RS512')
    assert.deepEqual([status, keys().length], [1, 2])
    assert.match(output, /3 keys are more than a secret of Cloudflare can hold/)
  })
})

describe('npm run dev', () => {
  test('signs with a key set if wrangler.toml requires one, and names what it does not read', async () => {
    const project = newProject()
    const toml = readFileSync(project.file('wrangler.toml'), 'utf8')
    project.write('wrangler.toml', toml.replace('"SIGNING_KEY"', '"SIGNING_KEYS"'))
    const port = await freePort()
    const first = project.start('dev', ['--port', String(port)])
    await waitForOutput(first, `answers at http://localhost:${port}`)
    const { keys } = await jwks(port)
    assert.equal(keys.length, 1)
    first.kill('SIGINT')
    await once(first, 'close')

    const vars = readFileSync(project.file('.dev.vars'), 'utf8')
    assert.match(vars, /^SIGNING_KEYS='\{"keys":\[\{.*\}\]\}'$/m)
    assert.doesNotMatch(vars, /^SIGNING_KEY=/m)
    project.write('.dev.vars', `${vars}SECRET_KEY_FALLBACKS="${'x'.repeat(32)}"\n`)
    const second = project.start('dev', ['--port', String(port)])
    let warnings = ''
    second.stderr.setEncoding('utf8').on('data', (text) => {
      warnings += text
    })
    await waitForOutput(second, `answers at http://localhost:${port}`)
    assert.deepEqual(await jwks(port), { keys })
    assert.match(
      warnings,
      /SECRET_KEY_FALLBACKS in \.dev\.vars is not read\. Add it to \[secrets\] required/,
    )
    second.kill('SIGINT')
    await once(second, 'close')
  })
})

async function jwks(port: number): Promise<{ keys: object[] }> {
  const answer = await fetch(`http://localhost:${port}/.well-known/jwks.json`)
  return answer.json() as Promise<{ keys: object[] }>
}
