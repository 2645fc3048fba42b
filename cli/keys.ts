// The verb `keys`: manages the key file, whose text is the secret SIGNING_KEYS. It never
// prints a private key, and never takes one from the command line.

import { parseDuration } from '../src/settings/durations.ts'
import { pairAlgorithms } from '../src/settings/simple-jwt.ts'
import { productionVariables, readConfiguration, settingsOrFail } from './configuration.ts'
import { fail, failIfInside, misuse } from './fail.ts'
import {
  currentSigner,
  type Key,
  newKey,
  readKeys,
  replacedAt,
  useFrom,
  writeKeys,
} from './key-file.ts'
import { count } from './numbers.ts'
import {
  dryRunOption,
  environmentIn,
  environmentOption,
  jsonOption,
  misuseOf,
  readCommandLine,
} from './options.ts'
import { commandFor } from './project.ts'

const command = {
  verb: 'keys',
  forms: [
    'make [--alg ES256] [--delay 0]',
    'add [--alg ES256] [--delay 1h]',
    'retire KID [--now]',
    'list [--json]',
  ],
  about:
    'Manages the key file, whose text is the secret SIGNING_KEYS. It never prints a private key.',
  options: {
    file: {
      type: 'string',
      value: 'FILE',
      default: '../gatehouse.keys.json',
      help: 'the key file; ../gatehouse.keys.json by default',
    },
    alg: {
      type: 'string',
      value: 'NAME',
      default: 'ES256', // Simple JWT 5.2 does not support EdDSA.
      help: `${pairAlgorithms.join(', ')}; ES256 by default`,
    },
    delay: { type: 'string', value: 'TIME', help: 'the time until the new key signs' },
    now: { type: 'boolean', default: false, help: 'retires a key whose tokens may be valid' },
    ...environmentOption,
    ...jsonOption,
    ...dryRunOption,
  },
} as const

// Caches may keep the published keys for ten minutes, and a new secret takes a while to reach every machine.
const publicationDelay = 600 // seconds

export async function keys(args: string[]) {
  const now = new Date()
  const options = readOptions(args)
  const { action, file, json } = options
  switch (action) {
    case 'make':
      failIfInside('--file', file)
      return write(options, [await makeKey(options, '0', now)], now)
    case 'add': {
      const jwks = (await readKeys(file)).map(({ jwk }) => jwk)
      return write(options, [...jwks, await makeKey(options, '1h', now)], now)
    }
    case 'retire': {
      const all = await readKeys(file)
      const retired = findRetirable(all, options, now)
      const kept = all.filter((key) => key !== retired)
      return write(
        options,
        kept.map(({ jwk }) => jwk),
        now,
      )
    }
    case 'list':
      return printKeys(await readKeys(file), now, json)
    default:
      return misuseOf(command, 'Name one of make, add, retire and list.')
  }
}

type KeyOptions = ReturnType<typeof readOptions>

function readOptions(args: string[]) {
  // A thumbprint may begin with a hyphen, as options do.
  const thumbprint = args.find((each) => /^[\w-]{43}$/.test(each))
  const { values, positionals } = readCommandLine(
    command,
    args.filter((each) => each !== thumbprint),
  )
  const [action, kid = thumbprint, ...rest] = positionals
  if (rest.length > 0 || (kid !== undefined) !== (action === 'retire')) {
    misuseOf(command, 'The verb retire takes the KID of one key, and the others take none.')
  }
  return { ...values, action, kid }
}

/** Writes the file, and prints the command that stores it. */
async function write(options: KeyOptions, jwks: object[], now: Date) {
  const { action, file, 'dry-run': isDry } = options
  if (isDry) return console.log(`${file} would have ${count(jwks.length, 'key')}.`)
  writeKeys(file, jwks, { create: action === 'make' })
  await printNextSteps(options, now)
}

/** A new key that signs after --delay. */
async function makeKey(options: KeyOptions, defaultDelay: string, now: Date): Promise<object> {
  const { action, alg, delay = defaultDelay } = options
  const seconds = parseDuration(delay)
  if (seconds === undefined) misuse(`--delay is ${delay}. It must be a duration, such as 1h or 0.`)
  if (!pairAlgorithms.some((each) => each === alg)) {
    misuse(`--alg is ${alg}. It must be one of ${pairAlgorithms.join(', ')}.`)
  }
  if (action === 'add' && seconds < publicationDelay) {
    console.warn(
      'For ten minutes, servers that verify tokens by the published keys may not know the new key.',
    )
  }
  return newKey(alg, new Date(now.getTime() + seconds * 1000))
}

/** The key to retire. Fails if it is still needed. */
function findRetirable(keys: Key[], options: KeyOptions, now: Date): Key {
  const { kid, file, now: isForced, env } = options
  const key = keys.find((each) => each.kid === kid)
  if (!key) fail(`${file} has no key ${kid}. List its keys: ${commandFor('keys', 'list')}`)
  if (key === currentSigner(keys, now)) {
    fail(`${kid} signs. First add its successor, and wait until that one signs.`)
  }
  if (!keys.some((each) => each !== key && each.sign)) fail(`${kid} is the last key that signs.`)

  const replaced = replacedAt(keys, key, now)
  const end = new Date(replaced ? replaced.getTime() + longestLifetime(env) * 1000 : 0)
  if (end > now && !isForced) {
    fail(
      `Tokens that ${kid} signed may be valid until ${end.toISOString()}. Retire it then, or now with --now: ` +
        'users with such a token must log in again.',
    )
  }
  return key
}

/** Seconds that the longest-lived token is valid, by the settings in wrangler.toml. */
function longestLifetime(env: string | undefined): number {
  const { leeway, drfJwt, ...settings } = settingsOrFail({
    PUBLIC_URL: 'https://unknown.example',
    ...productionVariables(readConfiguration(env)),
  })
  const { refreshTokenLifetime, accessTokenLifetime, slidingTokenLifetime } = settings
  return (
    leeway +
    Math.max(refreshTokenLifetime, accessTokenLifetime, slidingTokenLifetime, drfJwt.lifetime)
  )
}

async function printNextSteps({ file, json, env }: KeyOptions, now: Date) {
  printKeys(await readKeys(file), now, json)
  if (json) return
  const name = /[^\w./-]/.test(file) ? JSON.stringify(file) : file
  const put = ['npx wrangler secret put SIGNING_KEYS', ...environmentIn({ env })].join(' ')
  console.log(`Store it: ${put} < ${name}`)
}

function printKeys(all: Key[], now: Date, json: boolean) {
  const signer = currentSigner(all, now)
  const rows = all.map((key) => ({
    kid: key.kid,
    alg: key.alg,
    state: key === signer ? 'signs' : useFrom(key) > now ? 'will sign' : 'verifies',
    use_from: key.sign ? useFrom(key).toISOString() : null,
  }))
  if (json) return console.log(JSON.stringify(rows, null, 2))
  for (const { kid, alg, state, use_from } of rows) {
    const from = use_from === null ? 'without a private half' : `from ${use_from}`
    console.log([kid, alg.padEnd(5), state.padEnd(9), from].join('  '))
  }
}
