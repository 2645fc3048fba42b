// `npm run keys -- make | add | retire KID | list`: the file of keys that becomes the secret SIGNING_KEYS. What
// is private in it is never shown, and never stands on a command line.

import { parseArgs } from 'node:util'
import { parseDuration } from '../src/settings/durations.ts'
import { pairAlgorithms } from '../src/settings/simple-jwt.ts'
import { productionVariables, readConfiguration, settingsOrRefuse } from './configuration.ts'
import { fail, failIfInside } from './fail.ts'
import {
  beginning,
  type Key,
  lastSigned,
  newKey,
  readKeys,
  signerOf,
  writeKeys,
} from './key-file.ts'

const usage = `Usage: npm run keys -- make [--alg ES256] [--delay 0]
       npm run keys -- add [--alg ES256] [--delay 1h]
       npm run keys -- retire KID [--now]
       npm run keys -- list
  --file FILE   the file of keys, ../gatehouse.keys.json if it is not said`

// Caches may keep the published keys for ten minutes, and a secret takes a while to be everywhere.
const known = 600 // seconds

const now = new Date()
const { command, kid, file, options } = readOptions()
switch (command) {
  case 'make':
    failIfInside('--file', file)
    writeKeys(file, [await keyAfter('0')], { create: true })
    await printNextSteps()
    break
  case 'add': {
    const jwks = (await readKeys(file)).map(({ jwk }) => jwk)
    writeKeys(file, [...jwks, await keyAfter('1h')])
    await printNextSteps()
    break
  }
  case 'retire': {
    const keys = await readKeys(file)
    refuseWhatIsNeeded(keys)
    writeKeys(
      file,
      keys.filter((key) => key.kid !== kid).map(({ jwk }) => jwk),
    )
    await printNextSteps()
    break
  }
  case 'list':
    show(await readKeys(file))
    break
  default:
    fail(usage)
}

function readOptions() {
  try {
    const sent = process.argv.slice(2)
    // A thumbprint may begin with a hyphen, as options do.
    const thumbprint = sent.find((each) => /^[\w-]{43}$/.test(each))
    const { values, positionals } = parseArgs({
      args: sent.filter((each) => each !== thumbprint),
      allowPositionals: true,
      options: {
        file: { type: 'string', default: '../gatehouse.keys.json' },
        alg: { type: 'string', default: 'ES256' }, // Simple JWT 5.2 knows no EdDSA.
        delay: { type: 'string' },
        now: { type: 'boolean', default: false },
      },
    })
    const [command, kid = thumbprint, ...rest] = positionals
    if (rest.length > 0 || (kid !== undefined) !== (command === 'retire')) fail(usage)
    return { command, kid, file: values.file, options: values }
  } catch (error) {
    return fail(`${(error as Error).message}\n${usage}`)
  }
}

/** A new key as the options ask for it, which signs after `usual` unless --delay is said. */
async function keyAfter(usual: string): Promise<object> {
  const { alg, delay = usual } = options
  const seconds = parseDuration(delay)
  if (seconds === undefined) fail(`--delay is ${delay}; it wants a duration, as 1h or 0.`)
  if (!pairAlgorithms.some((each) => each === alg)) {
    fail(`--alg is ${alg}; it wants one of ${pairAlgorithms.join(', ')}.`)
  }
  if (command === 'add' && seconds < known) {
    console.warn('For ten minutes who verifies by the published keys may not know the new one yet.')
  }
  return newKey(alg, new Date(now.getTime() + seconds * 1000))
}

function refuseWhatIsNeeded(keys: Key[]) {
  const key = keys.find((each) => each.kid === kid)
  if (!key) fail(`${file} has no key ${kid}: npm run keys -- list`)
  if (key === signerOf(keys, now))
    fail(`${kid} signs. First add its successor, and wait until it signs.`)
  if (!keys.some((each) => each !== key && each.sign)) fail(`${kid} is the last key that signs.`)

  const until = lastSigned(keys, key, now)
  const end = new Date(until ? until.getTime() + longestLifetime() * 1000 : 0)
  if (end <= now || options.now) return
  fail(
    `Tokens that ${kid} signed may live until ${end.toISOString()}. Retire it then, or with --now: ` +
      'whoever has such a token must log in again.',
  )
}

/** How long a token may live, by wrangler.toml. */
function longestLifetime(): number {
  const { leeway, drfJwt, ...settings } = settingsOrRefuse({
    PUBLIC_URL: 'https://not-said.example',
    ...productionVariables(readConfiguration()),
  })
  const { refreshTokenLifetime, accessTokenLifetime, slidingTokenLifetime } = settings
  const lives = [refreshTokenLifetime, accessTokenLifetime, slidingTokenLifetime, drfJwt.lifetime]
  return leeway + Math.max(...lives)
}

async function printNextSteps() {
  show(await readKeys(file))
  const name = /[^\w./-]/.test(file) ? JSON.stringify(file) : file
  console.log(`Give it to the Worker: npx wrangler secret put SIGNING_KEYS < ${name}`)
}

function show(keys: Key[]) {
  const signs = signerOf(keys, now)
  for (const key of keys) {
    const state = key === signs ? 'signs' : beginning(key) > now ? 'will sign' : 'verifies'
    const from = key.sign ? `from ${beginning(key).toISOString()}` : 'without a private half'
    console.log([key.kid, key.alg.padEnd(5), state.padEnd(9), from].join('  '))
  }
}
