// `npm run keys -- make | add | retire KID | list`: manages the key file, whose text is the secret SIGNING_KEYS. It never
// prints a private key, and never takes one from the command line.

import { parseDuration } from '../src/settings/durations.ts'
import { pairAlgorithms } from '../src/settings/simple-jwt.ts'
import { productionVariables, readConfiguration, settingsOrFail } from './configuration.ts'
import { fail, failIfInside } from './fail.ts'
import {
  currentSigner,
  type Key,
  newKey,
  readKeys,
  replacedAt,
  useFrom,
  writeKeys,
} from './key-file.ts'
import { readCommandLine } from './options.ts'

const usage = `Usage: npm run keys -- make [--alg ES256] [--delay 0]
       npm run keys -- add [--alg ES256] [--delay 1h]
       npm run keys -- retire KID [--now]
       npm run keys -- list
  --file FILE   the key file; ../gatehouse.keys.json by default`

// Caches may keep the published keys for ten minutes, and a new secret takes a while to reach every machine.
const publicationDelay = 600 // seconds

async function main() {
  const now = new Date()
  const options = readOptions()
  const { command, file } = options
  switch (command) {
    case 'make':
      failIfInside('--file', file)
      writeKeys(file, [await makeKey(options, '0', now)], { create: true })
      return printNextSteps(file, now)
    case 'add': {
      const jwks = (await readKeys(file)).map(({ jwk }) => jwk)
      writeKeys(file, [...jwks, await makeKey(options, '1h', now)])
      return printNextSteps(file, now)
    }
    case 'retire': {
      const keys = await readKeys(file)
      const retired = findRetirable(keys, options, now)
      const kept = keys.filter((key) => key !== retired)
      writeKeys(
        file,
        kept.map(({ jwk }) => jwk),
      )
      return printNextSteps(file, now)
    }
    case 'list':
      return printKeys(await readKeys(file), now)
    default:
      fail(usage)
  }
}

type Options = ReturnType<typeof readOptions>

function readOptions() {
  const sent = process.argv.slice(2)
  // A thumbprint may begin with a hyphen, as options do.
  const thumbprint = sent.find((each) => /^[\w-]{43}$/.test(each))
  const { values, positionals } = readCommandLine(usage, {
    args: sent.filter((each) => each !== thumbprint),
    allowPositionals: true,
    options: {
      file: { type: 'string', default: '../gatehouse.keys.json' },
      alg: { type: 'string', default: 'ES256' }, // Simple JWT 5.2 does not support EdDSA.
      delay: { type: 'string' },
      now: { type: 'boolean', default: false },
    },
  })
  const [command, kid = thumbprint, ...rest] = positionals
  if (rest.length > 0 || (kid !== undefined) !== (command === 'retire')) fail(usage)
  const { file, alg, delay, now: atOnce } = values
  return { command, kid, file, alg, delay, atOnce }
}

/** A new key that signs after --delay. */
async function makeKey(options: Options, defaultDelay: string, now: Date): Promise<object> {
  const { command, alg, delay = defaultDelay } = options
  const seconds = parseDuration(delay)
  if (seconds === undefined) fail(`--delay is ${delay}. It must be a duration, such as 1h or 0.`)
  if (!pairAlgorithms.some((each) => each === alg)) {
    fail(`--alg is ${alg}. It must be one of ${pairAlgorithms.join(', ')}.`)
  }
  if (command === 'add' && seconds < publicationDelay) {
    console.warn(
      'For ten minutes, servers that verify tokens by the published keys may not know the new key.',
    )
  }
  return newKey(alg, new Date(now.getTime() + seconds * 1000))
}

/** The key to retire. Fails if it is still needed. */
function findRetirable(keys: Key[], { kid, file, atOnce }: Options, now: Date): Key {
  const key = keys.find((each) => each.kid === kid)
  if (!key) fail(`${file} has no key ${kid}. List its keys: npm run keys -- list`)
  if (key === currentSigner(keys, now)) {
    fail(`${kid} signs. First add its successor, and wait until that one signs.`)
  }
  if (!keys.some((each) => each !== key && each.sign)) fail(`${kid} is the last key that signs.`)

  const replaced = replacedAt(keys, key, now)
  const end = new Date(replaced ? replaced.getTime() + longestLifetime() * 1000 : 0)
  if (end > now && !atOnce) {
    fail(
      `Tokens that ${kid} signed may be valid until ${end.toISOString()}. Retire it then, or now with --now: ` +
        'users with such a token must log in again.',
    )
  }
  return key
}

/** Seconds that the longest-lived token is valid, by the settings in wrangler.toml. */
function longestLifetime(): number {
  const { leeway, drfJwt, ...settings } = settingsOrFail({
    PUBLIC_URL: 'https://unknown.example',
    ...productionVariables(readConfiguration()),
  })
  const { refreshTokenLifetime, accessTokenLifetime, slidingTokenLifetime } = settings
  return (
    leeway +
    Math.max(refreshTokenLifetime, accessTokenLifetime, slidingTokenLifetime, drfJwt.lifetime)
  )
}

async function printNextSteps(file: string, now: Date) {
  printKeys(await readKeys(file), now)
  const name = /[^\w./-]/.test(file) ? JSON.stringify(file) : file
  console.log(`Store it: npx wrangler secret put SIGNING_KEYS < ${name}`)
}

function printKeys(keys: Key[], now: Date) {
  const signer = currentSigner(keys, now)
  for (const key of keys) {
    const state = key === signer ? 'signs' : useFrom(key) > now ? 'will sign' : 'verifies'
    const from = key.sign ? `from ${useFrom(key).toISOString()}` : 'without a private half'
    console.log([key.kid, key.alg.padEnd(5), state.padEnd(9), from].join('  '))
  }
}

await main()
